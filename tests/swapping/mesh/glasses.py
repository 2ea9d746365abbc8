"""Draws glasses on faces."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Bytes
from dlc.swapping.mesh.layout import Layout
from tests.swapping.mesh.heads import Points


def middles_of_eyes(layout: Layout, size: int) -> tuple[Points, Points]:
    """Return the middles of both eyes in the atlas, in pixels."""
    topology = layout.topology
    left, right = (
        layout.uv[ring].mean(axis=0) * size - 0.5
        for ring in (topology.left_eye, topology.right_eye)
    )
    return left, right


@dataclass(frozen=True)
class Glasses:
    """Glasses to draw, in face widths.

    Attributes:
        half_width: of a lens.
        half_height: of a lens.
        drop: of the lenses' middles below the eyes'.
        thickness: of the rims.
        luma: of the rims, 0 to 255.
        arc: angles in degrees over which there are rims, clockwise from the right.
        arms: length of what is seen of the arms, beside the lenses.
    """

    half_width: float = 0.14
    half_height: float = 0.11
    drop: float = 0.03
    thickness: float = 0.016
    luma: int = 25
    arc: tuple[int, int] = (0, 360)
    arms: float = 0.0

    def draw(self, picture: Bytes, eyes: tuple[Points, Points]) -> NDArray[np.bool_]:
        """Draw them in place around the middles of two eyes; returns where."""
        mask = np.zeros(picture.shape[:2], np.uint8)
        # The eyes are 0.317 face widths apart.
        unit = float(np.linalg.norm(eyes[1] - eyes[0])) / 0.317
        thick = max(round(self.thickness * unit), 1)
        drop = np.array([0, self.drop * unit], np.float32)
        lenses = [np.round(eye + drop).astype(int).tolist() for eye in eyes]
        axes = round(self.half_width * unit), round(self.half_height * unit)
        for lens in lenses:
            cv2.ellipse(mask, lens, axes, 0, *self.arc, 255, thick, cv2.LINE_AA)
        (left, height), (right, _) = lenses
        bridge = height - round(0.2 * axes[1])
        ends = (left + axes[0], bridge), (right - axes[0], bridge)
        cv2.line(mask, *ends, 255, thick, cv2.LINE_AA)
        arm = round(self.arms * unit)
        if arm:
            for x, outwards in ((left - axes[0], -1), (right + axes[0], 1)):
                cv2.line(mask, (x, bridge), (x + outwards * arm, bridge), 255, thick, cv2.LINE_AA)
        picture[:] = np.where(
            mask.reshape(mask.shape + (1,) * (picture.ndim - 2)) > 127, self.luma, picture
        )
        return mask > 127


def draw_half_rims(picture: Bytes, eyes: tuple[Points, Points]) -> NDArray[np.bool_]:
    """Draw glasses dark above and thin and light below, in place; returns where."""
    below = Glasses(arc=(0, 180), luma=225, thickness=0.006).draw(picture, eyes)
    above = Glasses(arc=(180, 360), thickness=0.009, arms=0.12).draw(picture, eyes)
    return above | below
