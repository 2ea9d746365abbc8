"""Where things are in the sources' atlas."""

from __future__ import annotations

from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.photo import ATLAS_SIZE


def row_of(layout: Layout, vertex: int) -> int:
    return round(float(layout.uv[vertex, 1]) * ATLAS_SIZE)
