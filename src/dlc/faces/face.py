"""What is known about one face in one frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dlc.arrays import Embedding, Floats, Points


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face found in a frame; coordinates are pixels of the upright (display-oriented) frame.

    Whole numbers are pixel centers, as in OpenCV.

    Attributes:
        box: float32 (4,): left, top, right, bottom.
        points: float32 (5, 2): the viewer's left eye, right eye, nose tip, left and right mouth
            corner (the order of InsightFace and of the ArcFace template).
        score: confidence of the detection or of the tracked landmarks, 0 to 1.
        landmarks: float32 (478, 3), only if a later stage needs them: MediaPipe's 468 mesh points
            with the eyelids refined, then five iris points of the viewer's left eye and five of the
            right; z in pixels, smaller is nearer to the camera.
        landmarks_106: float32 (106, 2), only if a later stage needs them: the points of
            InsightFace's 2d106det, in its order.
        embedding: float32 of unit length, (512,) from ArcFace or (128,) from SFace, only if a later
            stage needs it.
        track_id: the same number for the same face in consecutive frames; a scene cut or a lost
            face ends the track, so state keyed by it never leaks across either.
        person: index of the requested person it is, counted from 0; None if it is none of them or
            nobody was requested.
    """

    box: Floats
    points: Points
    score: float
    landmarks: Points | None = None
    landmarks_106: Points | None = None
    embedding: Embedding | None = None
    track_id: int = -1
    person: int | None = None

    @property
    def roll(self) -> float:
        """The angle from left to right eye, in radians: 0 if upright, positive if clockwise."""
        across = self.points[1] - self.points[0]
        return math.atan2(across[1], across[0])
