"""`dlc swap --enhance`: what it changes, and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.tracking.tracker import FaceTracker, load_tracker
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.media.frames.frame import Frame
from dlc.media.opening import open_target
from tests import clips
from tests.cli.run import call_dlc
from tests.enhancing.patches import detail_of
from tests.enhancing.sharpeners import write_broken, write_sharpener
from tests.stand_ins import paint_face, write_arcface, write_detector

SECONDS = "0.2"


@pytest.fixture(scope="module")
def sharpener(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sharpener(tmp_path_factory.mktemp("sharpener") / "sharpener.onnx")


def swap(source: Path, target: Path, output: Path, *options: str | Path) -> dict[str, Any]:
    exact = ["--encoder", "ffv1", "--end", SECONDS, "--json", "--no-provenance"]
    run = call_dlc("swap", source, target, output, *exact, *options)
    assert run.returncode == 0, run.stderr
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def frames_of(path: Path) -> list[NDArray[np.uint8]]:
    with open_target(path) as reader:
        return [frame.to_bgr() for frame in reader]


def faces_of(tracker: FaceTracker, frame: Frame) -> NDArray[np.bool_]:
    """Return where a frame shows faces, as the built-in engine finds them."""
    mask = np.zeros((frame.height, frame.width), np.uint8)
    for face in tracker.find(frame):
        assert face.landmarks is not None
        hull = cv2.convexHull(face.landmarks[:, :2].copy())
        cv2.fillConvexPoly(mask, np.rint(hull).astype(np.int32), 1)
    # One sample of chroma covers four pixels, and is interpolated over more.
    return cv2.dilate(mask, np.ones((9, 9), np.uint8)) > 0


def test_faces_of_the_mesh_engine_get_detail_and_all_else_stays(
    astronaut_file: Path, group_clip: Path, sharpener: Path, tmp_path: Path
) -> None:
    plain, enhanced = tmp_path / "plain.mkv", tmp_path / "enhanced.mkv"
    swap(astronaut_file, group_clip, plain, "--engine", "mesh")
    options = ["--engine", "mesh", "--enhance", "gfpgan", "--enhancer-model", sharpener]
    result = swap(astronaut_file, group_clip, enhanced, *options, "--enhance-every", "4")
    assert "enhance" in [stage["name"] for stage in result["stages"]]
    assert [model["role"] for model in result["models"]] == ["enhancer"]
    tracker = load_tracker()
    with open_target(group_clip, end=float(SECONDS)) as reader:
        for frame, before, after in zip(reader, frames_of(plain), frames_of(enhanced), strict=True):
            original, faces = frame.to_bgr(), faces_of(tracker, frame)
            assert 0 < faces.mean() < 0.5
            np.testing.assert_array_equal(after[~faces], original[~faces])
            assert detail_of(after) > detail_of(before)


def test_faces_of_the_neural_engine_get_detail_too(sharpener: Path, tmp_path: Path) -> None:
    detector = write_detector(tmp_path / "det.onnx")
    recognizer = write_arcface(tmp_path / "rec.onnx")
    write_inswapper(tmp_path / "swapper.onnx", InswapperOptions(width=4))
    photo = clips.astronaut()
    paint_face(photo, 225, 120, 110)
    cv2.imwrite(str(tmp_path / "source.png"), photo)
    models = ["--engine", "inswapper", "--detector-model", detector]
    models += ["--recognizer-model", recognizer, "--swapper-model", tmp_path / "swapper.onnx"]
    pictures = []
    for name, options in {
        "plain": [],
        "enhanced": ["--enhance", "gpen256", "--enhancer-model", sharpener],
    }.items():
        source, output = tmp_path / "source.png", tmp_path / f"{name}.png"
        run = call_dlc("swap", source, source, output, *models, *options, "--json")
        assert run.returncode == 0, run.stderr
        pictures.append(np.asarray(cv2.imread(str(output)), np.uint8))
    plain, enhanced = pictures
    assert detail_of(enhanced) > detail_of(plain)
    np.testing.assert_array_equal(plain[300:], enhanced[300:])


def test_a_model_that_gives_no_picture_leaves_nothing(
    astronaut_file: Path, group_clip: Path, folder: Path, tmp_path: Path
) -> None:
    broken = write_broken(tmp_path / "broken.onnx")
    options = ["--engine", "mesh", "--enhance", "gpen256", "--enhancer-model", broken]
    run = call_dlc("swap", astronaut_file, group_clip, folder / "out.mp4", *options)
    assert run.returncode == 9
    assert "broken.onnx is unusable" in run.stderr
    assert not list(folder.iterdir())


def test_missing_weights_say_what_to_pull(
    astronaut_file: Path, group_clip: Path, folder: Path, tmp_path: Path
) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "DLC_MODELS": str(tmp_path)}
    options = ["--engine", "mesh", "--enhance", "gpen512"]
    run = call_dlc("swap", astronaut_file, group_clip, folder / "out.mp4", *options, changes=home)
    assert run.returncode == 9
    assert "dlc models pull GPEN-BFR-512" in run.stderr
