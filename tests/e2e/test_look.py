"""The options of look and masks as a user types them, on both engines."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.frame import PictureType
from numpy.typing import NDArray

from dlc.faces.tracking.tracker import load_tracker
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.media.opening import open_target
from tests import clips
from tests.cli.run import call_dlc
from tests.stand_ins import paint_face, write_arcface, write_detector, write_landmarker

END = 0.3
LOSSLESS = ("--encoder", "ffv1", "--no-provenance", "--end", str(END))
# One of everything that changes a new face, and the stage that does it.
LOOK = ("--opacity", "0.9", "--sharpness", "0.5", "--color-match", "local", "--blend", "poisson")
MASKS = ("--mask-feather", "10", "--mask-padding", "10,0,0,0", "--mouth-mask")
STAGES = ["color", "sharpen", "box", "mouth", "poisson", "fade"]
DEFAULTS = (
    *("--opacity", "1", "--sharpness", "0", "--color-match", "none", "--blend", "alpha"),
    *("--mask-padding", "0,0,0,0", "--smoothing", "0.5", "--occlusion", "auto"),
)


def pictures(path: Path) -> list[NDArray[np.uint8]]:
    with open_target(path) as reader:
        return [frame.to_bgr() for frame in reader]


def swapped(folder: Path, name: str, *arguments: str | Path) -> list[NDArray[np.uint8]]:
    output = folder / f"{name}.mkv"
    source, target, *rest = arguments
    run = call_dlc("swap", source, target, output, *LOSSLESS, *rest)
    assert run.returncode == 0, run.stderr
    return pictures(output)


@pytest.fixture(scope="module")
def plain(
    astronaut_file: Path, clip: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[NDArray[np.uint8]]:
    """Return the frames of a swap that was told nothing but its engine."""
    folder = tmp_path_factory.mktemp("plain")
    return swapped(folder, "plain", astronaut_file, clip, "--engine", "mesh")


def test_the_defaults_are_what_the_engine_makes(
    plain: list[NDArray[np.uint8]], astronaut_file: Path, clip: Path, folder: Path
) -> None:
    said = swapped(folder, "said", astronaut_file, clip, "--engine", "mesh", *DEFAULTS)
    assert len(plain) == len(said) > 5
    for one, other in zip(plain, said, strict=True):
        np.testing.assert_array_equal(one, other)


def test_faces_have_their_shape_where_pixels_are_not_square(
    plain: list[NDArray[np.uint8]], astronaut_file: Path, clip: Path, folder: Path, tmp_path: Path
) -> None:
    # The same pictures as an anamorphic master stores them: three columns for four.
    squeezed, output = tmp_path / "squeezed.mp4", folder / "out.mp4"
    with av.open(clip) as source, av.open(squeezed, "w") as target:
        stream = target.add_stream("libx264", rate=30, options={"qp": "0"})
        stream.width, stream.height, stream.pix_fmt = 480, 360, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        for frame in source.decode(video=0):
            small = frame.reformat(width=480, height=360, interpolation="AREA")
            small.pict_type = PictureType.NONE
            target.mux(stream.encode(small))
        target.mux(stream.encode(None))

    options = ("--engine", "mesh", "--quality", "0", "--end", str(END))
    run = call_dlc("swap", astronaut_file, squeezed, output, *options)

    assert run.returncode == 0, run.stderr
    before, after = pictures(squeezed)[: len(plain)], pictures(output)
    wrong, change = [], []
    for old, new, square in zip(before, after, plain, strict=True):
        changed = np.abs(new.astype(int) - old).max(axis=2) > 24
        wrong.append(np.abs(new.astype(int) - square)[changed].mean())
        change.append(np.abs(old.astype(int) - square)[changed].mean())
    # Taking stored pixels for square ones, it is nearly a half.
    assert np.mean(wrong) < np.mean(change) / 4
    with av.open(output) as written:
        stored = written.streams.video[0]
        assert (stored.width, stored.sample_aspect_ratio) == (480, Fraction(4, 3))


def test_everything_at_once_changes_faces_and_nothing_else(
    plain: list[NDArray[np.uint8]], astronaut_file: Path, clip: Path, folder: Path
) -> None:
    output = folder / "all.mkv"
    options = (*LOSSLESS, *LOOK, *MASKS, "--json")
    run = call_dlc("swap", astronaut_file, clip, output, *options)
    assert run.returncode == 0, run.stderr
    stages = [stage["name"] for stage in json.loads(run.stdout)["stages"]]
    assert [name for name in stages if name in STAGES] == STAGES
    tracker = load_tracker()
    with open_target(clip, end=END) as reader:
        for frame, old, new in zip(reader, plain, pictures(output), strict=True):
            before = frame.to_bgr()
            far = np.ones(before.shape[:2], bool)
            for face in tracker.find(frame):
                left, top, right, bottom = (max(int(edge), 0) for edge in face.box)
                far[max(top - 16, 0) : bottom + 16, max(left - 16, 0) : right + 16] = False
            np.testing.assert_array_equal(new[far], before[far])
            assert np.abs(new[~far].astype(int) - old[~far]).mean() > 1


@pytest.fixture(scope="module")
def neural(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str | Path]]:
    """Return a painted face, and the options that name models which find and swap it."""
    folder = tmp_path_factory.mktemp("neural")
    write_detector(folder / "det.onnx")
    write_arcface(folder / "rec.onnx")
    write_inswapper(folder / "swapper.onnx", InswapperOptions(width=4))
    write_landmarker(folder / "points.onnx")
    photo = clips.astronaut()
    paint_face(photo, 225, 140, 120)
    cv2.imwrite(str(folder / "painted.png"), photo)
    named = ("detector", "det.onnx"), ("recognizer", "rec.onnx"), ("swapper", "swapper.onnx")
    options = [word for role, file in named for word in (f"--{role}-model", folder / file)]
    return folder / "painted.png", ["--engine", "inswapper", *options]


def test_the_neural_engine_has_them_too(
    neural: tuple[Path, list[str | Path]], folder: Path
) -> None:
    photo, options = neural
    points = ("--landmarker-model", photo.parent / "points.onnx")
    more = ("--pixel-boost", "256", "--tilted", "--smoothing", "0.4")
    results = {}
    for name, asked in (("plain", ()), ("all", (*LOOK, *MASKS, *points, *more))):
        output = folder / f"{name}.png"
        run = call_dlc("swap", photo, photo, output, *options, *asked, "--json")
        assert run.returncode == 0, run.stderr
        results[name] = (json.loads(run.stdout), cv2.imread(str(output)))
    result, picture = results["all"]
    assert "landmarker" in [model["role"] for model in result["models"]]
    stages = [stage["name"] for stage in result["stages"]]
    assert [name for name in stages if name in STAGES] == STAGES
    assert picture is not None
    before = cv2.imread(str(photo))
    assert before is not None
    changed = np.abs(picture.astype(int) - before).max(axis=2) > 0
    rows, columns = np.nonzero(changed)
    assert np.hypot(rows - 140, columns - 225).max() < 120
    # The mouth, where the detector says that it is.
    assert not changed[140 + 31, 225]
    assert np.abs(results["plain"][1].astype(int) - picture).max() > 20


def test_the_mouth_of_the_neural_engine_needs_a_model(
    neural: tuple[Path, list[str | Path]], folder: Path, tmp_path: Path
) -> None:
    photo, options = neural
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "DLC_MODELS": str(tmp_path)}
    output = folder / "out.png"
    run = call_dlc("swap", photo, photo, output, *options, "--mouth-mask", changes=home)
    assert run.returncode == 9
    assert "dlc models pull 2d106det" in run.stderr
    assert not output.exists()


def test_what_only_the_neural_engine_has_is_refused(astronaut_file: Path, folder: Path) -> None:
    output, option = folder / "out.png", ("--pixel-boost", "256")
    run = call_dlc("swap", astronaut_file, astronaut_file, output, "--engine", "mesh", *option)
    assert run.returncode == 2
    assert " ".join(option) in run.stderr


@pytest.mark.parametrize("text", ["10", "60,0,50,0", "-1,0,0,0"])
def test_padding_that_makes_no_sense_is_refused(
    text: str, astronaut_file: Path, folder: Path
) -> None:
    run = call_dlc(
        "swap", astronaut_file, astronaut_file, folder / "out.png", f"--mask-padding={text}"
    )
    assert run.returncode == 2
    assert "padding" in run.stderr
