"""The built-in engine.

`source` unwraps photos into the atlas that `layout` lays out, and joins and mends them. Of a
target, `view` reads it from the frame, `flat_face` unwraps it into the atlas, and `face_memory` is
what is remembered of it. `transfer` puts the source onto it: `shape` moves its features, `light`
fits the texture to it, `foreground` and `eyes` keep what stays the target's own, and `placement`
maps atlas and frame onto each other.
"""

from dlc.swapping.mesh.swapper import MeshSwapper

__all__ = ["MeshSwapper"]
