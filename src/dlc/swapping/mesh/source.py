"""The source person: one or more photos unwrapped into an atlas texture, and the face's shape."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.compositing.filters import blur, smoothstep
from dlc.geometry import Box
from dlc.swapping.mesh.atlas import Layout, load_layout, sampling, vertex_normals, with_rim
from dlc.swapping.mesh.eyes import IRISES, iris_color, iris_mask
from dlc.swapping.mesh.masks import (
    LEFT_BROW,
    RIGHT_BROW,
    depth_inside,
    rings_mask,
    skin_mask,
)
from dlc.swapping.mesh.shape import fit_pose
from dlc.swapping.mesh.tone import LUMA
from dlc.swapping.swapper import Pixels

ATLAS_SIZE = 512
_TINT_EVENNESS = 0.7
Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class SourceModel:
    """What is known of the source.

    Attributes:
        texture: float32 (512, 512, 3), BGR 0 to 255, filled smoothly where no photo shows skin.
        trust: float32 (512, 512), 1 where the texture was seen, 0 where it had to be made up.
        shape: float32 (468, 3), pose-free, in face widths.
        iris: float32 (3,), mean BGR of the irises, None where they are too small or shut.
    """

    texture: Image
    trust: Image
    shape: NDArray[np.float32]
    iris: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """One photo's share: its texture, how well each atlas pixel is seen, and its shape."""

    texture: Image
    seen: Image
    shape: NDArray[np.float32]
    iris: NDArray[np.float32] | None


def build_source(photos: list[tuple[Pixels, NDArray[np.float32]]]) -> SourceModel:
    """Merge photos, each with landmarks (478, 3), of one person."""
    layout = load_layout()
    views = [_unwrap_photo(layout, photo, landmarks) for photo, landmarks in photos]
    texture, seen = _merge(views)
    known = seen * _skin_likeness(texture, layout)
    texture, known = _mirror_fill(texture, known)
    texture = _even_tint(_diffuse(texture, known), layout)
    share = np.array([view.seen.sum() for view in views])
    shape = np.tensordot(share / share.sum(), np.stack([view.shape for view in views]), axes=1)
    iris = next((view.iris for view in views if view.iris is not None), None)
    return SourceModel(texture, known, shape.astype(np.float32), iris)


