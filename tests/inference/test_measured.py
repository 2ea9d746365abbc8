from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from dlc.errors import ModelError
from dlc.inference.basic_graph import basic_optimized
from dlc.inference.measured import measured_partitions
from dlc.inference.router import choose_route
from dlc.model_store.role import Role
from tests.host import machines


def test_the_cpu_takes_every_node_of_the_basic_graph_by_itself(swapper_file: Path) -> None:
    # It also shows that partitioning sees the graph that predictions are made for.
    route = choose_route(Role.SWAPPER, machines.cpu_only(), threads=1)
    content = basic_optimized(swapper_file.read_bytes(), swapper_file.parent)
    nodes = len(onnx.ModelProto.FromString(content).graph.node)
    assert measured_partitions(swapper_file, route) == nodes == 214


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "damaged.onnx"
    path.write_bytes(b"no model")
    route = choose_route(Role.SWAPPER, machines.cpu_only(), threads=1)
    with pytest.raises(ModelError):
        measured_partitions(path, route)
