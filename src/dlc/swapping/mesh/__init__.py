"""The built-in engine.

The source: `photo` unwraps one photo into the atlas that `layout` lays out, `merge` joins several,
`repair` mends what they do not show, `source` is the whole, `texture` keeps it at several sizes.

A target: `view` reads it from the frame, `track` is what is remembered of it, `transfer` puts the
source onto it; `shape` moves its features, `tone`, `expression` and `sharpness` fit the texture to
it, `occlusion`, `hair`, `cover` and `eyes` keep what stays the target's own, `placement` maps atlas
and frame onto each other.
"""

from dlc.swapping.mesh.swapper import MeshSwapper

__all__ = ["MeshSwapper"]
