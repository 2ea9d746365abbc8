"""The photos of the person whose face is used."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlc.errors import NoFaceError
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder, Needs
from dlc.faces.selector import select_faces
from dlc.media.frames.frame import Frame
from dlc.media.image.reader import read_photo
from dlc.options import FaceChoice
from dlc.pipeline import CancelToken

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class SourcePhoto:
    """A photo with the face to use.

    Attributes:
        path: the photo's file.
        frame: its pixels, upright.
        face: the face, described as far as the swapper needs.
    """

    path: Path
    frame: Frame
    face: Face


def read_sources(
    paths: Sequence[Path], finder: FaceFinder, needs: Needs, cancel: CancelToken
) -> list[SourcePhoto]:
    """Read photos and choose the face to use in each.

    Args:
        paths: the photos.
        finder: finds the faces; it is reset before and after every photo.
        needs: what must be known about the faces.
        cancel: checked before every photo.

    Returns:
        The photos that show a face, at least one.

    Raises:
        InputError: a photo cannot be read.
        NoFaceError: no photo shows a face.
        Cancelled: the run was stopped.
    """
    photos: list[SourcePhoto] = []
    for path in paths:
        cancel.check()
        frame = read_photo(path)
        finder.reset()
        faces = finder.find(frame)
        if faces:
            (face,) = finder.describe(frame, [_largest(faces, path)], needs)
            photos.append(SourcePhoto(path, frame, face))
        elif len(paths) > 1:
            logger.warning("no face in %s: this photo is not used", path)
    finder.reset()
    if not photos:
        where = str(paths[0]) if len(paths) == 1 else f"any of {', '.join(map(str, paths))}"
        message = f"no face in {where}; choose a sharp photo that shows the face from the front"
        raise NoFaceError(message)
    return photos


def _largest(faces: Sequence[Face], path: Path) -> Face:
    if len(faces) > 1:
        logger.warning("%d faces in %s: the largest is used", len(faces), path)
    return select_faces(faces, FaceChoice.LARGEST)[0]
