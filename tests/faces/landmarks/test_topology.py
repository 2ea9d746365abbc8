from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from dlc.faces.landmarks.topology import VERTEX_COUNT, Topology


def directed_edges(topology: Topology) -> Counter[tuple[int, int]]:
    return Counter(
        (int(triangle[i]), int(triangle[(i + 1) % 3]))
        for triangle in topology.triangles
        for i in range(3)
    )


def signed_area(points: NDArray[np.float32]) -> float:
    x, y = points[:, 0], points[:, 1]
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2


def test_the_mesh_is_a_disk_with_holes_for_eyes_and_mouth(topology: Topology) -> None:
    directed = directed_edges(topology)
    edges = {tuple(sorted(edge)) for edge in directed}
    assert len(topology.triangles) == 852
    assert set(topology.triangles.ravel()) == set(range(VERTEX_COUNT))
    # Euler's characteristic of a disk with three holes.
    assert VERTEX_COUNT - len(edges) + len(topology.triangles) == 1 - 3


def test_the_winding_is_consistent(topology: Topology) -> None:
    assert set(directed_edges(topology).values()) == {1}


def test_the_boundary_is_the_oval_the_lids_and_the_inner_lips(topology: Topology) -> None:
    directed = directed_edges(topology)
    boundary = {frozenset(edge) for edge in directed if edge[::-1] not in directed}
    rings = (topology.face_oval, topology.left_eye, topology.right_eye, topology.inner_lips)
    expected = {
        frozenset((int(a), int(b)))
        for ring in rings
        for a, b in zip(ring, np.roll(ring, -1), strict=True)
    }
    assert boundary == expected


def test_the_mirror_map_is_a_symmetry_of_the_mesh(topology: Topology) -> None:
    mirror = topology.mirror
    assert (mirror[mirror] == np.arange(VERTEX_COUNT)).all()
    assert (mirror == np.arange(VERTEX_COUNT)).sum() == 28
    triangles = {frozenset(triangle) for triangle in topology.triangles.tolist()}
    mirrored = {frozenset(mirror[list(triangle)].tolist()) for triangle in triangles}
    assert mirrored == triangles


def test_the_mirror_map_exchanges_the_eyes(topology: Topology) -> None:
    assert set(topology.mirror[topology.left_eye]) == set(topology.right_eye)
    for ring in (topology.face_oval, topology.outer_lips, topology.inner_lips):
        assert set(topology.mirror[ring]) == set(ring)


def test_rings_run_clockwise_and_triangles_counterclockwise_on_a_face(
    topology: Topology, astronaut_mesh: NDArray[np.float32]
) -> None:
    rings = (
        topology.face_oval,
        topology.outer_lips,
        topology.inner_lips,
        topology.left_eye,
        topology.right_eye,
    )
    for ring in rings:
        # With y pointing down a clockwise ring has a positive area.
        assert signed_area(astronaut_mesh[ring]) > 0
    areas = np.array([signed_area(astronaut_mesh[triangle]) for triangle in topology.triangles])
    assert areas[areas < 0].sum() < -0.99 * np.abs(areas).sum()


def test_left_and_right_are_the_viewers(
    topology: Topology, astronaut_mesh: NDArray[np.float32]
) -> None:
    x = astronaut_mesh[:, 0]
    assert x[topology.left_eye].max() < x[topology.right_eye].min()
    assert x[topology.left_eye].argmin() == 0
    assert x[topology.right_eye].argmin() == 0
