"""Selects the faces in a frame that the user wants swapped."""

from __future__ import annotations

from collections.abc import Sequence

from dlc.faces.face import Face
from dlc.options import FaceChoice


def select_faces(faces: Sequence[Face], choice: FaceChoice | tuple[int, ...]) -> list[Face]:
    """Return all faces in their order, or those that `choice` names.

    Left and right are the viewer's, judged by the centers of the boxes. Numbers count from 1 at the
    left; numbers beyond the last face are ignored.
    """
    if not faces or choice is FaceChoice.ALL:
        return list(faces)
    if isinstance(choice, tuple):
        ordered = sorted(faces, key=_center)
        return [ordered[number - 1] for number in choice if number <= len(ordered)]
    if choice is FaceChoice.LARGEST:
        return [max(faces, key=_area)]
    if choice is FaceChoice.SMALLEST:
        return [min(faces, key=_area)]
    if choice is FaceChoice.LEFT:
        return [min(faces, key=_center)]
    return [max(faces, key=_center)]


def _area(face: Face) -> float:
    left, top, right, bottom = face.box
    return float((right - left) * (bottom - top))


def _center(face: Face) -> float:
    return float(face.box[0] + face.box[2]) / 2
