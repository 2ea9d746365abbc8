"""One face followed from frame to frame."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Points
from dlc.faces.face import Face
from dlc.faces.landmarks.credibility import MAX_YAW, head_yaw
from dlc.faces.landmarks.distortion import MAX_DISTORTION, distortion
from dlc.faces.landmarks.landmarker import square_of_mesh
from dlc.faces.landmarks.mesher import Mesh
from dlc.faces.landmarks.topology import (
    LEFT_EYE_CORNERS,
    LEFT_SIDE,
    MOUTH_CORNERS,
    NOSE_TIP,
    RIGHT_EYE_CORNERS,
    RIGHT_SIDE,
    VERTEX_COUNT,
)
from dlc.faces.tracking.one_euro import OneEuroFilter, OneEuroOptions

# A face that moves by more than this share of its size from one frame to the next, or grows or
# shrinks by more than this factor, is a different face.
_LEAP = 0.5
_GROWTH = 1.4
# A mesh is stretched if its distortion exceeds the first value, and the track's usual distortion by
# the second, in face widths. Grimaces come as suddenly, so this alone proves nothing.
_DISTORTED, _UNUSUALLY = 0.028, 0.008
# Weight of the newest frame in the usual distortion.
_RECENT = 0.1


class Track:
    """The landmarks of one face, raw for finding it again and filtered for display.

    Attributes:
        number: the track's id.
        raw: float32 (478, 3), as last found; empty before the first time.
        distortion: their distortion, in face widths; 0 before the first time.
        is_stretched: whether they may span two faces.
    """

    def __init__(self, number: int, options: OneEuroOptions) -> None:
        """Start a track with the given id."""
        self.number = number
        self.raw: Points = np.empty((0, 3), np.float32)
        self.distortion = 0.0
        self.is_stretched = False
        self._usual: float | None = None
        self._filter = OneEuroFilter(options)

    def is_leap(self, landmarks: Points) -> bool:
        """Return whether landmarks (478, 3) are too far from the last ones to be the same face."""
        before, after = square_of_mesh(self.raw), square_of_mesh(landmarks)
        moved = np.hypot(after.x - before.x, after.y - before.y)
        growth = after.size / max(before.size, 1e-6)
        size = min(before.size, after.size)
        return bool(moved > _LEAP * size or not 1 / _GROWTH <= growth <= _GROWTH)

    def update(self, mesh: Mesh, time: float) -> Face:
        """Record what was found at `time`, in seconds, and return the face to show."""
        self.raw = mesh.landmarks
        self._judge(mesh.landmarks)
        smooth = self._filter(mesh.landmarks, time, unit=max(face_width(mesh.landmarks), 1.0))
        return _face_of_landmarks(smooth, mesh.presence, self.number)

    def _judge(self, landmarks: Points) -> None:
        now = distortion(landmarks)
        usual = now if self._usual is None else self._usual
        limit = min(MAX_DISTORTION, max(_DISTORTED, usual + _UNUSUALLY))
        self.distortion = now
        # Near profile, a mesh is always distorted and never shown.
        self.is_stretched = now > limit and abs(head_yaw(landmarks)) < MAX_YAW
        self._usual = usual + _RECENT * (now - usual)


def face_width(landmarks: Points) -> float:
    """Return the width of the face in pixels, however it is turned.

    In 3D, the distance between the ears does not shrink as a head turns.
    """
    return float(np.linalg.norm(landmarks[RIGHT_SIDE] - landmarks[LEFT_SIDE]))


def _face_of_landmarks(landmarks: Points, presence: float, track_id: int) -> Face:
    """Return the face that landmarks (478, 3) describe; its box is their bounding box."""
    plane = landmarks[:, :2]
    box = np.concatenate([plane[:VERTEX_COUNT].min(axis=0), plane[:VERTEX_COUNT].max(axis=0)])
    points = np.stack(
        [
            plane[list(LEFT_EYE_CORNERS)].mean(axis=0),
            plane[list(RIGHT_EYE_CORNERS)].mean(axis=0),
            plane[NOSE_TIP],
            *plane[list(MOUTH_CORNERS)],
        ]
    )
    return Face(box, points, presence, landmarks=landmarks, track_id=track_id)
