"""Builds small ONNX models whose layers are known and whose weights are random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, ValueInfoProto, helper, numpy_helper

Shape = Sequence[int | str]


class GraphBuilder:
    """Collects nodes and weights; every method but `write` returns the name of what it added."""

    def __init__(self, seed: int = 0) -> None:
        self._generator = np.random.default_rng(seed)
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = f"{operator}_{len(self._nodes)}"
        output = output or name
        self._nodes.append(helper.make_node(operator, inputs, [output], name=name, **attributes))
        return output

    def constant(self, values: NDArray[Any] | np.generic) -> str:
        name = f"w{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def normal(self, shape: Sequence[int], deviation: float) -> str:
        """Add random weights of that standard deviation."""
        values = self._generator.standard_normal(tuple(map(int, shape)), np.float32)
        return self.constant(values * np.float32(deviation))

    def write(
        self,
        path: Path,
        inputs: Mapping[str, Shape],
        outputs: Mapping[str, Shape],
        *,
        opset: int = 13,
        listed: bool = False,
    ) -> Path:
        """Write the model; inputs and outputs are what nodes call so, weights on request inputs."""
        weights = {weight.name: weight.dims for weight in self._weights if listed}
        graph = helper.make_graph(
            self._nodes,
            "stand-in",
            _floats({**inputs, **weights}),
            _floats(outputs),
            self._weights,
        )
        opsets = [helper.make_opsetid("", opset)]
        # The IR version of the installed onnx may be one that ONNX Runtime does not know yet.
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
        return path


def _floats(shapes: Mapping[str, Shape]) -> list[ValueInfoProto]:
    return [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    ]
