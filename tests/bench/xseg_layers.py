"""A network of XSeg's shape with random weights: it tells how long the real one takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

# Channels and convolutions of each level, from 256 pixels down to 8, and what the two layers in
# the middle, at 4 pixels, squeeze a face into: as in DeepFaceLab's XSeg, whose file is as large.
LEVELS = ((32, 2), (64, 2), (128, 2), (256, 3), (256, 3), (256, 3))
SQUEEZED = 512


def write_xseg(path: Path) -> None:
    """Write a network with XSeg's levels, input and output, and random weights."""
    graph = _Graph()
    x = graph.node("Transpose", "input", perm=[0, 3, 1, 2])
    skipped, channels = [], 3
    for width, count in LEVELS:
        for _ in range(count):
            x, channels = graph.conv(x, channels, width), width
        skipped.append((x, width, count))
        x = graph.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    flat = channels * 4 * 4
    x = graph.node("MatMul", graph.node("Flatten", x), graph.weights(flat, SQUEEZED, inputs=flat))
    x = graph.node("MatMul", x, graph.weights(SQUEEZED, flat, inputs=SQUEEZED))
    x = graph.node("Reshape", x, graph.constant(np.array([1, channels, 4, 4])))
    for skip, width, count in reversed(skipped):
        x = graph.node("Concat", graph.doubled(x, channels), skip, axis=1)
        channels = channels // 2 + width
        for _ in range(count):
            x, channels = graph.conv(x, channels, width), width
    x = graph.node("Conv", x, graph.weights(1, channels, 3, 3, inputs=9 * channels), pads=[1] * 4)
    graph.node("Transpose", graph.node("Sigmoid", x), perm=[0, 2, 3, 1], output="output")
    graph.write(path)


class _Graph:
    """Collects nodes and weights; every method returns the name of what it added."""

    def __init__(self) -> None:
        self._generator = np.random.default_rng(0)
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, values: NDArray[Any]) -> str:
        name = f"w{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(values, name))
        return name

    def weights(self, *shape: int, inputs: int) -> str:
        """Add weights that keep the variance of what goes in, summed over so many inputs."""
        scale = np.float32((2 / inputs) ** 0.5)
        return self.constant(self._generator.standard_normal(shape, np.float32) * scale)

    def conv(self, x: str, channels: int, filters: int) -> str:
        weights = self.weights(filters, channels, 3, 3, inputs=9 * channels)
        return self.node("LeakyRelu", self.node("Conv", x, weights, pads=[1] * 4), alpha=0.1)

    def doubled(self, x: str, channels: int) -> str:
        """Double the picture's side and halve its channels."""
        weights = self.weights(channels, channels // 2, 3, 3, inputs=9 * channels)
        shape = {"strides": [2, 2], "pads": [1] * 4, "output_padding": [1, 1]}
        return self.node("LeakyRelu", self.node("ConvTranspose", x, weights, **shape), alpha=0.1)

    def write(self, path: Path) -> None:
        shape = (1, 256, 256)
        graph = helper.make_graph(
            self._nodes,
            "xseg",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, (*shape, 3))],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, (*shape, 1))],
            self._weights,
        )
        opset = helper.make_opsetid("", 13)
        # The IR version of the installed onnx may be one that ONNX Runtime does not know yet.
        onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
