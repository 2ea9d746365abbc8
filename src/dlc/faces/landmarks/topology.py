"""The face mesh as a graph: its triangles, rings and left-right symmetry.

Vertices are MediaPipe's 468. Sides are the viewer's: `left_eye` is on the left of a frontal face's
picture. Every ring runs clockwise, as seen by the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlc.arrays import Indices
from dlc.model_store.builtin import builtin_model

VERTEX_COUNT = 468

# Vertices named after their place. Eye corners run from outer to inner.
LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS = (33, 133), (263, 362)
NOSE_TIP, NOSE_BASE, NOSE_BRIDGE = 1, 2, 6
MOUTH_CORNERS = (61, 291)
FOREHEAD, CHIN = 10, 152
# The sides of the face oval in front of the ears.
LEFT_SIDE, RIGHT_SIDE = 234, 454


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """Index arrays into the 468 vertices; models/README.md says where they come from.

    Attributes:
        triangles: (852, 3), wound counterclockwise as the viewer sees a frontal face; the eyes and
            the mouth are holes. The set of triangles is its own mirror image.
        mirror: (468,), the vertex on the other side of the face; 28 vertices map to themselves.
        face_oval: (36,), the mesh's outer boundary, from the top of the forehead (vertex 10).
        outer_lips: (20,), where the lips meet the skin, from the left mouth corner (61).
        inner_lips: (20,), the border of the mouth opening, from its left corner (78).
        left_eye: (16,), the lids, from the left corner (33).
        right_eye: (16,), the lids, from the left corner (362), next to the nose.
    """

    triangles: Indices
    mirror: Indices
    face_oval: Indices
    outer_lips: Indices
    inner_lips: Indices
    left_eye: Indices
    right_eye: Indices


def load_topology() -> Topology:
    """Read the shipped topology.

    Raises:
        ModelError: the file is missing.
    """
    with np.load(builtin_model("face_topology.npz")) as arrays:
        return Topology(**{name: array.astype(np.int32) for name, array in arrays.items()})
