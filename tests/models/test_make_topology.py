"""How triangles, mirror map and rings are derived from lists of edges."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

# A square of two triangles as MediaPipe would list it: the edges of each in a directed loop.
SQUARE = [(0, 1), (1, 2), (2, 0), (0, 2), (2, 3), (3, 0)]


@pytest.fixture
def topology(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("make_topology")


def test_every_three_edges_are_a_triangle(topology: ModuleType) -> None:
    assert topology.triangles_of(SQUARE) == [(0, 1, 2), (0, 2, 3)]


def test_edges_that_do_not_close_are_refused(topology: ModuleType) -> None:
    with pytest.raises(ValueError, match="not a triangle"):
        topology.triangles_of([(0, 1), (1, 2), (2, 3)])


def test_triangles_of_opposite_winding_are_refused(topology: ModuleType) -> None:
    with pytest.raises(ValueError, match="wound consistently"):
        topology.triangles_of([(0, 1), (1, 2), (2, 0), (2, 0), (0, 3), (3, 2)])


def test_turning_a_diagonal_keeps_the_outline(topology: ModuleType) -> None:
    triangles = topology.triangles_of(SQUARE)
    turned = topology.turn_diagonal(triangles, (0, 2))
    assert {frozenset(triangle) for triangle in turned} == {
        frozenset((0, 1, 3)),
        frozenset((1, 2, 3)),
    }

    def outline(mesh: list[tuple[int, int, int]]) -> set[tuple[int, int]]:
        directed = {edge for triangle in mesh for edge in topology.sides(triangle)}
        return {(a, b) for a, b in directed if (b, a) not in directed}

    assert outline(turned) == outline(triangles)


def test_an_asymmetric_mesh_has_no_mirror_map(
    topology: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "MIDLINE_EDGE", (0, 2))
    monkeypatch.setattr(topology, "VERTICES", 4)
    square = topology.triangles_of(SQUARE)
    assert topology.mirror_of(square).tolist() == [0, 3, 2, 1]
    monkeypatch.setattr(topology, "VERTICES", 5)
    with pytest.raises(ValueError, match="not symmetric"):
        topology.mirror_of([*square, (1, 4, 2)])


def test_rings_run_from_the_first_vertex_to_the_second(topology: ModuleType) -> None:
    edges = [(5, 7), (9, 7), (9, 5), (1, 2)]
    assert topology.ring(edges, 7, 9).tolist() == [7, 9, 5]
    with pytest.raises(ValueError, match="does not continue"):
        topology.ring(edges, 1, 2)


def test_connections_are_read_without_running_the_source(topology: ModuleType) -> None:
    source = (
        "import something_that_is_not_there\n"
        "class FaceLandmarksConnections:\n"
        "    class Connection: pass\n"
        "    FACE: List[Connection] = [Connection(1, 2), Connection(2, 3)]\n"
    )
    assert topology.read_connections(source) == {"FACE": [(1, 2), (2, 3)]}
