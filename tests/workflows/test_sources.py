"""Source photos: one, several or a folder, and what is said about those that do not fit."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dlc.errors import Cancelled, InputError, NoFaceError
from dlc.faces.finder import Needs
from dlc.faces.tracking.tracker import FaceTracker, load_tracker
from dlc.pipeline import CancelToken
from dlc.workflows.sources import read_sources
from tests.media.image.heif_files import heic


@pytest.fixture(scope="module")
def tracker() -> FaceTracker:
    return load_tracker()


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    """Return a photo without a face."""
    path = tmp_path / "wall.png"
    cv2.imwrite(str(path), np.full((240, 320, 3), 128, np.uint8))
    return path


def test_the_face_of_a_portrait_is_found(astronaut_file: Path, tracker: FaceTracker) -> None:
    (photo,) = read_sources([astronaut_file], tracker, Needs.MESH, CancelToken())
    left, top, right, bottom = photo.face.box
    assert left < 225 < right
    assert top < 120 < bottom
    assert photo.face.landmarks is not None
    assert photo.path == astronaut_file


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_the_face_of_a_photo_that_lies_or_hangs_is_found(
    turns: int, astronaut: NDArray[np.uint8], tmp_path: Path, tracker: FaceTracker
) -> None:
    path = tmp_path / "turned.png"
    cv2.imwrite(str(path), np.rot90(astronaut, turns))
    (photo,) = read_sources([path], tracker, Needs.MESH, CancelToken())
    assert round(photo.face.roll / (np.pi / 2)) % 4 == -turns % 4


def test_the_same_face_is_found_in_a_photo_from_a_phone(
    astronaut_file: Path, tmp_path: Path, tracker: FaceTracker
) -> None:
    with Image.open(astronaut_file) as image:
        rgb = np.asarray(image.convert("RGB"))
    (tmp_path / "me.heic").write_bytes(heic(rgb))
    paths = [astronaut_file, tmp_path / "me.heic"]
    before, after = read_sources(paths, tracker, Needs.MESH, CancelToken())
    np.testing.assert_allclose(after.face.box, before.face.box, atol=4)


def test_of_several_faces_the_largest_is_used_and_this_is_said(
    group_file: Path, tracker: FaceTracker, caplog: pytest.LogCaptureFixture
) -> None:
    (photo,) = read_sources([group_file], tracker, Needs.MESH, CancelToken())
    tracker.reset()
    widths = [float(face.box[2] - face.box[0]) for face in tracker.find(photo.frame)]
    assert float(photo.face.box[2] - photo.face.box[0]) >= max(widths) * 0.9
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert str(group_file) in record.getMessage()
    assert "largest" in record.getMessage()


def test_a_photo_without_a_face_among_others_is_skipped_with_a_warning(
    astronaut_file: Path,
    wall: Path,
    tracker: FaceTracker,
    caplog: pytest.LogCaptureFixture,
) -> None:
    photos = read_sources([wall, astronaut_file], tracker, Needs.MESH, CancelToken())
    assert [photo.path for photo in photos] == [astronaut_file]
    assert [record.getMessage() for record in caplog.records] == [
        f"no face in {wall}: this photo is not used"
    ]


def test_no_face_in_any_photo_names_the_photos(
    wall: Path, tmp_path: Path, tracker: FaceTracker
) -> None:
    other = tmp_path / "sky.png"
    shutil.copy(wall, other)
    with pytest.raises(NoFaceError, match=r"wall\.png"):
        read_sources([wall], tracker, Needs.MESH, CancelToken())
    with pytest.raises(NoFaceError, match=r"any of .*wall\.png, .*sky\.png"):
        read_sources([wall, other], tracker, Needs.MESH, CancelToken())


def test_a_broken_photo_is_named(tmp_path: Path, tracker: FaceTracker) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"this is no JPEG")
    with pytest.raises(InputError, match=r"broken\.jpg"):
        read_sources([path], tracker, Needs.MESH, CancelToken())


def test_one_photo_says_nothing_about_the_next(
    astronaut_file: Path, group_file: Path, tracker: FaceTracker
) -> None:
    alone = read_sources([astronaut_file], tracker, Needs.MESH, CancelToken())[0]
    after = read_sources([group_file, astronaut_file], tracker, Needs.MESH, CancelToken())[1]
    assert alone.face.landmarks is not None
    assert after.face.landmarks is not None
    np.testing.assert_array_equal(alone.face.landmarks, after.face.landmarks)


def test_reading_stops_on_request(astronaut_file: Path, tracker: FaceTracker) -> None:
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        read_sources([astronaut_file], tracker, Needs.MESH, cancel)
