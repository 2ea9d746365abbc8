"""A photo and a short video, always available, to measure this machine's speed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from dlc.arrays import Image
from dlc.errors import MissingLibraryError
from dlc.faces.face import Face
from dlc.faces.selector import select_faces
from dlc.faces.tracking.tracker import load_tracker
from dlc.host.package_folders import package_folders
from dlc.media.files.failures import unwritable
from dlc.media.image.reader import read_photo
from dlc.media.video.drawn_clip import write_drawn_clip
from dlc.options import FaceChoice

WIDTH, HEIGHT = 960, 540
FPS = 30
FRAMES = 90
# Width of the face's box in the clip, as in the recordings that dlc is tuned on.
FACE_WIDTH = 250
# How far the camera wanders from the face, in pixels of the clip.
_SWAY = 40.0


@dataclass(frozen=True, slots=True)
class Sample:
    """The inputs of a swap.

    Attributes:
        photo: a frame of the clip, used as the source.
        clip: a video in which one large face moves.
    """

    photo: Path
    clip: Path


def make_sample(folder: Path) -> Sample:
    """Make a three-second clip by panning over a person in insightface's group photo.

    Raises:
        MissingLibraryError: insightface does not have its photo.
        OutputError: the files cannot be written to `folder`.
    """
    group = read_photo(_group_photo())
    (face,) = select_faces(load_tracker().find(group), FaceChoice.LARGEST)
    views = list(_camera_move(group.to_bgr(), face))
    sample = Sample(folder / "sample.png", folder / "sample.mp4")
    write_drawn_clip(sample.clip, views, (WIDTH, HEIGHT), FPS)
    try:
        sample.photo.write_bytes(cv2.imencode(".png", views[0])[1].tobytes())
    except OSError as error:
        raise unwritable(sample.photo, error) from error
    return sample


def _group_photo() -> Path:
    # Only its location is needed: importing insightface takes a third of a second.
    for folder in package_folders("insightface"):
        photo = folder / "data" / "images" / "t1.jpg"
        if photo.is_file():
            return photo
    raise MissingLibraryError(
        "insightface, with the photo that speed is measured on, is not installed; "
        "run: pip install insightface"
    )


def _camera_move(photo: Image, face: Face) -> Iterator[Image]:
    """Yield frames around a face while the camera moves once around an ellipse."""
    left, top, right, bottom = (float(edge) for edge in face.box)
    scale = FACE_WIDTH / (right - left)
    for angle in np.linspace(0.0, 2 * np.pi, FRAMES):
        x = WIDTH / 2 + _SWAY * np.cos(angle) - scale * (left + right) / 2
        y = HEIGHT / 2 + _SWAY / 2 * np.sin(angle) - scale * (top + bottom) / 2
        view = cv2.warpAffine(
            photo,
            np.array([[scale, 0.0, x], [0.0, scale, y]]),
            (WIDTH, HEIGHT),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,  # a mirrored face would be a second one
        )
        yield np.asarray(view, np.uint8)
