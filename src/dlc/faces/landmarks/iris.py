"""Refines the eyes of a face mesh: lids that follow a blink, and irises."""

from __future__ import annotations

import math

import numpy as np

from dlc.arrays import Points
from dlc.faces.crop import Cutout, Square, to_tensor
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS, Topology
from dlc.inference.session import Session

_SIDE = 64
# The model was trained on squares this much wider than the eye (MediaPipe's value).
_MARGIN = 2.3
# The mesh vertices of the eye on the viewer's left that match the model's 71 contour points: rings
# around the eye from the lids outwards, each with its lower half first, then the upper.
_CONTOUR = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173),
    (130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190),
    (226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189),
    (35, 124, 46, 53, 52, 65),
    (143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193),
)
# The model's right is left in a mirrored picture.
_MIRRORED_IRIS = [0, 3, 2, 1, 4]


class IrisRefiner:
    """Runs the iris model on both eyes of a face at once."""

    def __init__(self, session: Session, topology: Topology) -> None:
        """Use a session of iris.onnx and the mesh's topology."""
        self._session = session
        left = np.array([vertex for ring in _CONTOUR for vertex in ring])
        self._vertices = (left, topology.mirror[left])

    def refine(self, cutout: Cutout, landmarks: Points) -> Points:
        """Return the mesh with refined eyes and with irises.

        Args:
            cutout: pixels that cover the face, as far as it lies in the picture.
            landmarks: float32 (468, 3), pixels of the picture.

        Returns:
            float32 (478, 3). Vertices around the eyes are moved in x and y and keep their z. The
            viewer's left iris follows at 468, the right one at 473: for each, the center, then the
            rim at the right, top, left and bottom of an upright face.
        """
        squares = _eye_squares(landmarks)
        tensor = to_tensor([cutout.warp(square, _SIDE) for square in squares])
        contours, irises = self._session.run(["contour", "iris"], {"image": tensor})
        refined, added = landmarks.copy(), []
        for square, vertices, contour, iris in zip(
            squares, self._vertices, contours, irises, strict=True
        ):
            refined[vertices, :2] = square.to_picture(contour, _SIDE)[:, :2]
            rim = square.to_picture(iris[_MIRRORED_IRIS] if square.mirrored else iris, _SIDE)
            # The model's depth does not share its zero with the mesh's.
            rim[:, 2] = landmarks[vertices[: len(_CONTOUR[0])], 2].mean()
            added.append(rim)
        return np.concatenate([refined, *added])


def _eye_squares(landmarks: Points) -> tuple[Square, Square]:
    """Return the squares around both eyes, the right one mirrored to look like a left one."""
    return (
        _eye_square(landmarks, LEFT_EYE_CORNERS, mirrored=False),
        _eye_square(landmarks, RIGHT_EYE_CORNERS[::-1], mirrored=True),
    )


def _eye_square(landmarks: Points, corners: tuple[int, int], *, mirrored: bool) -> Square:
    start, end = landmarks[list(corners), :2].astype(np.float64)
    across = end - start
    x, y = (start + end) / 2
    # A closed or profile eye has hardly any width; one pixel keeps the affine invertible.
    size = max(_MARGIN * math.hypot(*across), 1.0)
    return Square(float(x), float(y), size, math.atan2(across[1], across[0]), mirrored)