def _unwrap_photo(layout: Layout, photo: Pixels, landmarks: NDArray[np.float32]) -> _View:
    points = with_rim(landmarks, layout.topology.face_oval)
    low = np.floor(points[:, :2].min(axis=0)).astype(int)
    high = np.ceil(points[:, :2].max(axis=0)).astype(int) + 1
    box = Box(*low.tolist(), *high.tolist()).clipped(photo.width, photo.height)
    pixels = photo.region(box)
    # More pixels than the atlas has would alias: shrink the photo to its resolution first.
    pose = fit_pose(landmarks, layout.mean_face)
    shrink = min(1.0, ATLAS_SIZE * layout.face_width / max(pose.scale, 1.0))
    small = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    ratio = np.array([small.shape[1] / box.width, small.shape[0] / box.height], np.float32)
    inside = (points[:, :2] - np.float32([box.left, box.top]) + 0.5) * ratio - 0.5
    where = sampling(ATLAS_SIZE).spread(inside)
    texture = cv2.remap(small, where, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    iris = _iris_color(layout, pixels, landmarks[:, :2] - np.float32([box.left, box.top]))
    seen = _visibility(layout, points)
    return _View(texture.astype(np.float32), seen, pose.normalize(landmarks), iris)


def _iris_color(
    layout: Layout, pixels: NDArray[np.uint8], points: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    """Return the mean color of both irises."""
    eyes = (layout.topology.left_eye, layout.topology.right_eye)
    masks = [
        iris_mask(points[eye], points[iris], pixels.shape[:2])
        for eye, iris in zip(eyes, IRISES, strict=True)
    ]
    return iris_color(pixels, np.maximum(*masks))


def _visibility(layout: Layout, points: NDArray[np.float32]) -> Image:
    """Return how squarely the photo sees each atlas pixel, float32 (512, 512), 0 to 1."""
    facing = np.clip(-vertex_normals(points, layout)[:, 2:], 0.0, 1.0)
    pixels = sampling(ATLAS_SIZE)
    seen = blur(pixels.spread(facing)[..., 0], ATLAS_SIZE * 0.02)
    return smoothstep(seen, 0.25, 0.55) * pixels.inside


def _merge(views: list[_View]) -> tuple[Image, Image]:
    """Take each atlas pixel mostly from the photo that sees it best."""
    if len(views) == 1:
        return views[0].texture, views[0].seen
    reference = views[0].texture
    weights = [view.seen**4 + 1e-6 for view in views]
    total = np.sum(weights, axis=0)
    matched = [
        _match_tone(view.texture, reference, np.minimum(view.seen, views[0].seen)) for view in views
    ]
    texture = np.sum([w[..., None] * t for w, t in zip(weights, matched, strict=True)], axis=0)
    return texture / total[..., None], np.max([view.seen for view in views], axis=0)


def _match_tone(texture: Image, reference: Image, weight: Image) -> Image:
    """Scale a texture's channels so that its mean agrees with the reference where both are seen."""
    share = weight[..., None] / weight.sum()
    gain = (reference * share).sum(axis=(0, 1)) / np.maximum(
        (texture * share).sum(axis=(0, 1)), 1.0
    )
    return texture * gain.astype(np.float32)


def _skin_likeness(texture: Image, layout: Layout) -> Image:
    """Return 1 where the texture looks like the face's own skin, 0 on hair, clothes and background.

    Only the margin and the forehead can be anything else; brows, eyes, nose and mouth are taken as
    they are. Skin is judged against the skin around it, so that a shaded cheek stays skin.
    """
    core, margin = _core_and_margin(layout)
    smooth = blur(texture, ATLAS_SIZE * 0.006)
    lab = cv2.cvtColor(np.clip(smooth, 0, 255) / 255, cv2.COLOR_BGR2LAB)
    sigma = ATLAS_SIZE * 0.10
    share = blur(core, sigma) + 1e-4
    nearby = blur(lab * core[..., None], sigma) / share[..., None]
    darker = lab[..., 0] / np.maximum(nearby[..., 0], 5.0)
    tint = np.linalg.norm(lab[..., 1:] - nearby[..., 1:], axis=2)
    alike = (
        smoothstep(darker, 0.50, 0.68)
        * (1 - smoothstep(darker, 1.5, 1.8))
        * (1 - smoothstep(tint, 20.0, 30.0))
    )
    alike = cv2.erode(alike, np.ones((3, 3), np.uint8), iterations=ATLAS_SIZE // 128)
    alike = blur(alike, ATLAS_SIZE * 0.008)
    return 1 - margin * (1 - alike)


def _core_and_margin(layout: Layout) -> tuple[Image, Image]:
    """Return masks of certain skin, and of what may be something else than face."""
    depth = depth_inside(layout, ATLAS_SIZE)
    core = skin_mask(layout, ATLAS_SIZE) * (depth > 0.12)
    brow = ATLAS_SIZE * layout.uv[[*LEFT_BROW, *RIGHT_BROW], 1].min()
    rows = np.arange(ATLAS_SIZE, dtype=np.float32)[:, None]
    forehead = smoothstep(brow - rows, ATLAS_SIZE * 0.03, ATLAS_SIZE * 0.05)
    margin = np.maximum(1 - smoothstep(depth, 0.10, 0.18), forehead)
    brows = rings_mask(layout, ATLAS_SIZE, [LEFT_BROW, RIGHT_BROW], grow=0.04)
    margin *= 1 - blur(brows, ATLAS_SIZE * 0.01)
    return core, margin


def _mirror_fill(texture: Image, known: Image) -> tuple[Image, Image]:
    """Fill what no photo shows from the other half of the face, in the light of this half."""
    other, other_known = texture[:, ::-1], known[:, ::-1]
    lack = smoothstep(other_known - known, 0.15, 0.5)
    if lack.max() <= 0.0:
        return texture, known
    lack = blur(lack, ATLAS_SIZE * 0.015)
    sigma = ATLAS_SIZE * 0.12
    both = np.minimum(known, other_known)[..., None] + 1e-4
    here, there = (blur(side * both, sigma) for side in (texture, other))
    mirrored = other * np.clip(here / np.maximum(there, 1e-3), 0.5, 2.0)
    filled = texture + (mirrored - texture) * lack[..., None]
    return filled, known + (other_known - known) * lack


def _diffuse(texture: Image, known: Image) -> Image:
    """Fill what is not known from what is known around it, from the nearest to the farthest."""
    filled = texture
    solid = smoothstep(known, 0.3, 0.6)
    for radius in (0.12, 0.05, 0.02):
        sigma = ATLAS_SIZE * radius
        share = blur(solid, sigma)
        around = blur(texture * solid[..., None], sigma)
        around /= np.maximum(share, 1e-4)[..., None]
        weight = smoothstep(share, 0.02, 0.2) if radius < 0.12 else np.ones_like(share)
        filled = around if radius == 0.12 else filled + (around - filled) * weight[..., None]
    return filled + (texture - filled) * solid[..., None]


def _even_tint(texture: Image, layout: Layout) -> Image:
    """Even out the skin's tint, which shadow and mixed light leave blotchy; its luma stays."""
    skin = skin_mask(layout, ATLAS_SIZE)
    luma = np.maximum(texture @ LUMA, 1.0)[..., None]
    tint = texture / luma
    sigma = ATLAS_SIZE * 0.10
    share = blur(skin, sigma)[..., None] + 1e-4
    smooth = blur(tint * skin[..., None], sigma) / share
    evened: Image = luma * (tint + (smooth - tint) * (_TINT_EVENNESS * skin[..., None]))
    return evened
