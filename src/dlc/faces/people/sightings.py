"""What is remembered about the faces in a video, track by track."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from dlc.arrays import Embedding, Image
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder, Needs
from dlc.faces.overlap import overlap
from dlc.faces.people.recognizer import unit
from dlc.faces.pixels import TrackableFrame
from dlc.geometry import Box

# Frames from one look at a track to the next.
_LOOK_EVERY = 12
# Margin of a portrait on every side, in sizes of the face.
_MARGIN = 0.6
# Factor by which a face must be better than the one kept.
_BETTER = 1.1
# Longest side of a portrait in pixels, and its quality as a JPEG without subsampled color. A film
# has thousands of sightings, whose portraits as plain pixels of 4K would fill all memory.
_SIDE = 640
_JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 95),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
)


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A face with its surroundings.

    Attributes:
        jpeg: the picture, in the quarter turn in which the face is upright.
        quality: how well the face is seen, comparable with others.
    """

    jpeg: bytes
    quality: float

    @property
    def bgr(self) -> Image:
        """The picture, decoded: uint8 (h, w, 3)."""
        return np.asarray(cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR))


@dataclass(slots=True, eq=False)
class Sighting:
    """One face, from coming into view until it was lost.

    Attributes:
        number: index of the sighting.
        first: time of the first frame with it, in seconds into the video.
        last: time of the last one, likewise.
        frames: number of frames it was seen in.
        portrait: the best view of it.
        together: numbers of other sightings in the same frames.
        looks: the sum of its embeddings, a float32 vector, if there are any.
        is_sure: whether any of them was taken while no other face was near enough to hide part of
            this one.
        latest: the best view since the last look; the next look will tell whose it is.
    """

    number: int
    first: float
    last: float = 0.0
    frames: int = 0
    portrait: Portrait | None = None
    together: set[int] = field(default_factory=set)
    looks: Embedding | None = None
    is_sure: bool = False
    latest: Portrait | None = None

    @property
    def embedding(self) -> Embedding | None:
        """The mean direction of its embeddings, of unit length, if there are any."""
        if self.looks is None:
            return None
        return unit(self.looks)

    def keep_latest(self) -> None:
        """Take the latest portrait for the face's own, if it is better."""
        if self.latest is not None and _is_better(self.latest.quality, self.portrait):
            self.portrait = self.latest
        self.latest = None


class SightingLog:
    """Collects the faces of consecutive frames.

    A track whose face no longer resembles itself starts a new sighting: a tracker may confuse
    people who cross.

    Args:
        finder: the one that found the faces; computes embeddings if it recognizes.
        similarity: below half of this cosine a face no longer resembles itself; None if the finder
            computes no embeddings.
    """

    def __init__(self, finder: FaceFinder, similarity: float | None) -> None:
        self._finder = finder
        self._recognizes = similarity is not None
        self._least = (similarity or 0.0) / 2
        self._current: dict[int, Sighting] = {}
        self._sightings: list[Sighting] = []

    def add(self, frame: TrackableFrame, faces: Sequence[Face]) -> None:
        """Add the faces of the next frame; new ones are numbered from the left."""
        faces = sorted(faces, key=lambda face: float(face.box[0] + face.box[2]))
        due = [face for face in faces if self._is_due(face.track_id)]
        if self._recognizes and due:
            self._recognize(frame, due, faces)
        sightings = [self._sighting(face.track_id, frame.time) for face in faces]
        numbers = {sighting.number for sighting in sightings}
        for face, sighting in zip(faces, sightings, strict=True):
            sighting.last = frame.time
            sighting.frames += 1
            sighting.together |= numbers - {sighting.number}
            quality = _quality(face)
            if _is_better(quality, sighting.latest) and _is_better(quality, sighting.portrait):
                sighting.latest = _portrait(frame, face, quality)
        for face in due:
            self._current[face.track_id].keep_latest()

    def conclude(self) -> list[Sighting]:
        """Return all sightings in the order they began."""
        for sighting in self._sightings:
            sighting.keep_latest()
        return list(self._sightings)

    def _recognize(self, frame: TrackableFrame, due: Sequence[Face], faces: Sequence[Face]) -> None:
        """Take a look at those faces of a frame that are due."""
        for face in self._finder.describe(frame, due, Needs.EMBEDDING):
            alone = all(
                overlap(face.box, other.box) == 0
                for other in faces
                if other.track_id != face.track_id
            )
            if face.embedding is not None:
                self._take_look(face.track_id, face.embedding, frame.time, alone=alone)

    def _is_due(self, track_id: int) -> bool:
        known = self._current.get(track_id)
        return known is None or not known.is_sure or known.frames % _LOOK_EVERY == 0

    def _sighting(self, track_id: int, time: float) -> Sighting:
        return self._current.get(track_id) or self._begin(track_id, time)

    def _begin(self, track_id: int, time: float) -> Sighting:
        sighting = Sighting(len(self._sightings), time)
        self._sightings.append(sighting)
        self._current[track_id] = sighting
        return sighting

    def _take_look(self, track_id: int, embedding: Embedding, time: float, *, alone: bool) -> None:
        """Add a look to the track's sighting, or begin a new sighting if it is somebody else.

        A look at a face that may be partly hidden counts only as long as there is no better one.
        """
        sighting = self._sighting(track_id, time)
        if sighting.is_sure and not alone:
            return
        known = sighting.embedding if sighting.is_sure else None
        if known is not None and float(known @ embedding) < self._least:
            latest, sighting.latest = sighting.latest, None
            sighting = self._begin(track_id, time)
            sighting.latest, known = latest, None
        if known is None or sighting.looks is None:
            sighting.looks = embedding
        else:
            sighting.looks = sighting.looks + embedding
        sighting.is_sure = alone
        sighting.keep_latest()


def _is_better(quality: float, known: Portrait | None) -> bool:
    return known is None or quality > _BETTER * known.quality


def _quality(face: Face) -> float:
    """Return how well a face is seen: large, certain and frontal is best."""
    left, top, right, bottom = map(float, face.box)
    eyes, nose = face.points[:2], face.points[2]
    span = max(float(np.linalg.norm(eyes[1] - eyes[0])), 1e-6)
    across = (eyes[1] - eyes[0]) / span
    turned = abs(float((nose - eyes.mean(axis=0)) @ across)) / span
    return max(right - left, 1.0) * max(bottom - top, 1.0) * face.score * max(0.05, 1 - turned)


def _portrait(frame: TrackableFrame, face: Face, quality: float) -> Portrait:
    bgr = frame.region(_around(face, frame.width, frame.height))
    height, width = bgr.shape[:2]
    scale = _SIDE / max(width, height)
    if scale < 1:
        # What the frame shows of a face at its edge may be a line.
        size = max(1, round(width * scale)), max(1, round(height * scale))
        bgr = np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA))
    upright = np.ascontiguousarray(np.rot90(bgr, round(face.roll / (math.pi / 2))))
    return Portrait(cv2.imencode(".jpg", upright, _JPEG)[1].tobytes(), quality)


def _around(face: Face, width: int, height: int) -> Box:
    left, top, right, bottom = map(float, face.box)
    margin = _MARGIN * max(right - left, bottom - top)
    edges = (left - margin, top - margin, right + margin + 1, bottom + margin + 1)
    box = Box(*(round(edge) for edge in edges)).clipped(width, height)
    return box if not box.is_empty else Box(0, 0, width, height)
