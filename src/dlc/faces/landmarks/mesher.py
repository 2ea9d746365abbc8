"""Finds a face's whole mesh, eyes refined, in a frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dlc.arrays import Points
from dlc.faces.crop import Cutout, Square, cut_out
from dlc.faces.face import Face
from dlc.faces.landmarks.iris import IrisRefiner
from dlc.faces.landmarks.landmarker import FaceLandmarker, square_of_face, square_of_mesh
from dlc.faces.pixels import RegionSource
from dlc.faces.white_balance import white_balanced

# Pixels across a face and its margin that suit both models: the eyes and theirs, a quarter as wide,
# go to the iris model at 64 pixels.
_DETAIL = 256
# How many looks a detected face gets at most beyond the second. Its mesh has settled when another
# look would differ by less than this turn, in radians, and this shift, as a share of the square.
_MORE_LOOKS = 4
_TURN, _SHIFT = 0.05, 0.03


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """The mesh of one face.

    Attributes:
        landmarks: float32 (478, 3), as in `Face`.
        presence: probability that there is a face, 0 to 1.
    """

    landmarks: Points
    presence: float


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """What one look at a face showed: pixels, (468, 3) landmarks, and its probability."""

    cutout: Cutout
    landmarks: Points
    presence: float


class FaceMesher:
    """Runs the landmark and the iris model on one copied region of a frame."""

    def __init__(self, landmarker: FaceLandmarker, refiner: IrisRefiner) -> None:
        """Use both models."""
        self._landmarker = landmarker
        self._refiner = refiner

    def again(self, frame: RegionSource, last: Points, min_presence: float) -> Mesh | None:
        """Find the face whose landmarks were `last` in the frame before; None if it is gone."""
        sight = self._look(frame, square_of_mesh(last), min_presence)
        return None if sight is None else self._refined(sight)

    def first(self, frame: RegionSource, detected: Face, min_presence: float) -> Mesh | None:
        """Find the mesh of a face from the detector; None if there turns out to be no face.

        The detector locates a face less exactly than a mesh does, and may be wrong about its turn,
        so it is looked at twice, and again until its mesh stays where it is.
        """
        rough = self._look(frame, square_of_face(detected), min_presence)
        if rough is None:
            return None
        square = square_of_mesh(rough.landmarks)
        sight = self._look(frame, square, min_presence)
        if sight is None:
            return None
        for _ in range(_MORE_LOOKS):
            before, square = square, square_of_mesh(sight.landmarks)
            if _is_settled(before, square):
                break
            # A doubtful face may look less like one from a little closer; then this is its mesh.
            sight = self._look(frame, square, min_presence) or sight
        return self._refined(sight)

    def _look(self, frame: RegionSource, square: Square, min_presence: float) -> _Sight | None:
        cutout = cut_out(frame, square, _DETAIL)
        if cutout is None:
            return None
        cutout = Cutout(cutout.box, white_balanced(cutout.bgr))
        landmarks, presence = self._landmarker.find(cutout, square)
        return _Sight(cutout, landmarks, presence) if presence >= min_presence else None

    def _refined(self, sight: _Sight) -> Mesh:
        return Mesh(self._refiner.refine(sight.cutout, sight.landmarks), sight.presence)


def _is_settled(before: Square, now: Square) -> bool:
    """Return whether a look at one square would show about the same as one at the other."""
    turn = math.remainder(now.angle - before.angle, math.tau)
    shift = math.hypot(now.x - before.x, now.y - before.y) / before.size
    growth = now.size / before.size - 1
    return abs(turn) < _TURN and shift < _SHIFT and abs(growth) < _SHIFT
