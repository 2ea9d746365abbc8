"""Head pose: the similarity between a face and the average face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dlc.arrays import Doubles, Floats, Points
from dlc.faces.landmarks.topology import VERTEX_COUNT
from dlc.model_store.builtin import builtin_model


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """The similarity that maps the average face onto a face: `scale * mean @ rotation + center`.

    Attributes:
        rotation: float64 (3, 3).
        scale: the face's width in pixels.
        center: float64 (3,), pixels.
    """

    rotation: Doubles
    scale: float
    center: Doubles

    @property
    def yaw(self) -> float:
        """Degrees the head is turned sideways; positive towards the viewer's right."""
        forward = self.rotation[2]
        return float(np.degrees(np.arctan2(-forward[0], forward[2])))

    def normalize(self, landmarks: Points) -> Points:
        """Undo the pose: landmarks (468 or more, 3) in the average face's frame and scale."""
        centered = landmarks[:VERTEX_COUNT].astype(np.float64) - self.center
        return (centered @ self.rotation.T / self.scale).astype(np.float32)

    def turn(self, offsets: Points) -> Points:
        """Map offsets (N, 3) in the average face's frame to the picture: (N, 2) in pixels."""
        return (offsets @ self.rotation[:, :2] * self.scale).astype(np.float32)


def fit_pose(landmarks: Points, reference: Points, weights: Floats | None = None) -> Pose:
    """Fit the similarity between two shapes by weighted least squares.

    Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point
    patterns", IEEE PAMI 13(4), 1991.

    Args:
        landmarks: float32 (468 or more, 3), the target of the similarity.
        reference: float32 (468, 3), its origin.
        weights: float32 (468,), one per vertex; uniform by default.
    """
    points = landmarks[:VERTEX_COUNT].astype(np.float64)
    mean = reference.astype(np.float64)
    share = np.ones(len(mean)) if weights is None else weights.astype(np.float64)
    share = share / share.sum()
    center, middle = share @ points, share @ mean
    a, b = mean - middle, points - center
    left, singular, right = np.linalg.svd((a * share[:, None]).T @ b)
    # A reflection may fit better than any rotation, but a face is never reflected.
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = (left * sign) @ right
    scale = float((singular * sign).sum() / (share @ (a**2).sum(axis=1)))
    return Pose(rotation, scale, center - scale * middle @ rotation)


@lru_cache(maxsize=1)
def load_mean_face() -> Points:
    """Read the shipped average face; read-only.

    Returns:
        float32 (468, 3): frontal, one face width wide, y down, z away from the viewer.

    Raises:
        ModelError: the file is missing.
    """
    with np.load(builtin_model("mean_face.npz")) as arrays:
        mean_face: Points = arrays["mean_face"]
    mean_face.flags.writeable = False
    return mean_face
