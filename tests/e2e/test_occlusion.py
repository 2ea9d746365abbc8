"""`--occlusion`: what is in front of a face stays there, on both engines, in files and live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.media.opening import open_target
from tests import clips
from tests.cli.run import call_dlc
from tests.faces.hands.drawn import drawn, mask_of, placed
from tests.stand_ins import BLUE, paint_face, write_arcface, write_detector, write_occluder

Bytes = NDArray[np.uint8]
# A disc on the astronaut's cheek, and how far its soft edge reaches.
DISC = (200, 150, 18)
SOFT = 14


@pytest.fixture(scope="module")
def occluder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_occluder(tmp_path_factory.mktemp("occluder") / "occluder.onnx")


def distance(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return how far each pixel is from the middle of the disc."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.asarray(np.hypot(columns - DISC[0], rows - DISC[1]), np.float64)


def covered(bgr: Bytes) -> Bytes:
    """Return a picture with the disc in it."""
    picture = bgr.copy()
    cv2.circle(picture, DISC[:2], DISC[2], BLUE, cv2.FILLED)
    return picture


def swap(source: Path, target: Path, output: Path, *options: str | Path) -> dict[str, Any]:
    run = call_dlc("swap", source, target, output, "--json", "--no-provenance", *options)
    assert run.returncode == 0, run.stderr
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def read(path: Path) -> Bytes:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def check_disc(before: Bytes, plain: Bytes, kept: Bytes) -> None:
    """Look at a swap without and with the occluder: they differ at the disc, and only there."""
    away = distance(before.shape)
    disc = away < DISC[2] - 2
    assert np.abs(plain[disc].astype(int) - before[disc]).mean() > 20
    assert np.abs(kept[disc].astype(int) - before[disc]).max() < 13
    np.testing.assert_array_equal(kept[away > DISC[2] + SOFT], plain[away > DISC[2] + SOFT])
    ring = (away > DISC[2] + SOFT) & (away < DISC[2] + SOFT + 8)
    assert np.abs(kept[ring].astype(int) - before[ring]).mean() > 2, "the face around is swapped"


def test_a_picture_by_the_mesh_engine(
    group_file: Path, folder: Path, tmp_path: Path, occluder: Path
) -> None:
    target = tmp_path / "covered.png"
    cv2.imwrite(str(target), before := covered(clips.astronaut()))
    mesh = ("--engine", "mesh")
    swap(group_file, target, folder / "plain.png", *mesh)
    result = swap(group_file, target, folder / "kept.png", *mesh, "--occluder-model", occluder)
    assert "occlude" in [stage["name"] for stage in result["stages"]]
    assert [model["role"] for model in result["models"]] == ["occluder"]
    check_disc(before, read(folder / "plain.png"), read(folder / "kept.png"))


@pytest.fixture(scope="module")
def neural(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str | Path]]:
    """Return a photo with a painted face, and options naming models that find and swap it."""
    folder = tmp_path_factory.mktemp("neural")
    write_detector(folder / "det.onnx")
    write_arcface(folder / "rec.onnx")
    write_inswapper(folder / "swapper.onnx", InswapperOptions(width=4))
    photo = clips.astronaut()
    paint_face(photo, 225, 140, 120)
    cv2.imwrite(str(folder / "painted.png"), photo)
    named = ("detector", "det.onnx"), ("recognizer", "rec.onnx"), ("swapper", "swapper.onnx")
    options = [word for role, file in named for word in (f"--{role}-model", folder / file)]
    return folder / "painted.png", ["--engine", "inswapper", *options]


def test_a_picture_by_the_neural_engine(
    neural: tuple[Path, list[str | Path]], folder: Path, tmp_path: Path, occluder: Path
) -> None:
    photo, options = neural
    target = tmp_path / "covered.png"
    # Small, so that the detector still finds the face.
    before = covered(read(photo))
    cv2.imwrite(str(target), before)
    swap(photo, target, folder / "plain.png", *options)
    model = ("--occlusion", "model", "--occluder-model", occluder)
    result = swap(photo, target, folder / "kept.png", *options, *model)
    assert "occluder" in [model["role"] for model in result["models"]]
    check_disc(before, read(folder / "plain.png"), read(folder / "kept.png"))


@pytest.fixture(scope="module")
def covered_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clip in which the disc is there from the first frame on."""
    path = tmp_path_factory.mktemp("covered") / "covered.mp4"
    still = clips.View(255.5, 255.5, 512)
    clip = clips.Clip(512, 512, seconds=0.2, first=still, last=still)
    clips.write_clip(path, clip, covered(clips.astronaut()))
    return path


def frames_of(path: Path) -> list[Bytes]:
    with open_target(path) as reader:
        return [frame.to_bgr() for frame in reader]


def test_every_frame_of_a_video(
    group_file: Path, covered_clip: Path, folder: Path, occluder: Path
) -> None:
    exact = ("--engine", "mesh", "--encoder", "ffv1")
    swap(group_file, covered_clip, folder / "plain.mkv", *exact, "--occlusion", "off")
    swap(group_file, covered_clip, folder / "kept.mkv", *exact, "--occluder-model", occluder)
    frames = [frames_of(path) for path in (covered_clip, folder / "plain.mkv", folder / "kept.mkv")]
    assert [len(each) for each in frames] == [6, 6, 6]
    for before, plain, kept in zip(*frames, strict=True):
        check_disc(before, plain, kept)


