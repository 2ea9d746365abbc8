"""Makes mean_face.npz, the symmetric average of the face meshes of many portraits.

    python models/make_mean_face.py FOLDER

FOLDER holds one face a picture, seen from the front. README.md says which portraits were used.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.faces.crop import Cutout
from dlc.faces.detection.detector import FaceDetector
from dlc.faces.landmarks.landmarker import FaceLandmarker, square_of_face, square_of_mesh
from dlc.faces.landmarks.topology import load_topology
from dlc.geometry import Box
from dlc.inference.cpu import create_session
from dlc.model_store.builtin import builtin_model

MIN_PRESENCE = 0.9
# A head turned further than this, as the depth between its outer eye corners over their distance,
# says little about the shape of its far side.
MAX_TURN = 0.12
ROUNDS = 10
LEFT_CORNER, RIGHT_CORNER = 33, 263
LEFT_SIDE, RIGHT_SIDE = 234, 454
FOREHEAD, CHIN = 10, 152
Shape = NDArray[np.float64]


class Portraits:
    """Finds the mesh in pictures of one face."""

    def __init__(self) -> None:
        """Load the built-in models."""
        self._detector = FaceDetector(create_session(builtin_model("face_detection.onnx")))
        self._landmarker = FaceLandmarker(create_session(builtin_model("face_mesh.onnx")))

    def mesh(self, path: Path) -> Shape | None:
        """Return the mesh (468, 3) of the picture's face; None if it is not seen from the front.

        Raises:
            ValueError: the file is not a picture.
        """
        bgr = cv2.imread(str(path))
        if bgr is None:
            raise ValueError(f"{path} is not a picture")
        # The detector misses faces that fill their picture.
        edge = max(bgr.shape) // 4
        bgr = cv2.copyMakeBorder(bgr, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        faces = self._detector.detect(bgr)
        if not faces:
            return None
        cutout = Cutout(Box(0, 0, bgr.shape[1], bgr.shape[0]), bgr)
        first, _ = self._landmarker.find(cutout, square_of_face(faces[0]))
        landmarks, presence = self._landmarker.find(cutout, square_of_mesh(first))
        across = landmarks[RIGHT_CORNER] - landmarks[LEFT_CORNER]
        turn = abs(across[2]) / math.hypot(across[0], across[1])
        return landmarks.astype(float) if presence >= MIN_PRESENCE and turn <= MAX_TURN else None


def normalized(shape: Shape) -> Shape:
    """Return a shape (468, 3) centered on the origin, its coordinates of unit norm in all."""
    centered = shape - shape.mean(axis=0)
    return centered / np.linalg.norm(centered)


def turned(shape: Shape, reference: Shape) -> Shape:
    """Return a centered shape turned so that it lies closest to the reference."""
    left, _, right = np.linalg.svd(shape.T @ reference)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return shape @ left @ flip @ right


def mean_face(shapes: list[Shape], mirror: NDArray[np.int32]) -> Shape:
    """Return the symmetric average, upright and one face width wide.

    Every shape takes part together with its mirror image, which makes the average symmetric and
    the plane of symmetry x = 0.
    """
    both = [normalized(shape) for shape in shapes]
    both += [shape[mirror] * [-1, 1, 1] for shape in both]
    mean = normalized(np.mean(both, axis=0))
    for _ in range(ROUNDS):
        mean = normalized(np.mean([turned(shape, mean) for shape in both], axis=0))
    # Rounding leaves a trace of asymmetry; remove it.
    mean = (mean + mean[mirror] * [-1, 1, 1]) / 2
    return upright(mean) / (mean[RIGHT_SIDE, 0] - mean[LEFT_SIDE, 0])


def upright(shape: Shape) -> Shape:
    """Turn a symmetric shape so that forehead and chin are equally deep."""
    down = shape[CHIN] - shape[FOREHEAD]
    angle = math.atan2(down[2], down[1])
    cos, sin = math.cos(angle), math.sin(angle)
    return shape @ np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])


def main() -> None:
    """Write mean_face.npz and print how many portraits went into it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    default = Path(__file__).resolve().parent / "mean_face.npz"
    parser.add_argument("--output", type=Path, default=default)
    arguments = parser.parse_args()
    portraits = Portraits()
    meshes = [portraits.mesh(path) for path in sorted(arguments.folder.iterdir())]
    shapes = [mesh for mesh in meshes if mesh is not None]
    mean = mean_face(shapes, load_topology().mirror)
    np.savez_compressed(arguments.output, mean_face=mean.astype(np.float32))
    print(f"{len(shapes)} of {len(meshes)} portraits")  # noqa: T201


if __name__ == "__main__":
    main()
