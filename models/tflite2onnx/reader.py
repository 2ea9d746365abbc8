"""Reads a .tflite file into plain Python objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tflite
from numpy.typing import NDArray

_DTYPES: dict[int, type[np.generic]] = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}
_OP_NAMES = {
    value: name for name, value in vars(tflite.BuiltinOperator).items() if not name.startswith("_")
}
_OPTION_CLASSES: dict[str, type[Any]] = {
    "ADD": tflite.AddOptions,
    "CONCATENATION": tflite.ConcatenationOptions,
    "CONV_2D": tflite.Conv2DOptions,
    "DEPTHWISE_CONV_2D": tflite.DepthwiseConv2DOptions,
    "FULLY_CONNECTED": tflite.FullyConnectedOptions,
    "MAX_POOL_2D": tflite.Pool2DOptions,
    "RESIZE_BILINEAR": tflite.ResizeBilinearOptions,
}


@dataclass(frozen=True)
class Tensor:
    """One tensor of the graph; `data` is None for an activation."""

    name: str
    shape: tuple[int, ...]
    data: NDArray[Any] | None


@dataclass(frozen=True)
class Operator:
    """One node; `options` is the flatbuffer table that belongs to its kind, if it has one."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any


@dataclass(frozen=True)
class Graph:
    """The first subgraph of a model: tensors by index, operators in execution order."""

    tensors: list[Tensor]
    operators: list[Operator]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def read(path: Path) -> Graph:
    """Read the only subgraph of a .tflite file.

    Raises:
        ValueError: the model has more than one subgraph or a tensor type this reader lacks.
    """
    model = tflite.Model.GetRootAsModel(path.read_bytes(), 0)
    if model.SubgraphsLength() != 1:
        raise ValueError(f"{path.name}: {model.SubgraphsLength()} subgraphs, expected one")
    subgraph = model.Subgraphs(0)
    tensors = [_tensor(model, subgraph.Tensors(i)) for i in range(subgraph.TensorsLength())]
    operators = [_operator(model, subgraph.Operators(i)) for i in range(subgraph.OperatorsLength())]
    return Graph(
        tensors, operators, _indices(subgraph.InputsAsNumpy), _indices(subgraph.OutputsAsNumpy)
    )


def _indices(as_numpy: Callable[[], Any]) -> tuple[int, ...]:
    return tuple(int(index) for index in as_numpy())


def _tensor(model: Any, tensor: Any) -> Tensor:
    name = tensor.Name().decode()
    shape = tuple(int(size) for size in tensor.ShapeAsNumpy()) if tensor.ShapeLength() else ()
    buffer = model.Buffers(tensor.Buffer())
    if buffer.DataLength() == 0:
        return Tensor(name, shape, None)
    if tensor.Type() not in _DTYPES:
        raise ValueError(f"tensor {name!r} has type {tensor.Type()}, which is not supported")
    data = np.frombuffer(buffer.DataAsNumpy().tobytes(), _DTYPES[tensor.Type()])
    return Tensor(name, shape, data.reshape(shape))


def _operator(model: Any, operator: Any) -> Operator:
    code = model.OperatorCodes(operator.OpcodeIndex())
    # Files older than schema 3a keep the number in a byte-wide field and leave the new one at zero.
    kind = _OP_NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
    options = None
    if kind in _OPTION_CLASSES:
        options = _OPTION_CLASSES[kind]()
        table = operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
    return Operator(
        kind, _indices(operator.InputsAsNumpy), _indices(operator.OutputsAsNumpy), options
    )
