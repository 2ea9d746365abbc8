"""Faces for tests: the average face in any pose, and real faces in memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import blur, cut, resize, sample
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.placement import place
from tests.faces.pictures import Picture

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a head is: its face's width and center in pixels, and its angles in degrees.

    Attributes:
        x: of the center.
        y: of the center.
        width: of the face.
        yaw: positive towards the viewer's right.
        pitch: positive downwards.
        roll: clockwise.
    """

    x: float
    y: float
    width: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


def rotation(yaw: float, pitch: float = 0.0, roll: float = 0.0) -> NDArray[np.float64]:
    """Return R such that `points @ R` are turned by angles in degrees; z points away."""
    a, b, c = (math.radians(angle) for angle in (yaw, pitch, roll))
    about_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(b), math.sin(b)], [0, -math.sin(b), math.cos(b)]])
    about_z = np.array([[math.cos(c), math.sin(c), 0], [-math.sin(c), math.cos(c), 0], [0, 0, 1]])
    turn: NDArray[np.float64] = about_y @ about_x @ about_z
    return turn


def with_irises(mesh: Points, layout: Layout) -> Points:
    """Append to a mesh (468, 3) an iris in the middle of each eye: (478, 3)."""
    irises = []
    for ring in (layout.topology.left_eye, layout.topology.right_eye):
        eye = mesh[ring]
        center = eye.mean(axis=0)
        along = (eye[8] - eye[0]) * 0.2
        across = np.array([-along[1], along[0], 0.0], np.float32)
        irises += [center, center + along, center + across, center - along, center - across]
    return np.concatenate([mesh, irises]).astype(np.float32)


def average_head(layout: Layout, placing: Placing) -> Points:
    """Return landmarks (478, 3) of the average face, its eyes and mouth as they are."""
    turned = layout.mean_face @ rotation(placing.yaw, placing.pitch, placing.roll)
    mesh = turned * placing.width + [placing.x, placing.y, 0.0]
    return with_irises(mesh.astype(np.float32), layout)


def with_sunglasses(photo: Picture, landmarks: Points) -> Picture:
    """Return a photo whose face, with landmarks (478, 3), wears sunglasses."""
    bgr = photo.bgr.copy()
    corners = landmarks[[33, 133, 362, 263], :2]
    width = float(np.linalg.norm(corners[3] - corners[0]))
    for eye in (corners[:2], corners[2:]):
        x, y = np.round(eye.mean(axis=0)).astype(int).tolist()
        axes = round(0.3 * width), round(0.22 * width)
        cv2.ellipse(bgr, (x, y + round(0.03 * width)), axes, 0, 0, 360, (25, 20, 20), -1)
    return Picture(bgr)


def turned_photo(
    photo: Picture, landmarks: Points, layout: Layout, yaw: float
) -> tuple[Picture, Points]:
    """Return a photo as it would look, as far as its pixels show, were the head turned further.

    Returns:
        The photo and the landmarks (478, 3) in it.
    """
    center = landmarks[:468].mean(axis=0)
    turned = ((landmarks - center) @ rotation(yaw) + center).astype(np.float32)
    placement = place(
        layout, layout.with_rim(turned), layout.with_rim(landmarks), photo.bgr.shape[:2], 512
    )
    seen = placement.inside[..., None] > 0
    return Picture(np.where(seen, sample(photo.bgr, placement.origin), photo.bgr)), turned


def scaled_photo(photo: Picture, landmarks: Points, scale: float) -> tuple[Picture, Points]:
    """Return a photo enlarged `scale` times, and the landmarks (478, 3) in it."""
    size = round(photo.width * scale), round(photo.height * scale)
    moved = landmarks * np.float32(scale)
    # Pixel centers, not corners, are whole numbers.
    moved[:, :2] += np.float32((scale - 1) / 2)
    return Picture(resize(photo.bgr, size)), moved


def with_pores(photo: Picture, landmarks: Points) -> tuple[Picture, Points]:
    """Return a photo with pores of about two pixels, as if skin were seen from near."""
    # White noise would be taken for that of the camera.
    white = np.random.default_rng(0).normal(0, 20, photo.bgr.shape[:2]).astype(np.float32)
    pores = blur(white, 0.8)[..., None]
    return Picture(np.clip(photo.bgr + pores, 0, 255).astype(np.uint8)), landmarks


def face_of(landmarks: Points, *, track_id: int = 0, score: float = 1.0) -> Face:
    """Return a face with landmarks (478, 3)."""
    low, high = landmarks[:468, :2].min(axis=0), landmarks[:468, :2].max(axis=0)
    points = landmarks[[33, 263, 1, 61, 291], :2]
    return Face(np.concatenate([low, high]), points, score, landmarks, track_id=track_id)


def pasted(bgr: NDArray[np.uint8], patch: Patch) -> NDArray[np.uint8]:
    """Return a picture with a patch in it."""
    result = bgr.copy()
    inside = cut(result, patch.box)
    share = patch.alpha[..., None].astype(np.float32) / 255
    inside[:] = np.rint(inside + (patch.bgr.astype(np.float32) - inside) * share)
    return result
