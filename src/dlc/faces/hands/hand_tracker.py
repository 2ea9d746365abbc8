"""Finds the hands near the faces of a video, and follows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlc.arrays import Points
from dlc.faces.crop import Square
from dlc.faces.face import Face
from dlc.faces.hands.hand import (
    MIDDLE_KNUCKLE,
    WRIST,
    Hand,
    Palm,
    palm_length,
    square_of_hand,
    square_of_palm,
)
from dlc.faces.hands.hand_landmarker import HandLandmarker
from dlc.faces.hands.palm_detector import PalmDetector
from dlc.faces.pixels import TrackableFrame
from dlc.faces.tracking.one_euro import OneEuroFilter, OneEuroOptions
from dlc.inference.cpu import create_session
from dlc.model_store.builtin import builtin_model

# Sides of the squares around a face that are searched in turns, in lengths of the face's longer
# side. A hand that the model misses at one scale is mostly found at another.
_REACHES = (2.5, 3.0, 2.0)
# Pixels of a face's longer side below which hands near it are not looked for: so few show no
# fingers, and such a face itself may look like a hand.
_LEAST_FACE = 40.0
# Frames from one look around a face to the next; around many faces, one look a frame is enough.
_INTERVAL = 6
# A palm's score times the probability of its hand from which it is followed, and the probability
# below which it is lost. Of 240 faces without a hand, none reached more than 0.41 of the first.
_BEGIN, _STAY = 0.6, 0.5
# A hand that moves by more than this many palm lengths in a frame, or grows or shrinks by more than
# this factor, is another one, or none.
_LEAP, _GROWTH = 1.5, 1.6
# Palms closer together than this, in palm lengths, are one.
_SAME = 0.5
# Frames that a hand stays, fading, while it is not found again.
_PATIENCE = 3
# Seconds without a frame after which nothing is known about hands any more.
_GAP = 0.5


class HandTracker:
    """Follows the hands near faces in consecutive frames; one tracker serves one video at a time.

    The surroundings of faces are searched for palms every few frames; in between, a hand's points
    tell where to look for it in the next frame.
    """

    def __init__(self, detector: PalmDetector, landmarker: HandLandmarker) -> None:
        """Start without any hand."""
        self._detector = detector
        self._landmarker = landmarker
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next frame begins a new video."""
        self._tracks: list[_Track] = []
        self._time: float | None = None
        self._frames = 0
        self._known: set[int] = set()

    def another(self) -> HandTracker:
        """Return a new tracker with the same models."""
        return HandTracker(self._detector, self._landmarker)

    def find(self, frame: TrackableFrame, faces: Sequence[Face]) -> list[Hand]:
        """Find the hands near the faces of the next frame, except near tiny ones.

        A frame that is not later than the one before, or much later, begins a new video.
        """
        if self._time is not None and not 0 < frame.time - self._time < _GAP:
            self.reset()
        self._time = frame.time
        faces = [face for face in faces if _side(face) >= _LEAST_FACE]
        self._tracks = [
            track
            for track in self._tracks
            if track.follow(frame, self._landmarker) and _is_near(track.raw, faces)
        ]
        for face in faces:
            for reach in self._due(face, len(faces)):
                self._begin(frame, _surroundings(face, reach))
        self._known = {face.track_id for face in faces}
        self._frames += 1
        return [track.hand for track in self._tracks]

    def _due(self, face: Face, count: int) -> tuple[float, ...]:
        """Return how far to search around one of `count` faces in this frame."""
        if face.track_id not in self._known:
            return _REACHES
        turn, wait = divmod(self._frames + face.track_id, max(_INTERVAL, count))
        if wait and not any(track.missed for track in self._tracks):
            return ()
        return (_REACHES[(turn + wait) % len(_REACHES)],)

    def _begin(self, frame: TrackableFrame, square: Square) -> None:
        """Start to follow the hands in a square that are not followed yet."""
        for palm in self._detector.detect(frame, square):
            points = self._confirm(frame, palm)
            if points is None:
                continue
            twin = next((track for track in self._tracks if _is_same(track.raw, points)), None)
            if twin is None:
                self._tracks.append(_Track(points, frame.time))
            elif twin.missed:
                twin.update(points, frame.time, anew=True)

    def _confirm(self, frame: TrackableFrame, palm: Palm) -> Points | None:
        """Return the points (21, 3) of a palm's hand; None if there is doubt about it."""
        points, square = None, square_of_palm(palm)
        # The second look sees the hand as those in the next frames will.
        for _ in range(2):
            found = self._landmarker.find(frame, square)
            if found is None or palm.score * found[1] < _BEGIN:
                return None
            points = found[0]
            square = square_of_hand(points)
        return points


class _Track:
    """One hand followed from frame to frame.

    Attributes:
        raw: float32 (21, 3), as last found.
        missed: frames since then.
        hand: the hand to show.
    """

    hand: Hand

    def __init__(self, points: Points, time: float) -> None:
        self.update(points, time, anew=True)

    def follow(self, frame: TrackableFrame, landmarker: HandLandmarker) -> bool:
        """Find the hand in the next frame; return False if it is gone."""
        found = landmarker.find(frame, square_of_hand(self.raw))
        if found is not None and found[1] >= _STAY and not _is_leap(self.raw, found[0]):
            self.update(found[0], frame.time)
            return True
        self.missed += 1
        self.hand = Hand(self.hand.points, 1 - self.missed / (_PATIENCE + 1))
        return self.missed <= _PATIENCE

    def update(self, points: Points, time: float, *, anew: bool = False) -> None:
        """Record where the hand is at `time`, in seconds; `anew` if it was not followed there."""
        if anew:
            self._filter = OneEuroFilter(OneEuroOptions())
        self.raw, self.missed = points, 0
        self.hand = Hand(self._filter(points[:, :2], time, unit=palm_length(points)), 1.0)


def load_hand_tracker() -> HandTracker:
    """Make a tracker from the built-in models.

    Raises:
        ModelError: a model file is missing or damaged.
    """
    palm = create_session(builtin_model("palm_detection.onnx"))
    hand = create_session(builtin_model("hand_landmark.onnx"))
    return HandTracker(PalmDetector(palm), HandLandmarker(hand))


def _surroundings(face: Face, reach: float) -> Square:
    left, top, right, bottom = (float(edge) for edge in face.box)
    return Square((left + right) / 2, (top + bottom) / 2, reach * _side(face), 0.0)


def _side(face: Face) -> float:
    """Return the longer side of a face's box."""
    return float(max(face.box[2] - face.box[0], face.box[3] - face.box[1]))


def _is_near(points: Points, faces: Sequence[Face]) -> bool:
    """Return whether the middle of a palm lies in the surroundings of a face."""
    x, y = _middle(points)
    around = (_surroundings(face, max(_REACHES)) for face in faces)
    return any(max(abs(x - each.x), abs(y - each.y)) < each.size / 2 for each in around)


def _is_same(points: Points, others: Points) -> bool:
    return _distance(points, others) < _SAME * palm_length(points)


def _is_leap(before: Points, after: Points) -> bool:
    growth = palm_length(after) / palm_length(before)
    moved = _distance(before, after) > _LEAP * palm_length(before)
    return moved or not 1 / _GROWTH <= growth <= _GROWTH


def _distance(points: Points, others: Points) -> float:
    return float(np.linalg.norm(_middle(points) - _middle(others)))


def _middle(points: Points) -> Points:
    return np.asarray((points[WRIST, :2] + points[MIDDLE_KNUCKLE, :2]) / 2, np.float32)
