"""A stand-in for inswapper_128 with its topology and sizes but random weights.

It shows how fast a machine would swap without downloading 554 MB, and narrow ones serve tests. Its
output is noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from dlc.graph.model_file import Weights, write_model

_SIDE = 128
_EMBEDDING = 512
_BLOCKS = 6
# inswapper_128 has Unsqueeze with axes as an attribute, which opset 13 no longer allows.
_OPSET = 11
_LEAK = 0.2
_EPSILON = 1e-8
# Exceeds float16's largest number, 65504, wherever it multiplies a weight.
_OVERFLOW = 2.0**24
# Random weights that preserve variance would saturate the last layer's tanh.
_CALM = 0.1


@dataclass(frozen=True, slots=True)
class InswapperOptions:
    """Options for a stand-in.

    Attributes:
        width: channels of the first layer; the others are multiples of it. The real one has 128.
        half: use float16 for weights and arithmetic; inputs and outputs stay float32.
        overflowing: let a pair of layers scale values up and down again by a factor beyond
            float16's range, so that a half-precision file yields NaN; in float32 it has no effect.
        seed: the seed of the random weights.
    """

    width: int = 128
    half: bool = False
    overflowing: bool = False
    seed: int = 0


def write_inswapper(path: Path, options: InswapperOptions = InswapperOptions()) -> None:
    """Write a stand-in with inswapper_128's inputs, outputs and nodes as an ONNX file.

    Inputs are `target` (1, 3, 128, 128) and `source` (1, 512), the output is (1, 3, 128, 128), all
    float32. The last initializer is `emap`, (512, 512). At full width, the file has 554 MB, of
    which about 40 MB are in memory at a time. The same seed gives the same file.

    Args:
        path: the file; replaced if it exists.
        options: the kind of stand-in.

    Raises:
        WriteError: the file cannot be written.
    """
    model, weights = inswapper_model(options)
    write_model(path, model, weights)


def inswapper_model(options: InswapperOptions) -> tuple[onnx.ModelProto, Sequence[Weights]]:
    """Return the stand-in as a model without initializers, and its initializers, not yet made."""
    graph = _Builder(options.half, np.random.default_rng(options.seed))
    width = options.width
    target, source = graph.take("target"), graph.take("source")
    loud = _OVERFLOW if options.overflowing else 1.0
    x = _encode(graph, target, width, loud)
    for number in range(_BLOCKS):
        x = _style_block(graph, f"block{number}", x, source, 8 * width)
    x = _decode(graph, x, width, 1 / loud)
    graph.give("output", x)
    # Unused in the graph: embeddings are multiplied by it before they become inputs.
    graph.normal("emap", (_EMBEDDING, _EMBEDDING), _EMBEDDING**-0.5)
    return _model(graph), graph.weights


def _encode(graph: _Builder, x: str, width: int, last_scale: float) -> str:
    x = graph.conv("c1", graph.reflect_pad(x, 3), (3, width, 7))
    x = graph.node("LeakyRelu", x, alpha=_LEAK)
    x = graph.conv("c2", x, (width, 2 * width, 3), pad=1)
    x = graph.node("LeakyRelu", x, alpha=_LEAK)
    x = graph.conv("c3", x, (2 * width, 4 * width, 3), pad=1, stride=2)
    x = graph.node("LeakyRelu", x, alpha=_LEAK)
    x = graph.conv("c4", x, (4 * width, 8 * width, 3), pad=1, stride=2, scale=last_scale)
    return graph.node("LeakyRelu", x, alpha=_LEAK)


def _style_block(graph: _Builder, name: str, x: str, source: str, channels: int) -> str:
    y = _styled_conv(graph, f"{name}.1", x, source, channels)
    y = graph.node("Relu", y)
    y = _styled_conv(graph, f"{name}.2", y, source, channels)
    return graph.node("Add", x, y)


def _styled_conv(graph: _Builder, name: str, x: str, source: str, channels: int) -> str:
    """Add a convolution whose output is normalized, then scaled and shifted by the identity."""
    x = graph.conv(name, graph.reflect_pad(x, 1), (channels, channels, 3))
    x = graph.node("Sub", x, graph.node("ReduceMean", x, axes=[2, 3], keepdims=1))
    squares = graph.node("ReduceMean", graph.node("Mul", x, x), axes=[2, 3], keepdims=1)
    deviation = graph.node("Sqrt", graph.node("Add", squares, graph.scalar("epsilon", _EPSILON)))
    x = graph.node("Mul", x, graph.node("Div", graph.scalar("one", 1), deviation))

    matrix = graph.normal(f"{name}.style", (2 * channels, _EMBEDDING), 1.0)
    bias = graph.constant(f"{name}.style_bias", np.repeat([1.0, 0.0], channels))
    style = graph.node("Gemm", source, matrix, bias, transB=1)
    style = graph.node("Unsqueeze", style, axes=[2, 3])
    x = graph.node("Mul", x, graph.channels(style, 0, channels))
    return graph.node("Add", x, graph.channels(style, channels, 2 * channels))


def _decode(graph: _Builder, x: str, width: int, first_scale: float) -> str:
    x = graph.conv("d1", graph.upsample(x), (8 * width, 4 * width, 3), pad=1, scale=first_scale)
    x = graph.node("LeakyRelu", x, alpha=_LEAK)
    x = graph.conv("d2", graph.upsample(x), (4 * width, 2 * width, 3), pad=1)
    x = graph.node("LeakyRelu", x, alpha=_LEAK)
    x = graph.conv("d3", x, (2 * width, width, 3), pad=1)
    x = graph.node("LeakyRelu", x, alpha=_LEAK)
    x = graph.conv("d4", graph.reflect_pad(x, 3), (width, 3, 7), scale=_CALM)
    x = graph.node("Add", graph.node("Tanh", x), graph.scalar("one", 1))
    return graph.node("Div", x, graph.scalar("two", 2))


def _model(graph: _Builder) -> onnx.ModelProto:
    image, embedding = (1, 3, _SIDE, _SIDE), (1, _EMBEDDING)
    inputs = [
        helper.make_tensor_value_info("target", TensorProto.FLOAT, image),
        helper.make_tensor_value_info("source", TensorProto.FLOAT, embedding),
    ]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, image)]
    return helper.make_model(
        helper.make_graph(graph.nodes, "inswapper stand-in", inputs, outputs),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=helper.find_min_ir_version_for([helper.make_opsetid("", _OPSET)]),
        producer_name="dlc",
    )


@dataclass(slots=True)
class _Builder:
    """Collects nodes and weights; every method returns the name of what it adds."""

    half: bool
    generator: np.random.Generator
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[Weights] = field(default_factory=list)

    @property
    def dtype(self) -> type[np.floating]:
        return np.float16 if self.half else np.float32

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def take(self, name: str) -> str:
        return self.node("Cast", name, to=TensorProto.FLOAT16) if self.half else name

    def give(self, name: str, x: str) -> None:
        """Make `x` the output `name`."""
        if self.half:
            x = self.node("Cast", x, to=TensorProto.FLOAT)
        self.nodes[-1].output[0] = name

    def conv(
        self,
        name: str,
        x: str,
        sizes: tuple[int, int, int],
        *,
        pad: int = 0,
        stride: int = 1,
        scale: float = 1.0,
    ) -> str:
        """Add a convolution; `sizes` are its channels in and out and the side of its kernel."""
        channels, filters, side = sizes
        deviation = scale * (2 / (channels * side * side)) ** 0.5
        weights = self.normal(f"{name}.weight", (filters, channels, side, side), deviation)
        bias = self.normal(f"{name}.bias", (filters,), 0.01 * scale)
        shape = {"kernel_shape": [side, side], "pads": [pad] * 4, "strides": [stride, stride]}
        return self.node("Conv", x, weights, bias, **shape)

    def reflect_pad(self, x: str, size: int) -> str:
        pads = self.integers(f"pad{size}", [0, 0, size, size, 0, 0, size, size])
        return self.node("Pad", x, pads, mode="reflect")

    def upsample(self, x: str) -> str:
        roi = self._once("roi", (0,), np.float32, np.zeros(0))
        scales = self._once("double", (4,), np.float32, np.array([1, 1, 2, 2]))
        mode = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        return self.node("Resize", x, roi, scales, **mode)

    def channels(self, x: str, start: int, end: int) -> str:
        bounds = [self.integers(f"at{number}", [number]) for number in (start, end)]
        return self.node("Slice", x, *bounds, self.integers("channel_axis", [1]))

    def scalar(self, name: str, value: float) -> str:
        return self._once(name, (), self.dtype, np.array(value))

    def integers(self, name: str, values: Sequence[int]) -> str:
        return self._once(name, (len(values),), np.int64, np.array(values))

    def constant(self, name: str, values: NDArray[np.floating]) -> str:
        return self._once(name, values.shape, self.dtype, values)

    def normal(self, name: str, shape: tuple[int, ...], deviation: float) -> str:
        """Add weights from a normal distribution, which are drawn when the model is written."""

        def make() -> NDArray[np.floating]:
            values = self.generator.standard_normal(shape, np.float32)
            values *= np.float32(deviation)
            # Overflow to infinity is what a careless conversion to half precision does.
            with np.errstate(over="ignore"):
                return values.astype(self.dtype, copy=False)

        self.weights.append(Weights(name, shape, self.dtype, make))
        return name

    def _once(
        self,
        name: str,
        shape: tuple[int, ...],
        dtype: type[np.generic],
        values: NDArray[np.generic],
    ) -> str:
        """Add an initializer unless its name already exists."""
        if all(weights.name != name for weights in self.weights):
            self.weights.append(Weights(name, shape, dtype, lambda: values.astype(dtype)))
        return name