def test_what_cameras_see(
    group_file: Path, covered_clip: Path, folder: Path, occluder: Path
) -> None:
    output = folder / "live.mkv"
    run = call_dlc(
        "live", "--source", group_file, "--camera", covered_clip, "--loop", "--duration", "2",
        "--engine", "mesh", "--verbose", "--output", output, "--occluder-model", occluder,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "occlude" in run.stderr
    before = frames_of(covered_clip)[0]
    away = distance(before.shape)
    around = (away > DISC[2] + SOFT) & (away < DISC[2] + SOFT + 8)
    changes = [np.abs(frame.astype(int) - before) for frame in frames_of(output)]
    swapped = [change for change in changes if change[around].mean() > 5]
    assert swapped
    for change in swapped:
        assert change[away < DISC[2] - 3].mean() < 8


@pytest.fixture(scope="module")
def held_hand() -> tuple[Bytes, Bytes]:
    """Return the astronaut with a bare hand before her cheek, and 255 where it must be seen."""
    points, length = placed(230, 150, 55.0), 55.0
    picture = drawn(clips.astronaut(), points, length)
    mask = mask_of(points, (picture.shape[0], picture.shape[1]), length)
    return picture, np.asarray(cv2.erode(mask, np.ones((5, 5), np.uint8)), np.uint8)


def test_a_bare_hand_in_a_picture_by_the_built_in_method(
    group_file: Path, folder: Path, tmp_path: Path, held_hand: tuple[Bytes, Bytes]
) -> None:
    before, mask = held_hand
    target = tmp_path / "hand.png"
    cv2.imwrite(str(target), before)
    mesh = ("--engine", "mesh")
    swap(group_file, target, folder / "plain.png", *mesh, "--occlusion", "off")
    swap(group_file, target, folder / "kept.png", *mesh)
    plain, kept = read(folder / "plain.png"), read(folder / "kept.png")
    changed = np.abs(plain.astype(int) - before).max(axis=2) > 0
    over = changed & (mask == 255)
    assert over.sum() > 500
    assert np.abs(plain.astype(int) - before)[over].mean() > 8
    assert np.abs(kept.astype(int) - before)[over].mean() < 1
    beside = changed & (cv2.dilate(mask, np.ones((25, 25), np.uint8)) == 0)
    assert np.abs(kept.astype(int) - before)[beside].mean() > 5, "the face around is swapped"


def test_a_bare_hand_that_cameras_see(
    group_file: Path, folder: Path, tmp_path: Path, held_hand: tuple[Bytes, Bytes]
) -> None:
    picture, mask = held_hand
    clip = tmp_path / "hand.mp4"
    still = clips.View(255.5, 255.5, 512)
    clips.write_clip(clip, clips.Clip(512, 512, seconds=0.2, first=still, last=still), picture)
    output = folder / "live.mkv"
    run = call_dlc(
        "live", "--source", group_file, "--camera", clip, "--loop", "--duration", "2",
        "--engine", "mesh", "--output", output,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    before = frames_of(clip)[0]
    left = (mask == 0) & (np.arange(512) < 225) & (np.arange(512)[:, None] < 170)
    changes = [np.abs(frame.astype(int) - before) for frame in frames_of(output)]
    swapped = [change for change in changes if change[left].mean() > 0.8]
    assert swapped
    for change in swapped:
        assert change[mask == 255].mean() < 6


def refused(*arguments: str | Path, models: Path) -> tuple[int, str]:
    """Return the exit code and the message of a run by someone with these models."""
    home = {"HOME": str(models), "XDG_DATA_HOME": str(models), "DLC_MODELS": str(models)}
    run = call_dlc("swap", *arguments, changes=home)
    return run.returncode, run.stderr


def test_a_model_that_is_missing_is_named_with_the_remedy(
    astronaut_file: Path, folder: Path, tmp_path: Path
) -> None:
    files = (astronaut_file, astronaut_file, folder / "out.png")
    code, message = refused(*files, "--occlusion", "model", models=tmp_path)
    assert code == 9
    assert "dlc models pull xseg_1" in " ".join(message.split())
    assert not list(folder.iterdir())


def test_what_the_neural_engine_does_not_have(
    neural: tuple[Path, list[str | Path]], folder: Path, tmp_path: Path
) -> None:
    photo, options = neural
    files = (photo, photo, folder / "out.png")
    code, message = refused(*files, *options, "--occlusion", "built-in", models=tmp_path)
    assert code == 2
    assert "--engine mesh" in message
    # By itself it does without where nothing is installed.
    code, message = refused(*files, *options, models=tmp_path)
    assert code == 0, message


def test_a_model_without_use_for_it_is_refused(
    astronaut_file: Path, folder: Path, occluder: Path, tmp_path: Path
) -> None:
    files = (astronaut_file, astronaut_file, folder / "out.png")
    asked = ("--occlusion", "off", "--occluder-model", occluder)
    code, message = refused(*files, *asked, models=tmp_path)
    assert code == 2
    assert "--occluder-model has no effect" in message


def test_the_file_of_options_can_name_it(
    astronaut_file: Path, folder: Path, occluder: Path
) -> None:
    run = call_dlc(
        "swap", astronaut_file, astronaut_file, folder / "out.png", "--occlusion", "model",
        "--occluder-model", occluder, "--show-config",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert 'occlusion = "model"' in run.stdout
    assert f"occluder-model = {json.dumps(str(occluder))}" in run.stdout
    config = folder.parent / "dlc.toml"
    config.write_text(run.stdout)
    again = call_dlc("swap", "--config", config, "--json")
    assert again.returncode == 0, again.stderr
    assert "occlude" in [stage["name"] for stage in json.loads(again.stdout)["stages"]]
