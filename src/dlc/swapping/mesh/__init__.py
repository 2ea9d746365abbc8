"""The built-in engine, one step of the swap a file.

`atlas` lays the face mesh out flat; `source` unwraps the source photos into it and `texture` keeps
the result at several sizes; `shape` moves the target's features towards the source's proportions;
`tone`, `expression` and `detail` fit the texture to the target's light, frowns and sharpness; `eyes`
keeps gaze and speech; `render` maps atlas and frame onto each other; `swapper` is the engine.
"""

from dlc.swapping.mesh.swapper import MeshSwapper

__all__ = ["MeshSwapper"]
