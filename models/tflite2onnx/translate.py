"""Turns a TFLite graph into an ONNX model in NCHW, with fp16 weights and a free batch size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import tflite
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .reader import Graph, Operator

OPSET = 17
# IR 8 is the format of opset 17; newer numbers would shut out older runtimes for nothing.
IR_VERSION = 8
_NCHW_TO_NHWC = (0, 2, 3, 1)


@dataclass(frozen=True)
class Output:
    """How one TFLite output appears in the ONNX model.

    Attributes:
        name: its ONNX name.
        shape: its shape without the batch axis. A name instead of a number is for what depends on
            the input's size, which is then free.
    """

    name: str
    shape: tuple[int | str, ...]

    @property
    def is_free(self) -> bool:
        """Whether a part of its shape depends on the input's size."""
        return any(isinstance(size, str) for size in self.shape)


def translate(
    graph: Graph,
    outputs: Mapping[str, Output],
    metadata: Mapping[str, str],
    *,
    half: bool = True,
) -> onnx.ModelProto:
    """Return the ONNX model that computes what `graph` computes, in fp32.

    Args:
        graph: a float TFLite graph with one image input of shape (1, height, width, channels).
        outputs: TFLite output name to ONNX name and shape.
        metadata: origin and license, stored in the file.
        half: store convolution weights as fp16, which halves the file.

    Raises:
        ValueError: the graph uses an operator or option that is not supported.
    """
    return _Translation(graph, half).model(outputs, metadata)


