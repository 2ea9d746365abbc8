"""The detail a restoration model adds to a swapped face, and how it follows the face."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Floats, Gray, Image, Matrix
from dlc.compositing.filters import blur, resize, sample, smoothstep
from dlc.enhancing.swapped_face import SwappedFace

# Side in pixels of the pictures for measuring motion: half of it misses lips and eyelids, twice as
# much takes four times as long.
_MOTION_SIDE = 256
# Gray levels by which a swapped face may differ from the enhanced one, averaged over a few pixels
# and after motion compensation, before detail begins to be wrong, and is all wrong.
_SAME, _OTHER = 6.0, 30.0
_AVERAGED = 3.0
# Detail fades out within this share of the crop's side, as the pasted part may reach beyond the
# crop.
_RIM = 1 / 32

_Levels = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """The enhanced minus the swapped face, and what the swapped one looked like.

    Attributes:
        levels: int16 (n, n, 3), differences of BGR on the face's square.
        seen: uint8 (m, m) gray, the swapped face on its square.
    """

    levels: _Levels
    seen: Gray

    @classmethod
    def of(cls, face: SwappedFace, crop: Image, enhanced: Image) -> Detail:
        """Return the detail that a model added to a face.

        Args:
            face: the swapped face.
            crop: uint8 (side, side, 3) BGR, the model's input.
            enhanced: its output, of the same size.
        """
        levels = cv2.subtract(enhanced, crop, dtype=cv2.CV_16S)
        # Beyond the frame's own resolution, detail would only shimmer as the face moves.
        halvings = max(0, int(math.log2(len(crop) / face.square.size)))
        side = max(1, len(crop) >> halvings)
        levels = resize(np.asarray(levels, np.int16), (side, side))
        rim = _rim(side)[..., None]
        return cls(np.asarray(np.rint(levels * rim), np.int16), _gray(face))

    def placed(self, face: SwappedFace) -> _Levels:
        """Return the detail on the pixels of the patch of the face it was made from."""
        size = (face.patch.box.width, face.patch.box.height)
        method = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        placed = cv2.warpAffine(self.levels, face.matrix(len(self.levels)), size, flags=method)
        return np.asarray(placed, np.int16)

    def carried(self, face: SwappedFace) -> _Levels:
        """Return the detail on the pixels of the same face's patch a little later.

        The face's square moves it along with the head. Within the square, it follows the motion of
        lips, lids and cheeks, and fades where the face looks different: where a mouth has opened,
        there is no detail for the teeth.
        """
        now = _gray(face)
        motion = _motion(now, self.seen)
        where = _points(face.matrix(_MOTION_SIDE), (face.patch.box.width, face.patch.box.height))
        kept = sample(_agreement(now, self.seen, motion), where)
        source = where + sample(motion, where)
        # Maps pixel centers of one size to those of the other.
        scale = len(self.levels) / _MOTION_SIDE
        source = (source + np.float32(0.5)) * np.float32(scale) - np.float32(0.5)
        levels = sample(self.levels, source, border=cv2.BORDER_CONSTANT)
        return np.asarray(levels * kept[..., None], np.int16)


def _gray(face: SwappedFace) -> Gray:
    return np.asarray(cv2.cvtColor(face.crop(_MOTION_SIDE), cv2.COLOR_BGR2GRAY), np.uint8)


def _motion(now: Gray, then: Gray) -> Floats:
    """Return where each pixel of one picture was in another, as offsets (h, w, 2) in pixels."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    return np.asarray(flow.calc(now, then, None), np.float32)  # type: ignore[call-overload]


def _agreement(now: Gray, then: Gray, motion: Floats) -> Floats:
    """Return (h, w): 1 where a picture is a moved version of another, 0 where it differs."""
    size = (now.shape[1], now.shape[0])
    moved = sample(then, motion + _points(np.eye(2, 3), size))
    difference = blur(cv2.absdiff(now, moved), _AVERAGED).astype(np.float32)
    return smoothstep(difference, _OTHER, _SAME)


def _points(matrix: Matrix, size: tuple[int, int]) -> Floats:
    """Return (h, w, 2): where a matrix maps each pixel of a picture of `size` (w, h)."""
    columns = np.arange(size[0], dtype=np.float32)[None, :, None]
    rows = np.arange(size[1], dtype=np.float32)[:, None, None]
    (across, down, shift) = matrix.astype(np.float32).T
    return np.asarray(across * columns + (down * rows + shift), np.float32)


def _rim(side: int) -> Floats:
    """Return (side, side): 0 at the edges, 1 further inside."""
    steps = (np.arange(side, dtype=np.float32) + np.float32(0.5)) / np.float32(side)
    ramp = smoothstep(np.minimum(steps, 1 - steps), 0.0, _RIM)
    return np.minimum(ramp, ramp[:, None])
