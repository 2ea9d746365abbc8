"""Keeps what is beside a source's face out of its margin."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import blur, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import LEFT_BROW, RIGHT_BROW, depth_inside, skin_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE

# Face widths inside the oval beyond which skin is the face's own, and up to which it may be an ear,
# a collar or the background, as the mesh does not follow each jaw exactly. On the forehead it does.
_OWN, _DOUBTFUL = 0.10, 0.05
# Radius over which the face's own skin is continued into its margin, in face widths.
_REACH = 0.05
# Share by which the margin may be brighter than that.
_BRIGHTER = 0.08


def without_bright_margin(texture: Floats, layout: Layout) -> Floats:
    """Return a texture that is nowhere much brighter at its margin than next to it.

    Ears and walls would become bright spots on targets' cheeks. What is darker stays: light that
    falls off towards the jaw shows how wide a face is.

    Args:
        texture: float32 (S, S, 3), BGR, 0 to 255.
        layout: the atlas.
    """
    depth = depth_inside(layout, ATLAS_SIZE)
    own = skin_mask(layout, ATLAS_SIZE) * smoothstep(depth, _DOUBTFUL, _OWN) + np.float32(1e-6)
    sigma = ATLAS_SIZE * layout.face_width * _REACH
    next_to = blur(texture * own[..., None], sigma) / blur(own, sigma)[..., None]
    brows = ATLAS_SIZE * layout.uv[[*LEFT_BROW, *RIGHT_BROW], 1]
    rows = np.arange(ATLAS_SIZE, dtype=np.float32)
    below = smoothstep(rows, float(brows.min()), float(brows.max()))[:, None]
    margin = smoothstep(depth, _OWN, _DOUBTFUL) * below
    surplus: Floats = np.maximum(texture - next_to * (1 + _BRIGHTER), 0)
    plain: Floats = texture - surplus * margin[..., None]
    return plain
