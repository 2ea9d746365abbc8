"""Finds and describes faces with InsightFace's models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from dlc.arrays import Image
from dlc.faces.detection.scene_cut import SceneCutDetector
from dlc.faces.detection.turns import detect_in_turns, lies
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.landmarks.landmarks_106 import Landmarker106
from dlc.faces.people.recognizer import Recognizer
from dlc.faces.pixels import TrackableFrame
from dlc.faces.tracking.smoother import FaceSmoother
from dlc.faces.tracking.track_ids import TrackIds
from dlc.geometry import Box


class Detector(Protocol):
    """Finds faces in a picture."""

    def detect(self, bgr: Image, /) -> list[Face]:
        """Return the faces, best first, in pixels of the uint8 (h, w, 3) BGR picture."""


class FaceAnalyzer:
    """Finds the faces of a video's frames; one analyzer serves one video at a time.

    Every frame is searched at full resolution. Whatever else is needed besides a face's box, points
    and score is computed on demand by `describe`.
    """

    def __init__(
        self,
        detector: Detector,
        recognizer: Recognizer | None = None,
        landmarker: Landmarker106 | None = None,
        smoother: FaceSmoother | None = None,
        *,
        tilted: bool = False,
    ) -> None:
        """Start with no history.

        Args:
            detector: finds the faces.
            recognizer: computes embeddings; None if they are never needed.
            landmarker: finds 106 points; None if they are never needed.
            smoother: smooths boxes and points; None leaves them as detected.
            tilted: also search for faces that lie or hang, which takes four times as long. A photo
                in which nothing is upright is searched for these anyway.
        """
        self._detector = detector
        self._recognizer = recognizer
        self._landmarker = landmarker
        self._smoother = smoother
        self._tilted = tilted
        self._tracks = TrackIds()
        self.reset()

    @property
    def similarity(self) -> float:
        """The cosine from which two embeddings are the same person.

        Raises:
            ValueError: this analyzer has no recognizer.
        """
        if self._recognizer is None:
            raise ValueError("no recognizer was given to this analyzer")
        return self._recognizer.similarity

    def reset(self) -> None:
        """Forget everything but the ids already used: the next frame begins a new video."""
        self._cuts = SceneCutDetector()
        self._tracks.forget()
        if self._smoother is not None:
            self._smoother.reset()
        self._time: float | None = None

    def find(self, frame: TrackableFrame) -> list[Face]:
        """Find the faces of the next frame.

        A frame that is not later than the one before begins a new video. A face keeps its track id
        while its boxes overlap from frame to frame; after a cut or a loss it gets a new one. A
        frame without faces costs two runs of the detector.

        Returns:
            Faces in pixels of the frame, best first.
        """
        if self._time is not None and frame.time <= self._time:
            self.reset()
        self._time = frame.time
        if self._cuts.is_cut(frame):
            self._tracks.forget()
        faces = self._tracks.assign(self._detect(frame))
        return faces if self._smoother is None else self._smoother.smooth(faces, frame.time)

    def _detect(self, frame: TrackableFrame) -> list[Face]:
        """Detect faces, best first."""
        bgr = frame.region(Box(0, 0, frame.width, frame.height))
        if not self._tilted:
            faces = self._detector.detect(bgr)
            if not frame.is_still or not all(map(lies, faces)):
                return faces
        found = detect_in_turns(bgr, lambda turned, _: self._detector.detect(turned))
        return [best for best, *_ in found]

    def describe(self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        """Return faces found in `frame`, in the same order, with what is needed filled in.

        Landmarks or embedding stay None if the box or points are not those of a face.

        Raises:
            ValueError: this analyzer lacks the model for something that is needed.
        """
        described = list(faces)
        if Needs.LANDMARKS_106 in needs and self._landmarker is not None:
            needs &= ~Needs.LANDMARKS_106
            points = self._landmarker.find(frame, faces) if faces else []
            described = [
                replace(face, landmarks_106=found)
                for face, found in zip(described, points, strict=True)
            ]
        if Needs.EMBEDDING in needs and self._recognizer is not None:
            needs &= ~Needs.EMBEDDING
            embeddings = self._recognizer.embed(frame, faces) if faces else []
            described = [
                replace(face, embedding=embedding)
                for face, embedding in zip(described, embeddings, strict=True)
            ]
        if needs:
            raise ValueError(f"this analyzer has no model for {needs}")
        return described
