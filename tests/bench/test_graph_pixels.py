from __future__ import annotations

import numpy as np
import onnx
import pytest
from rich.console import Console

from tests.bench import graph_pixels


def test_warping_in_the_graph_gives_what_opencv_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_pixels, "ROUNDS", 1)
    figures = graph_pixels.measure(Console(quiet=True))
    assert figures["mean_difference"] < 0.5
    assert figures["notes"] == []


def test_the_warps_are_the_operator_that_cuda_has_a_kernel_for() -> None:
    alpha = np.zeros((graph_pixels.SIDE, graph_pixels.SIDE), np.uint8)
    graph = onnx.load_from_string(graph_pixels._graph(alpha)).graph  # noqa: SLF001
    domains = [node.domain for node in graph.node if node.op_type == "GridSample"]
    assert domains == ["com.microsoft"] * 2
