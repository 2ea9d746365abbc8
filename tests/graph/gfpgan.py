"""A stand-in for GFPGANv1.4: its topology with random weights, of any width and side.

A U-Net takes the picture apart, down to a style code for each layer of a StyleGAN2 decoder, and
gives the decoder scales and shifts for half of its channels (SFT layers). What of it matters to
graph rewrites is there in the form in which the file has it: each style code is taken by a Gather
with a scalar index, and each SFT layer begins with a Split in two along the channels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

_LEAK = 0.2
_SMALLEST = 4


@dataclass(frozen=True, slots=True)
class GfpganOptions:
    """Which stand-in to make.

    Attributes:
        width: channels of the innermost layers and length of a style code; 512 is the real one.
        side: of the picture, a power of two; 512 is the real one.
        opset: 11 and 12 have Split's sizes and Squeeze's axes as attributes.
        seed: of the random weights.
    """

    width: int = 8
    side: int = 64
    opset: int = 11
    seed: int = 0

    @property
    def levels(self) -> int:
        """How often the side is halved."""
        return int(math.log2(self.side // _SMALLEST))

    def channels(self, level: int) -> int:
        """Return the channels where the side has been doubled `level` times from the innermost."""
        return max(self.width >> max(level - 3, 0), 2)


def gfpgan_model(options: GfpganOptions = GfpganOptions()) -> onnx.ModelProto:
    """Return the stand-in; input and output are (1, 3, side, side) float32."""
    graph = _Builder(options)
    styles, conditions = _unet(graph, "input")
    picture = _decoder(graph, styles, conditions)
    graph.nodes[-1].output[0] = "output"
    assert picture == graph.nodes[-1].name
    image = (1, 3, options.side, options.side)
    opset = helper.make_opsetid("", options.opset)
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "GFPGAN stand-in",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, image)],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, image)],
            graph.tensors,
        ),
        opset_imports=[opset],
        ir_version=helper.find_min_ir_version_for([opset]),
    )


def _unet(graph: _Builder, x: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the style codes, (1, codes, width), and by level a scale and a shift."""
    options = graph.options
    x = graph.leaky(graph.conv(x, 3, options.channels(options.levels), 1))
    skips = []
    for level in range(options.levels, 0, -1):
        inner, outer = options.channels(level - 1), options.channels(level)
        y = graph.leaky(graph.conv(x, outer, outer))
        y = graph.leaky(graph.conv(graph.resize(y, 0.5), outer, inner))
        x = graph.node("Add", y, graph.conv(graph.resize(x, 0.5), outer, inner, 1))
        skips.append(x)
    x = graph.leaky(graph.conv(x, options.width, options.width))

    codes, features = 2 * options.levels + 2, options.width * _SMALLEST**2
    flat = graph.node("Reshape", x, graph.integers(1, features))
    styles = graph.linear(flat, features, codes * options.width)
    styles = graph.node("Reshape", styles, graph.integers(1, codes, options.width))

    conditions = []
    for level in range(1, options.levels + 1):
        inner, outer = options.channels(level - 1), options.channels(level)
        x = graph.node("Add", x, skips[-level])
        y = graph.leaky(graph.conv(graph.resize(x, 2), inner, outer))
        x = graph.node("Add", y, graph.conv(graph.resize(x, 2), inner, outer, 1))
        half = outer // 2
        pair = [graph.conv(graph.leaky(graph.conv(x, outer, outer)), outer, half) for _ in range(2)]
        conditions.append((pair[0], pair[1]))
    return styles, conditions


