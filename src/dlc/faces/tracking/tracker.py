"""Finds the faces of a video's frames and follows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import cv2
import numpy as np

from dlc.faces.detection.detector import FaceDetector, moved, scaled
from dlc.faces.detection.scene_cut import SceneCutDetector
from dlc.faces.detection.search_schedule import Search, SearchSchedule
from dlc.faces.detection.turns import TURNS, detect_in_turns
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.landmarks.iris import IrisRefiner
from dlc.faces.landmarks.landmarker import FaceLandmarker
from dlc.faces.landmarks.mesher import FaceMesher, Mesh
from dlc.faces.landmarks.topology import load_topology
from dlc.faces.overlap import overlap
from dlc.faces.pixels import TrackableFrame
from dlc.faces.tracking.one_euro import OneEuroOptions
from dlc.faces.tracking.track import Track
from dlc.inference.cpu import create_session
from dlc.model_store.builtin import builtin_model

# A photo without faces is searched again within a black border of this share of its longer side, as
# a face that fills the picture is larger than the detector knows faces.
_BORDER = 0.5
# Boxes that overlap more than this are one face. A detector's box ends at the brows and a mesh's
# does not, so the limit between the two is lower.
_SAME_DETECTION = 0.25
_SAME_MESH = 0.5
# With more overlap than this, a mesh can slide from one face to the other.
_TOUCHING = 0.1
# Eyes and nose; a detector's mouth corners are only estimates. On faces of 8 % of the picture or
# more they are seldom further than this from the mesh's, in face widths.
_DETECTED_POINTS = 3
_AGREEMENT = 0.12
# Of two meshes of one face, the one the detector is less sure of is right if it leaves no more than
# this share of the other one's doubt. Upside down, a mesh leaves hundreds of times as much.
_LESS_DOUBT = 0.1
_NO_DOUBT = 1e-11


@dataclass(frozen=True, slots=True)
class TrackerOptions:
    """How to find and follow faces.

    Attributes:
        max_faces: maximum number of faces followed at a time; the largest come first.
        interval: frames from one search for new faces to the next.
        tiled_every: every how many searches small faces are searched for too.
        thumbnail_size: longer side of the searched picture, in pixels.
        begin_presence: face probability from which a track begins.
        min_presence: face probability below which a track ends.
        smoothing: the landmark filter; its unit of distance is the face's width.
        tilted: also search videos for faces that lie or hang; photos are searched for these anyway.
    """

    max_faces: int = 16
    interval: int = 6
    tiled_every: int = 2
    thumbnail_size: int = 384
    begin_presence: float = 0.75
    min_presence: float = 0.5
    smoothing: OneEuroOptions = field(default_factory=OneEuroOptions)
    tilted: bool = False


class FaceTracker:
    """Finds faces with landmarks in consecutive frames; one tracker serves one video at a time.

    The picture is searched for faces now and then, at scene cuts, and when a face is lost; in
    between, a face's landmarks tell where to look for it in the next frame.

    Attributes:
        detections: number of frames searched for faces.
    """

    def __init__(
        self, detector: FaceDetector, mesher: FaceMesher, options: TrackerOptions | None = None
    ) -> None:
        """Start without any track; None for options means the defaults."""
        self._detector = detector
        self._mesher = mesher
        self._options = options or TrackerOptions()
        self._next_number = 0
        self.detections = 0
        self.reset()

    def reset(self) -> None:
        """Forget everything but the ids already used: the next frame begins a new video."""
        self._cuts = SceneCutDetector()
        self._schedule = SearchSchedule(self._options.interval, self._options.tiled_every)
        self._tracks: list[Track] = []
        self._time: float | None = None
        self._turns_tiled = 0

    def another(self) -> FaceTracker:
        """Return a new tracker with the same models and options."""
        return FaceTracker(self._detector, self._mesher, self._options)

    def searching_every(self, interval: int, tiled_every: int) -> FaceTracker:
        """Return a new tracker with the same models and different search intervals.

        Args:
            interval: as in `TrackerOptions`.
            tiled_every: as in `TrackerOptions`.
        """
        options = replace(self._options, interval=interval, tiled_every=tiled_every)
        return FaceTracker(self._detector, self._mesher, options)

    def find(self, frame: TrackableFrame) -> list[Face]:
        """Find the faces of the next frame.

        A frame that is not later than the one before begins a new video. A face keeps its track id
        from frame to frame; after a cut or a loss it gets a new one.

        Returns:
            Faces with landmarks, in pixels of the frame, in order of appearance.
        """
        if self._time is not None and frame.time <= self._time:
            self.reset()
        self._time = frame.time
        if self._cuts.is_cut(frame):
            self._tracks.clear()
            self._schedule.hurry()
        faces = self._follow(frame)
        search = self._schedule.next(idle=not self._tracks)
        if search is not Search.NONE:
            detected = self._detect(frame, search)
            faces = self._end_slid(faces, list(chain.from_iterable(detected)))
            self._begin(frame, detected, faces)
            if not faces and frame.is_still:
                self._begin(frame, self._detect(frame, search, _BORDER), faces)
        return faces

    def describe(self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        """Return the faces as they are: tracking provides landmarks and nothing else.

        Raises:
            ValueError: something other than landmarks is needed.
        """
        del frame
        if needs & ~Needs.MESH:
            raise ValueError(
                f"the built-in models tell no more than the mesh of a face, not {needs}"
            )
        return list(faces)

    def _follow(self, frame: TrackableFrame) -> list[Face]:
        """Find the faces known from the frame before."""
        followed: list[tuple[Track, Face]] = []
        for track in self._tracks:
            mesh = self._mesher.again(frame, track.raw, self._options.min_presence)
            if mesh is None:
                self._schedule.hurry()
                continue
            follower = self._new_track() if track.is_leap(mesh.landmarks) else track
            followed.append((follower, follower.update(mesh, frame.time)))
            if follower.is_stretched:
                self._schedule.hurry(thoroughly=False)
        # If two tracks end up on one face, one of them slid there from another face; on the way,
        # its mesh was stretched over both.
        fitting: list[Face] = []
        for _, face in sorted(followed, key=lambda pair: pair[0].distortion):
            if _is_new(face, fitting, _SAME_MESH):
                fitting.append(face)
        self._tracks = [track for track, face in followed if face in fitting]
        return [face for _, face in followed if face in fitting]

    def _end_slid(self, faces: list[Face], detected: list[Face]) -> list[Face]:
        """End the tracks that are sliding from one face to another; return the other faces."""
        stay = [
            not _has_slid(track, face, [other for other in faces if other is not face], detected)
            for track, face in zip(self._tracks, faces, strict=True)
        ]
        self._tracks = [track for track, stays in zip(self._tracks, stay, strict=True) if stays]
        return [face for face, stays in zip(faces, stay, strict=True) if stays]

    def _detect(
        self, frame: TrackableFrame, search: Search, border: float = 0.0
    ) -> list[list[Face]]:
        """Detect faces in a thumbnail.

        Args:
            frame: the frame.
            search: how thoroughly.
            border: width of a black border around the thumbnail, as a share of its longer side.

        Returns:
            Of each face what may be it, best first, in the frame's pixels; the largest face first.
        """
        self.detections += 1
        thumbnail = frame.thumbnail(self._options.thumbnail_size)
        height, width = thumbnail.shape[:2]
        edge = round(border * max(height, width))
        if edge:
            bordered = cv2.copyMakeBorder(thumbnail, edge, edge, edge, edge, cv2.BORDER_CONSTANT)
            thumbnail = np.asarray(bordered, np.uint8)
        if self._options.tilted or frame.is_still:
            tiled = self._turns_in_tiles(search)
            found = detect_in_turns(
                thumbnail, lambda bgr, turns: self._detector.detect(bgr, tiled=turns in tiled)
            )
        else:
            upright = self._detector.detect(thumbnail, tiled=search is not Search.WHOLE)
            found = [[face] for face in upright]
        scale = frame.width / width, frame.height / height
        faces = [scaled(moved(views, -edge, -edge), *scale) for views in found]
        return sorted(faces, key=lambda views: _width(views[0]), reverse=True)

    def _turns_in_tiles(self, search: Search) -> Collection[int]:
        """Return the turns of a picture that are searched in tiles.

        Tiles take most of the time, so unless nothing is known of the frame these are the upright
        picture and one of the others, another one each time.
        """
        if search is Search.THOROUGH:
            return TURNS
        if search is Search.WHOLE:
            return ()
        self._turns_tiled = self._turns_tiled % TURNS[-1] + 1
        return (0, self._turns_tiled)

    def _begin(self, frame: TrackableFrame, detected: list[list[Face]], faces: list[Face]) -> None:
        """Start to follow the detected faces that are not among `faces`, and add them to it."""
        known, views = list(faces), list(chain.from_iterable(detected))
        for candidates in detected:
            if len(self._tracks) >= self._options.max_faces:
                return
            if not _is_new(candidates[0], known, _SAME_DETECTION):
                continue
            mesh = self._surest_mesh(frame, candidates)
            if mesh is None:
                continue
            track = self._new_track()
            face = track.update(mesh, frame.time)
            if _has_slid(track, face, faces, views):
                self._schedule.hurry(thoroughly=False)
            elif _is_new(face, faces, _SAME_MESH):
                faces.append(face)
                self._tracks.append(track)

    def _surest_mesh(self, frame: TrackableFrame, candidates: list[Face]) -> Mesh | None:
        """Return the mesh of a face that the detector sees in several turns of the picture.

        Where there is little but the face in the picture, the detector may be surer of it upside
        down (of 1 in 80 tightly cut portraits), as a mouth resembles eyes. The mesh is not.
        """
        least = self._options.begin_presence
        surest: Mesh | None = None
        for candidate in candidates:
            mesh = self._mesher.first(frame, candidate, least)
            if mesh is not None and (surest is None or _is_surer(mesh, surest)):
                surest = mesh
        return surest

    def _new_track(self) -> Track:
        self._next_number += 1
        return Track(self._next_number - 1, self._options.smoothing)


def load_tracker(options: TrackerOptions | None = None) -> FaceTracker:
    """Make a tracker from the built-in models.

    Args:
        options: how to find and follow faces; None means the defaults.

    Raises:
        ModelError: a model file is missing or damaged.
    """
    detector, mesh, iris = (
        create_session(builtin_model(name))
        for name in ("face_detection.onnx", "face_mesh.onnx", "iris.onnx")
    )
    mesher = FaceMesher(FaceLandmarker(mesh), IrisRefiner(iris, load_topology()))
    return FaceTracker(FaceDetector(detector), mesher, options)


def _width(face: Face) -> float:
    return float(face.box[2] - face.box[0])


def _is_surer(mesh: Mesh, other: Mesh) -> bool:
    return 1 - mesh.presence < _LESS_DOUBT * (1 - other.presence - _NO_DOUBT)


def _is_new(face: Face, known: list[Face], limit: float) -> bool:
    return all(overlap(face.box, other.box) < limit for other in known)


def _has_slid(track: Track, face: Face, others: list[Face], detected: list[Face]) -> bool:
    """Return whether a mesh is stretched from its face to another one.

    Args:
        track: the mesh's track.
        face: the face that the track shows.
        others: the other faces in the frame.
        detected: what the detector found in it. A mesh whose eyes and nose agree with the
            detector's merely has an unusual shape.
    """
    if not track.is_stretched or any(_agree(face, seen) for seen in detected):
        return False
    return any(overlap(face.box, other.box) > _TOUCHING for other in [*others, *detected])


def _agree(face: Face, detected: Face) -> bool:
    """Return whether the detector sees eyes and nose where a face with landmarks has them."""
    apart = np.linalg.norm((face.points - detected.points)[:_DETECTED_POINTS], axis=1).mean()
    return bool(apart < _AGREEMENT * _width(face))
