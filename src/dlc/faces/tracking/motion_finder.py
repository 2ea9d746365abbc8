"""Detects faces every few frames and moves them by measured motion in between."""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import numpy as np

from dlc.arrays import Gray
from dlc.faces.detection.cadence import DetectionCadence
from dlc.faces.detection.scene_cut import SceneCutDetector
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder, Needs
from dlc.faces.pixels import TrackableFrame
from dlc.faces.tracking.motion import measure_motion, moved
from dlc.faces.tracking.track_ids import TrackIds

# Longer side, in pixels, of the pictures used to measure motion.
_SIZE = 960


class MotionFinder:
    """Saves detections without ever showing a stale one; a `FaceFinder`.

    A frame gets its own detection when one is due, after a scene cut, when there was no face
    before, and when the motion of any face cannot be measured reliably.

    Attributes:
        detections: number of frames searched for faces.
    """

    def __init__(self, finder: FaceFinder, cadence: DetectionCadence) -> None:
        """Start with no history.

        Args:
            finder: detects and describes faces.
            cadence: decides how often to detect.
        """
        self._finder = finder
        self._cadence = cadence
        self._tracks = TrackIds()
        self.detections = 0
        self.reset()

    def reset(self) -> None:
        """Forget everything but the ids already used: the next frame begins a new video."""
        self._finder.reset()
        self._tracks.forget()
        self._cuts = SceneCutDetector()
        self._faces: list[Face] = []
        self._picture: Gray | None = None
        self._time: float | None = None
        self._age = 0

    def find(self, frame: TrackableFrame) -> list[Face]:
        """Find the faces of the next frame.

        A frame that is not later than the one before begins a new video. A face keeps its track id
        until a cut, or until it is no longer found where it was.

        Returns:
            Faces in pixels of the frame.
        """
        if self._time is not None and frame.time <= self._time:
            self.reset()
        self._time = frame.time
        before, self._picture = self._picture, _gray(frame)
        if self._cuts.is_cut(frame):
            self._tracks.forget()
            before = None
        self._age += 1
        faces = None
        if before is not None and self._faces and self._age < self._cadence.every:
            faces = self._follow(before, self._picture, frame.width / self._picture.shape[1])
        self._faces = self._detect(frame) if faces is None else faces
        return list(self._faces)

    def describe(self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        """Return the faces with what is needed filled in, computed from this frame's pixels."""
        return self._finder.describe(frame, faces, needs)

    def _detect(self, frame: TrackableFrame) -> list[Face]:
        began = time.perf_counter()
        faces = self._tracks.assign(self._finder.find(frame))
        self._cadence.note_detection(time.perf_counter() - began)
        self.detections += 1
        self._age = 0
        return faces

    def _follow(self, before: Gray, after: Gray, zoom: float) -> list[Face] | None:
        """Move every face; None if one of them cannot be followed.

        Args:
            before: the picture the faces were found in.
            after: the picture to find them in.
            zoom: frame pixels per picture pixel.
        """
        began = time.perf_counter()
        faces = []
        for face in self._faces:
            motion = measure_motion(before, after, face, zoom)
            if motion is None:
                return None
            faces.append(moved(face, motion))
        self._cadence.note_motion(time.perf_counter() - began)
        self._tracks.follow(faces)
        return faces


def _gray(frame: TrackableFrame) -> Gray:
    return np.asarray(cv2.cvtColor(frame.thumbnail(_SIZE), cv2.COLOR_BGR2GRAY), np.uint8)
