"""Head pose, and moving a face's features towards another person's proportions."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import smoothstep
from dlc.faces.topology import VERTEX_COUNT
from dlc.swapping.mesh.atlas import Layout

NOSE_TIP = 1
MOUTH_CORNERS = (61, 291)

# How far features go towards the source's proportions, and how far the mouth does.
_STRENGTH = 0.7
_MOUTH_STRENGTH = 0.5
# Weight of each anchor, where any other vertex counts 1.
_ANCHOR = 100.0
# Face widths from the oval inwards over which the move sets in.
_PINNED = 0.16
# Degrees of yaw over which the move fades out.
_FADE = (18.0, 35.0)
_SLOWEST_RATE = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """The similarity that brings the mean face onto a face: `scale * mean @ rotation + center`.

    Attributes:
        rotation: float64 (3, 3).
        scale: the face's width in pixels.
        center: float64 (3,), pixels.
    """

    rotation: NDArray[np.float64]
    scale: float
    center: NDArray[np.float64]

    @property
    def yaw(self) -> float:
        """Degrees the head is turned sideways; positive towards the viewer's right."""
        forward = self.rotation[2]
        return float(np.degrees(np.arctan2(-forward[0], forward[2])))

    def normalize(self, landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
        """Undo the pose: landmarks (468 or more, 3) in the mean face's own frame and scale."""
        centered = landmarks[:VERTEX_COUNT].astype(np.float64) - self.center
        normalized: NDArray[np.float32] = (centered @ self.rotation.T / self.scale).astype(
            np.float32
        )
        return normalized

    def turn(self, offsets: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring offsets (N, 3) in the mean face's frame into the picture: (N, 2) in pixels."""
        turned: NDArray[np.float32] = (offsets @ self.rotation[:, :2] * self.scale).astype(
            np.float32
        )
        return turned


def fit_pose(
    landmarks: NDArray[np.float32],
    reference: NDArray[np.float32],
    weights: NDArray[np.float32] | None = None,
) -> Pose:
    """Fit the similarity between two shapes of (468, 3) by weighted least squares.

    Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point
    patterns", IEEE PAMI 13(4), 1991.
    """
    points = landmarks[:VERTEX_COUNT].astype(np.float64)
    mean = reference.astype(np.float64)
    share = np.ones(len(mean)) if weights is None else weights.astype(np.float64)
    share = share / share.sum()
    center, middle = share @ points, share @ mean
    a, b = mean - middle, points - center
    left, singular, right = np.linalg.svd((a * share[:, None]).T @ b)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = (left * sign) @ right
    scale = float((singular * sign).sum() / (share @ (a**2).sum(axis=1)))
    return Pose(rotation, scale, center - scale * middle @ rotation)


class NeutralShape:
    """One track's running mean shape without pose, in which expressions average out."""

    def __init__(self) -> None:
        """Start without any memory."""
        self._mean: NDArray[np.float32] | None = None
        self._frames = 0

    def update(self, pose: Pose, landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take a frame's landmarks; return the mean shape (468, 3) so far."""
        shape = pose.normalize(landmarks)
        self._frames += 1
        if self._mean is None:
            self._mean = shape
        rate = np.float32(max(1.0 / self._frames, _SLOWEST_RATE))
        self._mean = self._mean + (shape - self._mean) * rate
        return self._mean


class ProportionShift:
    """Moves a target's features towards the source's proportions, its outline staying put.

    Both shapes are laid over each other mainly by eyes, nose tip and mouth corners: what moves is
    what sits between and around them, so that gaze and expression stay where they were.
    """

    def __init__(self, source: NDArray[np.float32], layout: Layout) -> None:
        """Take the source's shape without pose, float32 (468, 3) in face widths."""
        self._source = source
        self._freedom = _freedom(layout)[:, None]
        self._anchors = _anchors(layout)

    def offsets(self, neutral: NDArray[np.float32], pose: Pose) -> NDArray[np.float32]:
        """Return how far to move the vertices of a target, (468, 2) in pixels.

        The move fades out as the head turns: depth is too uncertain to show it in profile.
        """
        low, high = _FADE
        fade = min(max((high - abs(pose.yaw)) / (high - low), 0.0), 1.0)
        fit = fit_pose(self._source, neutral, self._anchors)
        return pose.turn((fit.normalize(self._source) - neutral) * self._freedom * np.float32(fade))


def _anchors(layout: Layout) -> NDArray[np.float32]:
    """Weigh eyes, nose tip and mouth corners above the rest of the shape."""
    weights = np.ones(VERTEX_COUNT, np.float32)
    for eye in (layout.topology.left_eye, layout.topology.right_eye):
        weights[eye] += _ANCHOR / len(eye)
    for point in (NOSE_TIP, *MOUTH_CORNERS):
        weights[point] += _ANCHOR
    return weights


def _freedom(layout: Layout) -> NDArray[np.float32]:
    """Return how far each vertex goes: not at all on the oval, little at the mouth, which speaks."""
    mean = layout.mean_face[:, :2]
    oval = mean[layout.topology.face_oval]
    depth = [cv2.pointPolygonTest(oval, (float(x), float(y)), True) for x, y in mean]
    inner = smoothstep(np.array(depth, np.float32), 0.0, _PINNED)
    lips = mean[layout.topology.outer_lips]
    away = np.linalg.norm(mean[:, None] - lips[None], axis=2).min(axis=1)
    near_mouth = np.exp(-((away / 0.10) ** 2))
    freedom: NDArray[np.float32] = inner * (_STRENGTH - (_STRENGTH - _MOUTH_STRENGTH) * near_mouth)
    return freedom.astype(np.float32)
