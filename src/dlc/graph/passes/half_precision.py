"""Converts a model's inside to half precision; inputs and outputs stay in single precision."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, helper

from dlc.arrays import Array
from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass, copied
from dlc.graph.passes.nodes import subgraphs

logger = logging.getLogger(__name__)

# The operators of face models that ONNX Runtime's CUDA provider computes in half precision, and the
# opset from which it does. Others stay in single precision, with conversions around them, including
# ReduceMean: CUDA keeps its sum in half precision before dividing, so that 1024 values of 64
# overflow (ONNX Runtime 1.31).
_HALVED = {
    **dict.fromkeys(
        (
            *("Abs", "Add", "AveragePool", "BatchNormalization", "Concat", "Conv", "ConvTranspose"),
            *("DepthToSpace", "Div", "Elu", "Exp", "Expand", "Flatten", "Gather", "Gemm"),
            *("GlobalAveragePool", "HardSigmoid", "Identity", "InstanceNormalization", "LeakyRelu"),
            *("MatMul", "Max", "MaxPool", "Min", "Mul", "Neg", "PRelu", "Pad", "Pow", "ReduceMax"),
            *("ReduceMin", "Relu", "Reshape", "Resize", "Sigmoid", "Slice", "Softmax"),
            *("SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Tanh", "Tile", "Transpose"),
            *("Unsqueeze", "Where"),
        ),
        1,
    ),
    "Clip": 12,
}
# Inputs that operators define as single precision: Resize's region and scales.
_ALWAYS_SINGLE = {"Resize": (1, 2)}
# The smallest value that half precision distinguishes from zero.
_SMALLEST = np.float16(2.0**-24)


def _candidates(edit: Edit) -> Iterator[tuple[int, onnx.NodeProto]]:
    return edit.nodes(*(name for name, since in _HALVED.items() if edit.opset >= since))


def _plan(edit: Edit) -> int:
    graph = edit.model.graph
    if any(edit.types.get(value.name) == TensorProto.UINT8 for value in edit.inputs):
        # The arithmetic on 8-bit pixels around a half-precision graph has to stay exact.
        return 0
    candidates = dict(_candidates(edit))
    halves = _Halves(edit)
    count = 0
    for index, node in enumerate(graph.node):
        if any(subgraphs(node)):
            logger.warning("%s %s has a body: the model stays as it is", node.op_type, node.name)
            return 0
        if index in candidates and halves.takes_single(node):
            edit.replace(index, halves.halved(node))
            count += 1
        elif halves.takes_half(node):
            edit.replace(index, halves.spared(node))
    if count:
        edit.forget(halves.changed)
        halves.define_constants()
    return count


HALF_PRECISION = GraphPass(
    Rewrite.HALF,
    "GPUs since 2018 compute in half precision several times faster, and read half the weights",
    # On a scale of 0 to 1, at the pixel that differs most; half precision has 11 significant bits.
    tolerance=0.05,
    plan=_plan,
    version=2,
)


def with_ranges(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model that outputs the magnitudes of the values that become half precision.

    ONNX Runtime's CPU provider computes "half precision" in single precision, so what overflows on
    a GPU does not overflow there: only the values themselves show it.

    Args:
        model: in single precision; not modified.

    Returns:
        A copy whose outputs are replaced by one per such value, a float32 scalar: its largest
        magnitude.
    """
    edit = Edit(model)
    measured = copied(model)
    graph = measured.graph
    del graph.node[:], graph.output[:]
    candidates = dict(_candidates(edit))
    for index, node in enumerate(model.graph.node):
        graph.node.append(node)
        if index not in candidates:
            continue
        for name in node.output:
            if edit.types.get(name) == TensorProto.FLOAT:
                size, largest = edit.fresh(f"{name}.size"), edit.fresh(f"{name}.largest")
                graph.node.append(edit.node("Abs", [name], size))
                graph.node.append(edit.node("ReduceMax", [size], largest, keepdims=0))
                graph.output.append(helper.make_tensor_value_info(largest, TensorProto.FLOAT, []))
    return measured


class _Halves:
    """Tracks which values of a graph are already half precision, and under which names.

    Attributes:
        changed: values that became half precision and kept their names.
    """

    def __init__(self, edit: Edit) -> None:
        self.changed: set[str] = set()
        self._edit = edit
        self._half: dict[str, str] = {}
        self._single: dict[str, str] = {}
        self._constants: dict[str, Array] = {}

    def takes_single(self, node: onnx.NodeProto) -> bool:
        return any(self._is_single(node, place) for place in range(len(node.input)))

    def takes_half(self, node: onnx.NodeProto) -> bool:
        return any(name in self.changed for name in node.input)

    def halved(self, node: onnx.NodeProto) -> list[onnx.NodeProto]:
        """Return the node in half precision, with conversions before and after it."""
        before: list[onnx.NodeProto] = []
        after: list[onnx.NodeProto] = []
        half = onnx.NodeProto()
        half.CopyFrom(node)
        for place, name in enumerate(node.input):
            if self._is_single(node, place):
                half.input[place] = self._half_of(name, before)
        for place, name in enumerate(node.output):
            if self._edit.types.get(name) != TensorProto.FLOAT:
                continue
            if self._edit.is_output(name):
                half.output[place] = self._half[name] = self._edit.fresh(f"{name}.half")
                after.append(self._cast(half.output[place], name, TensorProto.FLOAT))
            else:
                self.changed.add(name)
        return [*before, half, *after]

    def spared(self, node: onnx.NodeProto) -> list[onnx.NodeProto]:
        """Return a node that stays in single precision, with conversions of its inputs."""
        before: list[onnx.NodeProto] = []
        single = onnx.NodeProto()
        single.CopyFrom(node)
        for place, name in enumerate(node.input):
            if name in self.changed:
                single.input[place] = self._single_of(name, before)
        return [*before, single]

    def define_constants(self) -> None:
        for name, value in self._constants.items():
            self._edit.define(name, value)

    def _is_single(self, node: onnx.NodeProto, place: int) -> bool:
        if place in _ALWAYS_SINGLE.get(node.op_type, ()):
            return False
        return self._edit.types.get(node.input[place]) == TensorProto.FLOAT

    def _half_of(self, name: str, before: list[onnx.NodeProto]) -> str:
        if name in self.changed:
            return name
        if name not in self._half:
            self._half[name] = half = self._edit.fresh(f"{name}.half")
            value = self._edit.value(name)
            if value is None:
                # Another node produces it, or it is a large kernel, which is converted when the
                # model is written.
                before.append(self._cast(name, half, TensorProto.FLOAT16))
            else:
                self._constants[half] = _rounded(value)
        return self._half[name]

    def _single_of(self, name: str, before: list[onnx.NodeProto]) -> str:
        if name not in self._single:
            self._single[name] = self._edit.fresh(f"{name}.single")
            before.append(self._cast(name, self._single[name], TensorProto.FLOAT))
        return self._single[name]

    def _cast(self, name: str, output: str, element: int) -> onnx.NodeProto:
        return self._edit.node("Cast", [name], output, to=element)


def _rounded(value: Array) -> Array:
    """Return a constant in half precision; overflow becomes infinite, which is refused."""
    with np.errstate(over="ignore"):
        half: Array = value.astype(np.float16)
    if value.size == 1 and value.flat[0] != 0 and half.flat[0] == 0:
        # An epsilon, without which there may be a division by zero.
        half = np.full_like(half, np.copysign(_SMALLEST, value.flat[0]))
    return half
