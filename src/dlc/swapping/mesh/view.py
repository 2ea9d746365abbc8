"""One target face in one frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats, Points
from dlc.compositing.filters import grow, resize, sample
from dlc.faces.landmarks.pose import Pose, fit_pose
from dlc.geometry import Box
from dlc.swapping.mesh.eyes import Eye, find_eyes
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.sampling import sampling, within
from dlc.swapping.swapper import Pixels

# Pixels of background around the face oval.
_MARGIN = 2
# Share of the face's rectangle that must lie inside the frame.
_VISIBLE = 0.3
# What is beside a hand is not trusted either, up to this share of the atlas away.
_BESIDE_HANDS = 0.02
# Distance between samples, in blocks of averaged pixels, below which they are needlessly dense.
_CLOSEST = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class TargetView:
    """A target face and the pixels around it; coordinates are pixels of `box`.

    Attributes:
        box: the face's rectangle, inside the frame.
        bgra: uint8 (h, w, 4), the frame there; four channels resample faster than three.
        mesh: float32 (N, 3), mesh and rim.
        eyes: the viewer's left and right eye.
        pose: the head's pose.
        is_whole: whether the frame shows the whole face.
        hands: float32 (h, w), how far hands in front cover each pixel, 0 to 1; None if none do.
    """

    box: Box
    bgra: Bytes
    mesh: Floats
    eyes: tuple[Eye, Eye]
    pose: Pose
    is_whole: bool
    hands: Floats | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of `bgra`."""
        return self.box.height, self.box.width


def look(frame: Pixels, landmarks: Points, layout: Layout) -> TargetView | None:
    """Read the pixels of the face with landmarks (478, 3); None if too few are in the frame."""
    oval = landmarks[layout.topology.face_oval, :2]
    box = Box.around(oval.min(axis=0), oval.max(axis=0)).grown(_MARGIN)
    inside = box.clipped(frame.width, frame.height)
    if inside.width * inside.height < _VISIBLE * box.width * box.height:
        return None
    here = landmarks - np.array([inside.left, inside.top, 0], np.float32)
    mesh = layout.with_rim(here)
    return TargetView(
        box=inside,
        bgra=np.asarray(cv2.cvtColor(frame.region(inside), cv2.COLOR_BGR2BGRA), np.uint8),
        mesh=mesh,
        eyes=find_eyes(layout.topology, here),
        pose=fit_pose(mesh, layout.mean_face),
        is_whole=inside == box,
    )


def unwrap(view: TargetView, layout: Layout, size: int) -> tuple[Bytes, Floats]:
    """Map a target's face to an atlas.

    Args:
        view: the face.
        layout: the atlas.
        size: its side in pixels, even.

    Returns:
        uint8 (size, size, 4) BGRA; and float32 (size / 2, size / 2), 1 where the frame shows the
        face, 0 beyond it and behind hands.
    """
    # The map is linear over each triangle, so half the resolution loses next to nothing.
    where = sampling(layout, size // 2).spread(view.mesh[:, :2])
    shown = np.ones(where.shape[:2], np.float32) if view.is_whole else within(where, view.box)
    if view.hands is not None:
        # Shadows and soft edges reach beyond the hand itself.
        shown = shown * (1 - grow(sample(view.hands, where), round(_BESIDE_HANDS * size / 2)))
    bgra, block = _averaged(view.bgra, view.pose.scale / (size * layout.face_width))
    points: Points = (where + 0.5) / np.float32(block) - 0.5
    return sample(bgra, resize(points, (size, size))), shown


def _averaged(bgra: Bytes, spacing: float) -> tuple[Bytes, int]:
    """Average blocks of pixels if samples `spacing` pixels apart would alias.

    Averaging whole blocks is many times faster than fractions of pixels.

    Returns:
        The averaged picture and the side of a block in pixels.
    """
    block = int(spacing / _CLOSEST)
    if block < 2:
        return bgra, 1
    rows, columns = bgra.shape[0] // block, bgra.shape[1] // block
    return resize(bgra[: rows * block, : columns * block], (columns, rows)), block