def _decoder(graph: _Builder, styles: str, conditions: Sequence[tuple[str, str]]) -> str:
    width = graph.options.width
    x = graph.normal((1, width, _SMALLEST, _SMALLEST), 1)
    x = _style_conv(graph, x, graph.style(styles, 0), (width, width), _SMALLEST)
    picture = _to_rgb(graph, x, graph.style(styles, 1), width, _SMALLEST)
    for level, (scale, shift) in enumerate(conditions, start=1):
        inner, outer = graph.options.channels(level - 1), graph.options.channels(level)
        side = _SMALLEST << level
        x = graph.resize(x, 2)
        x = _style_conv(graph, x, graph.style(styles, 2 * level - 1), (inner, outer), side)
        same, modulated = graph.halves(x, outer // 2)
        modulated = graph.node("Add", graph.node("Mul", modulated, scale), shift)
        x = graph.node("Concat", same, modulated, axis=1)
        x = _style_conv(graph, x, graph.style(styles, 2 * level), (outer, outer), side)
        rgb = _to_rgb(graph, x, graph.style(styles, 2 * level + 1), outer, side)
        picture = graph.node("Add", rgb, graph.resize(picture, 2))
    return picture


def _style_conv(graph: _Builder, x: str, style: str, channels: tuple[int, int], side: int) -> str:
    x = _modulated(graph, x, style, (*channels, 3), side, demodulate=True)
    x = graph.node("Mul", x, graph.floats(2**0.5))
    x = graph.node("Add", x, graph.normal((1, 1, side, side), 0.1))
    x = graph.node("Add", x, graph.normal((1, channels[1], 1, 1), 0.1))
    return graph.leaky(x)


def _to_rgb(graph: _Builder, x: str, style: str, channels: int, side: int) -> str:
    x = _modulated(graph, x, style, (channels, 3, 1), side, demodulate=False)
    return graph.node("Add", x, graph.normal((1, 3, 1, 1), 0.1))


def _modulated(
    graph: _Builder,
    x: str,
    style: str,
    sizes: tuple[int, int, int],
    side: int,
    *,
    demodulate: bool,
) -> str:
    """Convolve with weights that are scaled by the style; `sizes` are channels and kernel side."""
    channels, filters, kernel = sizes
    style = graph.linear(style, graph.options.width, channels, bias=1.0)
    style = graph.node("Reshape", style, graph.integers(1, 1, channels, 1, 1))
    deviation = (channels * kernel * kernel) ** -0.5
    weights = graph.normal((1, filters, channels, kernel, kernel), deviation)
    weights = graph.node("Mul", weights, style)
    if demodulate:
        total = graph.sum_of(graph.node("Pow", weights, graph.floats(2)), (2, 3, 4))
        norm = graph.node("Sqrt", graph.node("Add", total, graph.floats(1e-8)))
        norm = graph.node("Reshape", norm, graph.integers(1, filters, 1, 1, 1))
        weights = graph.node("Div", weights, norm)
    weights = graph.node("Reshape", weights, graph.integers(filters, channels, kernel, kernel))
    x = graph.node("Reshape", x, graph.integers(1, channels, side, side))
    shape = {"kernel_shape": [kernel] * 2, "pads": [kernel // 2] * 4}
    x = graph.node("Conv", x, weights, group=1, **shape)
    return graph.node("Reshape", x, graph.integers(1, filters, side, side))


@dataclass(slots=True)
class _Builder:
    """Collects nodes and weights; every method returns the name of what it added."""

    options: GfpganOptions
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    tensors: list[onnx.TensorProto] = field(default_factory=list)
    generator: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.generator = np.random.default_rng(self.options.seed)

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def tensor(self, values: NDArray[Any]) -> str:
        self.tensors.append(numpy_helper.from_array(values, f"tensor{len(self.tensors)}"))
        return self.tensors[-1].name

    def normal(self, shape: tuple[int, ...], deviation: float, mean: float = 0) -> str:
        values = self.generator.normal(mean, deviation, shape)
        return self.tensor(values.astype(np.float32))

    def integers(self, *values: int) -> str:
        return self.tensor(np.array(values, np.int64))

    def floats(self, value: float) -> str:
        return self.tensor(np.float32(value).reshape(()))

    def leaky(self, x: str) -> str:
        return self.node("LeakyRelu", x, alpha=_LEAK)

    def conv(self, x: str, channels: int, filters: int, kernel: int = 3) -> str:
        weights = self.normal((filters, channels, kernel, kernel), (channels * kernel**2) ** -0.5)
        shape = {"kernel_shape": [kernel] * 2, "pads": [kernel // 2] * 4}
        return self.node("Conv", x, weights, self.normal((filters,), 0.1), **shape)

    def linear(self, x: str, features: int, outputs: int, bias: float = 0.0) -> str:
        weights = self.normal((outputs, features), features**-0.5)
        return self.node("Gemm", x, weights, self.normal((outputs,), 0.1, bias), transB=1)

    def resize(self, x: str, scale: float) -> str:
        scales = self.tensor(np.array([1, 1, scale, scale], np.float32))
        roi = self.tensor(np.zeros(0, np.float32))
        mode = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        return self.node("Resize", x, roi, scales, **mode)

    def sum_of(self, x: str, axes: Sequence[int]) -> str:
        if self.options.opset < 13:
            return self.node("ReduceSum", x, axes=axes, keepdims=0)
        return self.node("ReduceSum", x, self.integers(*axes), keepdims=0)

    def style(self, styles: str, number: int) -> str:
        """Take one style code, (1, width)."""
        return self.node("Gather", styles, self.tensor(np.array(number)), axis=1)

    def halves(self, x: str, size: int) -> tuple[str, str]:
        """Split the channels in two."""
        name = f"split{len(self.nodes)}"
        inputs, attributes = [x], {}
        if self.options.opset < 13:
            attributes["split"] = [size, size]
        else:
            inputs.append(self.integers(size, size))
        names = (f"{name}.same", f"{name}.modulated")
        self.nodes.append(helper.make_node("Split", inputs, names, name=name, axis=1, **attributes))
        return names
