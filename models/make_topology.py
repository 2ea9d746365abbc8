"""Makes face_topology.npz, the triangles and rings of the face mesh, from MediaPipe's edge lists.

    python models/make_topology.py [--wheel mediapipe-1.2.2-...whl]

README.md describes the arrays.
"""

from __future__ import annotations

import argparse
import ast
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from wheels import opened_wheel

REQUIREMENT = "mediapipe==1.2.2"
SOURCE = "mediapipe/tasks/python/vision/face_landmarker.py"
CLASS = "FaceLandmarksConnections"
VERTICES = 468
# An edge on the face's plane of symmetry, which the mirror maps to itself: the forehead's.
MIDLINE_EDGE = (10, 151)
# The tessellation is its own mirror image but for three pairs of quadrilaterals, by an eye and in
# both nostrils, that are split along opposite diagonals. These, of the viewer's right half, are
# turned to match the left.
TURNED_DIAGONALS = ((260, 466), (250, 459), (289, 290))
Edge = tuple[int, int]
Triangle = tuple[int, int, int]


def read_connections(source: str) -> dict[str, list[Edge]]:
    """Return the edge lists of the class, parsed without importing MediaPipe."""
    (body,) = (
        node.body
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == CLASS
    )
    lists = {}
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            calls = (call for call in ast.walk(node.value) if isinstance(call, ast.Call))
            lists[node.target.id] = [_edge(call) for call in calls]
    return lists


def _edge(call: ast.Call) -> Edge:
    start, end = (ast.literal_eval(argument) for argument in call.args)
    return start, end


def triangles_of(edges: Sequence[Edge]) -> list[Triangle]:
    """Return the triangles that a tessellation's edge list spells out, three edges each.

    Every three consecutive edges form a closed directed loop, so the list carries the winding too.
    Looking for 3-cliques in the undirected graph instead finds two too many: (49, 64, 129) and its
    mirror image (279, 294, 358) surround the vertex on each wing of the nose and are no faces.

    Raises:
        ValueError: the edges are not such loops, or two triangles disagree in winding.
    """
    triangles = []
    for first, second, third in zip(edges[0::3], edges[1::3], edges[2::3], strict=True):
        if (first[1], second[1], third[1]) != (second[0], third[0], first[0]):
            raise ValueError(f"{first} {second} {third} is not a triangle")
        triangles.append((first[0], second[0], third[0]))
    directed = [edge for triangle in triangles for edge in sides(triangle)]
    if len(set(directed)) != len(directed):
        raise ValueError("the triangles are not wound consistently")
    return triangles


def sides(triangle: Triangle) -> tuple[Edge, Edge, Edge]:
    """Return the three directed edges of a triangle."""
    a, b, c = triangle
    return (a, b), (b, c), (c, a)


def turn_diagonal(triangles: Sequence[Triangle], diagonal: Edge) -> list[Triangle]:
    """Split the quadrilateral around `diagonal` along its other diagonal, keeping the winding."""
    a, b = diagonal
    kept = [triangle for triangle in triangles if not {a, b} <= set(triangle)]
    apex = _apexes(triangles)
    left, right = apex[a, b], apex[b, a]
    return [*kept, (left, right, b), (right, left, a)]


def _apexes(triangles: Iterable[Triangle]) -> dict[Edge, int]:
    """Return the third vertex of the triangle on the left of every directed edge."""
    return {
        edge: next(vertex for vertex in triangle if vertex not in edge)
        for triangle in triangles
        for edge in sides(triangle)
    }


def mirror_of(triangles: Iterable[Triangle]) -> NDArray[np.int16]:
    """Return for every vertex the one on the other side of the face.

    The mesh is symmetric as a graph: walking it from an edge on the midline, once as it is and
    once with left and right exchanged, pairs the vertices.

    Raises:
        ValueError: the mesh is not symmetric about `MIDLINE_EDGE`.
    """
    apex = _apexes(triangles)
    pairs: dict[int, int] = {vertex: vertex for vertex in MIDLINE_EDGE}
    queue, seen = deque([(MIDLINE_EDGE, MIDLINE_EDGE)]), {MIDLINE_EDGE}
    while queue:
        edge, image = queue.popleft()
        # The mirror reverses the winding: what lies left of an edge lies right of its image.
        third, other = apex.get(edge), apex.get((image[1], image[0]))
        if third is None and other is None:
            continue
        if third is None or other is None or pairs.setdefault(third, other) != other:
            raise ValueError(f"the mesh is not symmetric at {edge}")
        for start, end in ((edge[0], third), (third, edge[1])):
            if (start, end) not in seen:
                seen.add((start, end))
                queue.append(((start, end), (pairs[start], pairs[end])))
            if (end, start) not in seen:
                seen.add((end, start))
                queue.append(((end, start), (pairs[end], pairs[start])))
    if sorted(pairs) != list(range(VERTICES)) or any(pairs[pairs[v]] != v for v in pairs):
        raise ValueError("the mirror map is not an involution of all vertices")
    return np.array([pairs[vertex] for vertex in range(VERTICES)], np.int16)


def ring(edges: Iterable[Edge], start: int, second: int) -> NDArray[np.int16]:
    """Order the edges of one closed loop, beginning with `start` and then `second`.

    Raises:
        ValueError: the edges that `start` is connected to do not form one loop.
    """
    neighbors = defaultdict(list)
    for a, b in edges:
        neighbors[a].append(b)
        neighbors[b].append(a)
    order = [start, second]
    while True:
        ahead = [vertex for vertex in neighbors[order[-1]] if vertex != order[-2]]
        if len(ahead) != 1:
            raise ValueError(f"vertex {order[-1]} does not continue a loop")
        if ahead[0] == start:
            return np.array(order, np.int16)
        order.append(ahead[0])


def main() -> None:
    """Write face_topology.npz."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help="the wheel, if it is already here")
    default = Path(__file__).resolve().parent / "face_topology.npz"
    parser.add_argument("--output", type=Path, default=default)
    arguments = parser.parse_args()
    with opened_wheel(REQUIREMENT, arguments.wheel) as archive:
        edges = read_connections(archive.read(SOURCE).decode())
    triangles = triangles_of(edges["FACE_LANDMARKS_TESSELATION"])
    for diagonal in TURNED_DIAGONALS:
        triangles = turn_diagonal(triangles, diagonal)
    # Each ring starts at its leftmost vertex in the image (the oval at the top) and runs over the
    # top: clockwise as the viewer sees it. MediaPipe names eyes after the person, we by the viewer.
    np.savez_compressed(
        arguments.output,
        triangles=np.array(triangles, np.int16),
        mirror=mirror_of(triangles),
        face_oval=ring(edges["FACE_LANDMARKS_FACE_OVAL"], 10, 338),
        outer_lips=ring(edges["FACE_LANDMARKS_LIPS"], 61, 185),
        inner_lips=ring(edges["FACE_LANDMARKS_LIPS"], 78, 191),
        left_eye=ring(edges["FACE_LANDMARKS_RIGHT_EYE"], 33, 246),
        right_eye=ring(edges["FACE_LANDMARKS_LEFT_EYE"], 362, 398),
    )


if __name__ == "__main__":
    main()
