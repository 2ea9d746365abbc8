"""One source photo, unwrapped into the atlas."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats, Image, Points
from dlc.compositing.filters import blur, grow, resize, sample
from dlc.faces.landmarks.credibility import head_yaw
from dlc.faces.landmarks.pose import fit_pose
from dlc.geometry import Box
from dlc.swapping.mesh.eyes import find_eyes, find_irises, iris_color
from dlc.swapping.mesh.foreground.sunglasses import SunglassesFinder, SunglassesMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.source.lips import lips_in_place
from dlc.swapping.mesh.source.sampling import sampling, within
from dlc.swapping.mesh.visibility import mesh_facing, visibility
from dlc.swapping.swapper import Pixels

ATLAS_SIZE = 512
CLOSE_UP_SIZE = 2 * ATLAS_SIZE
# A photo's resolution as a multiple of the atlas's from which it shows more.
_LARGE = 1.2
# Mean difference between channels, in gray levels, up to which a photo is black and white.
_GRAY = 1.5
# How far rims reach beyond what is surely seen of sunglasses, with the shade below them, in pixels
# of TONE_SIZE.
_SHADOW = 3


@dataclass(frozen=True, slots=True, eq=False)
class PhotoView:
    """The face as one photo shows it; S is ATLAS_SIZE.

    Attributes:
        texture: float32 (S, S, 3), BGR 0 to 255.
        facing: float32 (S, S), cosine between the face and the photo's line of sight, 0 to 1.
        seen: float32 (S, S), 1 where the photo shows the face squarely, 0 where it does not.
        shape: float32 (468, 3), the face without pose, in face widths.
        iris: float32 (3,), mean BGR of the irises; None if they are too small, shut or hidden, or
            the photo is black and white.
        fineness: the photo's resolution as a share of the atlas's, at most 1.
        yaw: how far the head is turned sideways, see `head_yaw`.
        has_sunglasses: whether sunglasses hide the eyes; what they hide is not seen.
        close_up: float32 (CLOSE_UP_SIZE, CLOSE_UP_SIZE, 3), a larger texture; None if the photo
            shows no more than the atlas.
    """

    texture: Floats
    facing: Floats
    seen: Floats
    shape: Floats
    iris: Floats | None
    fineness: float
    yaw: float
    has_sunglasses: bool
    close_up: Floats | None

    @property
    def worth(self) -> float:
        """How much of the face the photo shows, and how finely: 0 to 1."""
        return float(self.seen.mean()) * self.fineness


def unwrap_photo(layout: Layout, photo: Pixels, landmarks: Points) -> PhotoView:
    """Map a photo's face, with landmarks (478, 3), to the atlas.

    Raises:
        ValueError: the face lies outside the photo.
    """
    points = layout.with_rim(landmarks)
    box = Box.around(points.min(axis=0), points.max(axis=0)).clipped(photo.width, photo.height)
    if box.is_empty:
        raise ValueError("the source's face lies outside its photo")
    pixels = photo.region(box)
    corner = np.array([box.left, box.top, 0], np.float32)
    pose = fit_pose(landmarks, layout.mean_face)
    fineness = pose.scale / (ATLAS_SIZE * layout.face_width)
    where = sampling(layout, ATLAS_SIZE).spread((points - corner)[:, :2])
    eyes = find_eyes(layout.topology, landmarks - corner)
    shrink = min(1 / fineness, 1.0)
    where = lips_in_place(where, _unwrap(pixels, where, shrink), layout)
    texture = _unwrap(pixels, where, shrink)
    facing = mesh_facing(layout, points, ATLAS_SIZE) * within(where, box)
    sunglasses = _sunglasses(texture, facing, layout)
    irises = [] if _is_gray(pixels) else find_irises(eyes, pixels.shape[:2])
    if sunglasses is not None:
        facing, irises = facing * (1 - sunglasses), []
    return PhotoView(
        texture=texture,
        facing=facing,
        seen=visibility(facing),
        shape=pose.normalize(landmarks),
        iris=iris_color(pixels, irises),
        fineness=min(fineness, 1.0),
        yaw=head_yaw(landmarks),
        has_sunglasses=sunglasses is not None,
        close_up=_close_up(pixels, where, fineness),
    )


def _close_up(pixels: Bytes, where: Floats, fineness: float) -> Floats | None:
    if fineness < _LARGE:
        return None
    shrink = min(CLOSE_UP_SIZE / ATLAS_SIZE / fineness, 1.0)
    return _unwrap(pixels, resize(where, (CLOSE_UP_SIZE, CLOSE_UP_SIZE)), shrink)


def _sunglasses(texture: Floats, facing: Floats, layout: Layout) -> Floats | None:
    """Return how far sunglasses hide each pixel (S, S), 0 to 1; None if there are none."""
    small = (TONE_SIZE, TONE_SIZE)
    seen = visibility(resize(facing, small))
    worn = SunglassesFinder(layout).update(resize(texture, small), seen, SunglassesMemory())
    return None if worn is None else resize(blur(grow(worn, _SHADOW), _SHADOW / 2), facing.shape)


def _unwrap(pixels: Bytes, where: Floats, shrink: float) -> Floats:
    """Sample pixels at points (S, S, 2), shrinking the picture first to avoid aliasing."""
    rows, columns = pixels.shape[:2]
    size = max(round(columns * shrink), 1), max(round(rows * shrink), 1)
    ratio = np.array([size[0] / columns, size[1] / rows], np.float32)
    texture = sample(resize(pixels, size), (where + 0.5) * ratio - 0.5, method=cv2.INTER_CUBIC)
    return texture.astype(np.float32)


def _is_gray(bgr: Image) -> bool:
    """Return whether a picture is black and white and so hides the color of the irises."""
    blue, green, red = cv2.split(bgr)
    difference = np.maximum(cv2.absdiff(blue, green), cv2.absdiff(green, red))
    return float(difference.mean()) <= _GRAY
