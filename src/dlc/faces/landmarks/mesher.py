"""Finds a face's whole mesh, eyes refined, in a frame."""

from __future__ import annotations

from dataclasses import dataclass

from dlc.arrays import Points
from dlc.faces.crop import Square, cut_out
from dlc.faces.face import Face
from dlc.faces.landmarks.iris import IrisRefiner
from dlc.faces.landmarks.landmarker import FaceLandmarker, square_of_face, square_of_mesh
from dlc.faces.pixels import RegionSource

# Pixels across a face and its margin that suit both models: the eyes and theirs, a quarter as wide,
# go to the iris model at 64 pixels.
_DETAIL = 256


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """The mesh of one face.

    Attributes:
        landmarks: float32 (478, 3), as in `Face`.
        presence: probability that there is a face, 0 to 1.
    """

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
        return self._find(frame, square_of_mesh(last), min_presence)

    def first(self, frame: RegionSource, detected: Face, min_presence: float) -> Mesh | None:
        """Find the mesh of a face from the detector; None if there turns out to be no face.

        It runs twice, since the detector locates a face less exactly than a mesh does.
        """
        square = square_of_face(detected)
        cutout = cut_out(frame, square, _DETAIL)
        if cutout is None:
            return None
        landmarks, presence = self._landmarker.find(cutout, square)
        if presence < min_presence:
            return None
        return self._find(frame, square_of_mesh(landmarks), min_presence)

    def _find(self, frame: RegionSource, square: Square, min_presence: float) -> Mesh | None:
        cutout = cut_out(frame, square, _DETAIL)
        if cutout is None:
            return None
        landmarks, presence = self._landmarker.find(cutout, square)
        if presence < min_presence:
            return None
        return Mesh(self._refiner.refine(cutout, landmarks), presence)
