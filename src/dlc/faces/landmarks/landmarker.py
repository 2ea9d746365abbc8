"""Finds the 468 points of the face mesh."""

from __future__ import annotations

import math

import numpy as np

from dlc.arrays import Points
from dlc.faces.crop import Cutout, Square, rotation, to_tensor
from dlc.faces.face import Face
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS, VERTEX_COUNT
from dlc.inference.session import Session

_SIDE = 192
# Outer corners of the viewer's left and right eye.
_LEFT_CORNER, _RIGHT_CORNER = LEFT_EYE_CORNERS[0], RIGHT_EYE_CORNERS[0]
# The model was trained on squares this much larger than the face (MediaPipe's value).
_MARGIN = 1.5


class FaceLandmarker:
    """Places the face mesh on a face whose location is known."""

    def __init__(self, session: Session) -> None:
        """Use a session of face_mesh.onnx."""
        self._session = session

    def find(self, cutout: Cutout, square: Square) -> tuple[Points, float]:
        """Find the mesh in a square of a picture.

        Args:
            cutout: pixels that cover the square, as far as it lies in the picture.
            square: the face with a margin, upright, from `square_of_face` or `square_of_mesh`.

        Returns:
            Landmarks, float32 (468, 3): pixels of the picture, z to the same scale and smaller
            nearer to the camera; and the probability that there is a face.
        """
        tensor = to_tensor([cutout.warp(square, _SIDE)])
        landmarks, presence = self._session.run(["landmarks", "presence"], {"image": tensor})
        logit = float(np.clip(presence[0, 0], -80, 80))
        return square.to_picture(landmarks[0], _SIDE), 1 / (1 + math.exp(-logit))


def square_of_face(face: Face) -> Square:
    """Return where to look for the mesh of a detected face."""
    left, top, right, bottom = (float(edge) for edge in face.box)
    return Square(
        x=(left + right) / 2,
        y=(top + bottom) / 2,
        size=_MARGIN * max(right - left, bottom - top),
        angle=face.roll,
    )


def square_of_mesh(landmarks: Points) -> Square:
    """Return where to look for a face's mesh, given its mesh in the frame before."""
    plane = landmarks[:VERTEX_COUNT, :2]
    across = plane[_RIGHT_CORNER] - plane[_LEFT_CORNER]
    angle = math.atan2(across[1], across[0])
    level = rotation(angle)
    turned = plane @ level
    low, high = turned.min(axis=0), turned.max(axis=0)
    x, y = level @ ((low + high) / 2)
    return Square(float(x), float(y), _MARGIN * float((high - low).max()), angle)
