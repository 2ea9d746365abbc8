"""Moves a face's features towards another person's proportions."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import smoothstep
from dlc.faces.landmarks.pose import Pose, fit_pose
from dlc.faces.landmarks.topology import MOUTH_CORNERS, NOSE_TIP, VERTEX_COUNT
from dlc.swapping.mesh.layout import Layout

# How far features move towards the source's proportions, and how far the mouth does.
_STRENGTH = 0.9
_MOUTH_STRENGTH = 0.1
# Weight of each anchor; other vertices count 1.
_ANCHOR = 100.0
# Face widths from the oval inwards over which the shift sets in.
_PINNED = 0.16
# Face widths around the lips within which a vertex counts as part of the mouth.
_MOUTH_REACH = 0.10
# Degrees of yaw over which the shift fades out.
_FADE = (18.0, 35.0)


class ProportionShift:
    """Moves a target's features towards the source's proportions, keeping its outline.

    The shapes are aligned mainly by eyes, nose tip and mouth corners: what moves lies between and
    around them, so that gaze and expression stay in place. The mouth neither opens nor closes,
    however the source's is.
    """

    def __init__(self, source: Floats, layout: Layout) -> None:
        """Use the source's shape without pose, float32 (468, 3) in face widths."""
        self._source = source
        self._freedom = _freedom(layout)[:, None]
        self._anchors = _anchors(layout)
        self._lips = layout.topology.inner_lips

    def offsets(self, neutral: Floats, pose: Pose) -> Floats:
        """Return how far to move the vertices of a target, (468, 2) in pixels.

        The shift fades out as the head turns: depth is too uncertain for profiles.

        Args:
            neutral: float32 (468, 3), the target's shape without pose and expression.
            pose: the target's pose in the frame.
        """
        low, high = _FADE
        fade = min(max((high - abs(pose.yaw)) / (high - low), 0.0), 1.0)
        fit = fit_pose(self._source, neutral, self._anchors)
        moved = (fit.normalize(self._source) - neutral) * self._freedom
        # From the same corner, one way around goes along the upper lip, the other along the lower.
        around = np.roll(self._lips[::-1], 1)
        moved[self._lips] = (moved[self._lips] + moved[around]) / 2
        return pose.turn(moved * np.float32(fade))


def _anchors(layout: Layout) -> Floats:
    """Weight eyes, nose tip and mouth corners above the rest of the shape."""
    weights = np.ones(VERTEX_COUNT, np.float32)
    for eye in (layout.topology.left_eye, layout.topology.right_eye):
        weights[eye] += _ANCHOR / len(eye)
    for point in (NOSE_TIP, *MOUTH_CORNERS):
        weights[point] += _ANCHOR
    return weights


def _freedom(layout: Layout) -> Floats:
    """Return how far each vertex moves: not at all on the oval, less at the speaking mouth."""
    mean = layout.mean_face[:, :2]
    oval = mean[layout.topology.face_oval]
    depth = [cv2.pointPolygonTest(oval, (float(x), float(y)), True) for x, y in mean]
    inner = smoothstep(np.array(depth, np.float32), 0.0, _PINNED)
    lips = mean[layout.topology.outer_lips]
    away = np.linalg.norm(mean[:, None] - lips[None], axis=2).min(axis=1)
    near_mouth = np.exp(-((away / _MOUTH_REACH) ** 2))
    freedom: Floats = inner * (_STRENGTH - (_STRENGTH - _MOUTH_STRENGTH) * near_mouth)
    return freedom.astype(np.float32)