class _Translation:
    def __init__(self, graph: Graph, half: bool) -> None:
        self._graph = graph
        self._half = half
        self._is_free = False
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: dict[str, onnx.TensorProto] = {}
        self._constants = {
            index: tensor.data
            for index, tensor in enumerate(graph.tensors)
            if tensor.data is not None
        }

    def model(self, outputs: Mapping[str, Output], metadata: Mapping[str, str]) -> onnx.ModelProto:
        (source,) = self._graph.inputs
        _, height, width, channels = self._graph.tensors[source].shape
        self._is_free = any(output.is_free for output in outputs.values())
        for operator in self._graph.operators:
            self._translate(operator)
        values = [self._output(index, outputs) for index in self._graph.outputs]
        sides = ["height", "width"] if self._is_free else [height, width]
        image = helper.make_tensor_value_info(
            self._name(source), TensorProto.FLOAT, ["batch", channels, *sides]
        )
        onnx_graph = helper.make_graph(
            self._nodes, "main", [image], values, list(self._initializers.values())
        )
        model = helper.make_model(
            onnx_graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        helper.set_model_props(model, dict(metadata))
        onnx.checker.check_model(model, full_check=True)
        return model

    def _translate(self, operator: Operator) -> None:
        handlers = {
            "ADD": self._add,
            "CONCATENATION": self._concatenate,
            "CONV_2D": self._conv,
            "DEPTHWISE_CONV_2D": self._depthwise_conv,
            "DEQUANTIZE": self._dequantize,
            "FULLY_CONNECTED": self._fully_connected,
            "LOGISTIC": self._logistic,
            "MAX_POOL_2D": self._max_pool,
            "MEAN": self._mean,
            "PAD": self._pad,
            "PRELU": self._prelu,
            "RELU": self._relu,
            "RESHAPE": self._reshape,
            "RESIZE_BILINEAR": self._resize,
        }
        if operator.kind not in handlers:
            raise ValueError(f"operator {operator.kind} is not supported")
        handlers[operator.kind](operator)

    def _output(self, index: int, outputs: Mapping[str, Output]) -> onnx.ValueInfoProto:
        output = outputs[self._graph.tensors[index].name]
        # Zero copies the batch size of the input.
        sizes = [size if isinstance(size, int) else -1 for size in output.shape]
        shape = self._integers(f"{output.name}_shape", [0, *sizes])
        self._nodes.append(helper.make_node("Reshape", [self._name(index), shape], [output.name]))
        return helper.make_tensor_value_info(
            output.name, TensorProto.FLOAT, ["batch", *output.shape]
        )

    # Names and constants

    def _name(self, index: int) -> str:
        return "image" if index in self._graph.inputs else f"t{index}"

    def _store(self, name: str, array: NDArray[Any]) -> str:
        self._initializers[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def _integers(self, name: str, values: Sequence[int]) -> str:
        return self._store(name, np.asarray(values, np.int64))

    def _weight(self, name: str, array: NDArray[Any]) -> str:
        """Store `array`; as fp16 it stands behind a Cast, which runtimes fold away on loading."""
        if not self._half:
            return self._store(name, array.astype(np.float32))
        stored = array.astype(np.float16)
        if not np.isfinite(stored).all():
            raise ValueError(f"{name} does not fit into fp16")
        return self._node("Cast", [self._store(f"{name}_half", stored)], name, to=TensorProto.FLOAT)

    # Operators

    def _dequantize(self, operator: Operator) -> None:
        self._constants[operator.outputs[0]] = self._constants[operator.inputs[0]]

    def _conv(self, operator: Operator) -> None:
        # TFLite keeps (out, height, width, in), ONNX (out, in, height, width).
        weights = self._constants[operator.inputs[1]].transpose(0, 3, 1, 2)
        self._convolve(operator, weights, groups=1)

    def _depthwise_conv(self, operator: Operator) -> None:
        weights = self._constants[operator.inputs[1]].transpose(3, 0, 1, 2)
        channels = self._graph.tensors[operator.inputs[0]].shape[3]
        if weights.shape[0] != channels:
            raise ValueError("a depth multiplier other than one is not supported")
        self._convolve(operator, weights, groups=channels)

    def _convolve(self, operator: Operator, weights: NDArray[Any], groups: int) -> None:
        options, result = operator.options, self._name(operator.outputs[0])
        if (options.DilationHFactor(), options.DilationWFactor()) != (1, 1):
            raise ValueError("dilated convolutions are not supported")
        bias = self._constants[operator.inputs[2]].astype(np.float32)
        inputs = [
            self._name(operator.inputs[0]),
            self._weight(f"{result}_weight", weights),
            self._store(f"{result}_bias", bias),
        ]
        kernel = weights.shape[2:]
        self._emit(
            operator,
            "Conv",
            inputs,
            group=groups,
            kernel_shape=kernel,
            strides=[options.StrideH(), options.StrideW()],
            pads=self._window_pads(operator, kernel),
        )

    def _max_pool(self, operator: Operator) -> None:
        options = operator.options
        kernel = (options.FilterHeight(), options.FilterWidth())
        self._emit(
            operator,
            "MaxPool",
            [self._name(operator.inputs[0])],
            kernel_shape=kernel,
            strides=[options.StrideH(), options.StrideW()],
            pads=self._window_pads(operator, kernel),
        )

    def _window_pads(self, operator: Operator, kernel: Sequence[int]) -> list[int]:
        """Return ONNX pads (top, left, bottom, right) for TFLite's padding mode.

        SAME puts the odd pixel at the bottom and right, which for stride two differs from the
        symmetric padding most frameworks use.
        """
        options = operator.options
        if options.Padding() == tflite.Padding.VALID:
            return [0, 0, 0, 0]
        sizes = self._graph.tensors[operator.inputs[0]].shape[1:3]
        before, after = [], []
        for size, window, stride in zip(
            sizes, kernel, (options.StrideH(), options.StrideW()), strict=True
        ):
            total = max((-(-size // stride) - 1) * stride + window - size, 0)
            before.append(total // 2)
            after.append(total - total // 2)
        return [*before, *after]

    def _add(self, operator: Operator) -> None:
        self._emit(operator, "Add", [self._name(index) for index in operator.inputs])

    def _concatenate(self, operator: Operator) -> None:
        if len(self._graph.tensors[operator.outputs[0]].shape) == 4:
            raise ValueError("CONCATENATION of images is not supported")
        inputs = [self._name(index) for index in operator.inputs]
        self._emit(operator, "Concat", inputs, axis=operator.options.Axis())

    def _fully_connected(self, operator: Operator) -> None:
        source, weights, bias = operator.inputs
        if len(self._graph.tensors[source].shape) != 2:
            raise ValueError("FULLY_CONNECTED is supported on rows of numbers only")
        result = self._name(operator.outputs[0])
        inputs = [
            self._name(source),
            self._weight(f"{result}_weight", self._constants[weights]),
            self._store(f"{result}_bias", self._constants[bias].astype(np.float32)),
        ]
        self._emit(operator, "Gemm", inputs, transB=1)

    def _logistic(self, operator: Operator) -> None:
        self._emit(operator, "Sigmoid", [self._name(operator.inputs[0])])

    def _mean(self, operator: Operator) -> None:
        axes = self._constants[operator.inputs[1]].tolist()
        shape = self._graph.tensors[operator.outputs[0]].shape
        if axes != [1, 2] or len(shape) != 2:
            raise ValueError("MEAN is supported over a whole image only")
        self._emit(
            operator, "ReduceMean", [self._name(operator.inputs[0])], axes=[2, 3], keepdims=0
        )

    def _relu(self, operator: Operator) -> None:
        self._emit(operator, "Relu", [self._name(operator.inputs[0])])

    def _prelu(self, operator: Operator) -> None:
        """Emit `a * x + (1 - a) * relu(x)`; ONNX Runtime's own PRelu is several times slower.

        The shorter `max(x, a * x)` would be wrong: learned slopes leave [0, 1]. Where no slope is
        above one, `relu((1 - a) * x)` is the same and lets the Relu be fused into the product.
        """
        source, result = self._name(operator.inputs[0]), self._name(operator.outputs[0])
        slope = self._constants[operator.inputs[1]].astype(np.float32).reshape(-1, 1, 1)
        scaled = self._node("Mul", [source, self._store(f"{result}_slope", slope)], f"{result}_a")
        rest = self._store(f"{result}_rest", 1 - slope)
        if (slope <= 1).all():
            product = self._node("Mul", [source, rest], f"{result}_b")
            lifted = self._node("Relu", [product], f"{result}_c")
        else:
            positive = self._node("Relu", [source], f"{result}_b")
            lifted = self._node("Mul", [positive, rest], f"{result}_c")
        self._node("Add", [scaled, lifted], result)

    def _pad(self, operator: Operator) -> None:
        widths = self._constants[operator.inputs[1]][[0, 3, 1, 2]]
        result = self._name(operator.outputs[0])
        pads = self._integers(f"{result}_pads", widths.T.reshape(-1).tolist())
        self._emit(operator, "Pad", [self._name(operator.inputs[0]), pads], mode="constant")

    def _resize(self, operator: Operator) -> None:
        if operator.options.AlignCorners():
            raise ValueError("RESIZE_BILINEAR with align_corners is not supported")
        mode = "half_pixel" if operator.options.HalfPixelCenters() else "asymmetric"
        result = self._name(operator.outputs[0])
        before, after = (
            np.array(self._graph.tensors[index].shape[1:3])
            for index in (operator.inputs[0], operator.outputs[0])
        )
        scales = np.array([1, 1, *(after / before)], np.float32)
        self._emit(
            operator,
            "Resize",
            [self._name(operator.inputs[0]), "", self._store(f"{result}_scales", scales)],
            mode="linear",
            coordinate_transformation_mode=mode,
        )

    def _reshape(self, operator: Operator) -> None:
        source, result = self._name(operator.inputs[0]), self._name(operator.outputs[0])
        if len(self._graph.tensors[operator.inputs[0]].shape) == 4:
            # The target shape counts elements in NHWC order.
            source = self._node("Transpose", [source], f"{result}_nhwc", perm=_NCHW_TO_NHWC)
        _, count, *rest = self._graph.tensors[operator.outputs[0]].shape
        # The first of these sizes counts the image's cells.
        shape = [0, -1 if self._is_free else count, *rest]
        self._node("Reshape", [source, self._integers(f"{result}_to", shape)], result)

    # Emitting

    def _node(self, kind: str, inputs: Sequence[str], result: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [result], **attributes))
        return result

    def _emit(
        self, operator: Operator, kind: str, inputs: Sequence[str], **attributes: Any
    ) -> None:
        """Append the operator's main node and the activation fused into it, if there is one."""
        result = self._name(operator.outputs[0])
        fused = _fused_activation(operator)
        if fused is None:
            self._node(kind, inputs, result, **attributes)
            return
        linear = self._node(kind, inputs, f"{result}_linear", **attributes)
        if fused == "Relu":
            self._node("Relu", [linear], result)
        else:
            low, high = (
                self._store(f"relu6_{bound}", np.array(bound, np.float32)) for bound in (0, 6)
            )
            self._node("Clip", [linear, low, high], result)


def _fused_activation(operator: Operator) -> str | None:
    if not hasattr(operator.options, "FusedActivationFunction"):
        return None
    activation = operator.options.FusedActivationFunction()
    if activation == tflite.ActivationFunctionType.NONE:
        return None
    if activation == tflite.ActivationFunctionType.RELU:
        return "Relu"
    if activation == tflite.ActivationFunctionType.RELU6:
        return "Relu6"
    raise ValueError(f"fused activation {activation} is not supported")
