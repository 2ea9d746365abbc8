"""Takes the rims of glasses off a source's face."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import grow, resize
from dlc.swapping.mesh.foreground.eyewear import EyewearFinder
from dlc.swapping.mesh.foreground.thin_lines import LineFinder
from dlc.swapping.mesh.foreground.usual_light import UsualLight
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.repair import diffuse

# Margin that rims darken or light up, in pixels of the half-size atlas.
_MARGIN = 2


def without_glasses(texture: Floats, layout: Layout) -> Floats:
    """Return a texture (S, S, 3) with skin in place of rims of glasses and other thin lines.

    Reflections and shadows of the lenses stay.
    """
    size = ATLAS_SIZE // 2
    luma = np.clip(resize(texture, (size, size)) @ LUMA, 0, 255).astype(np.uint8)
    lit = UsualLight(layout, size).show(luma)
    glasses = EyewearFinder(layout, size).see(lit.astype(np.float32))
    lines = LineFinder(layout, size)
    thin = lines.matte(lines.lines(lit), keep_eyewear=True)
    mattes = [matte for matte in (thin, glasses) if matte is not None]
    if not mattes:
        return texture
    rims = resize(grow(np.maximum.reduce(mattes), _MARGIN), texture.shape[:2])
    return diffuse(texture, 1 - rims)
