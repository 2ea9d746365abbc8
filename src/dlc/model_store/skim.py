"""Reads a few facts from an ONNX file of any size, touching only the bytes that hold them.

Field numbers are from ONNX's schema (onnx.proto, `ModelProto` and below). Names follow protobuf; a
graph's weights are its "initializers".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn

import numpy as np

from dlc.arrays import Floats
from dlc.errors import ModelError
from dlc.model_store.wire import Budget, ByteRange, FileBytes, WireError, length_field, signed

_MODEL_IR_VERSION, _MODEL_GRAPH = 1, 7
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 5, 11, 12
_VALUE_NAME, _VALUE_TYPE = 1, 2
_TYPE_TENSOR = 1
_TENSOR_ELEMENT, _TENSOR_SHAPE = 1, 2
_WEIGHT_NAME = 8
_SHAPE_DIMENSION = 1
_DIMENSION_VALUE, _DIMENSION_NAME = 1, 2

# The values of onnx.TensorProto.DataType that a face model's inputs and outputs may have.
_TYPE_NAMES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 10: "float16"}
_TYPE_NAMES |= {11: "float64", 16: "bfloat16"}

# From this version on, an initializer listed among the inputs is only a default.
_FIRST_IR_OF_DEFAULTS = 4

_EMAP_SHAPE = (512, 512)
# Bytes; however a file stores the matrix, a number of it takes eleven at most.
_MOST_OF_EMAP = 12 * 512 * 512


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """An input or output of a graph.

    Attributes:
        name: its name in the graph.
        element: NumPy's name for the type of its elements, such as "float32".
        shape: an integer for a fixed size, a string for a named one, None for an unknown one; None
            instead of a tuple if not even the number of dimensions is declared.
    """

    name: str
    element: str
    shape: tuple[int | str | None, ...] | None


@dataclass(frozen=True, slots=True)
class GraphIO:
    """A graph's inputs and outputs, in the graph's order."""

    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


def skim_io(path: Path) -> GraphIO:
    """Return the inputs and outputs of an ONNX file.

    Weights that an old file also lists among its inputs are left out, as in ONNX Runtime.

    Raises:
        ModelError: the file cannot be read or is not a complete ONNX file; the message names a
            remedy.
    """
    with _graph(path) as graph:
        inputs, outputs, weights = [], [], set()
        for number, value in graph.fields():
            if not isinstance(value, ByteRange):
                continue
            if number == _GRAPH_INITIALIZER:
                weights.add(_tensor_name(value))
            elif number == _GRAPH_INPUT:
                inputs.append(_tensor_info(value))
            elif number == _GRAPH_OUTPUT:
                outputs.append(_tensor_info(value))
        free = tuple(tensor for tensor in inputs if tensor.name not in weights)
        return GraphIO(free, tuple(outputs))


def skim_defaults(path: Path) -> frozenset[str]:
    """Return the weights that a file lists among its inputs, where a caller could replace them.

    ONNX Runtime does not treat these as constants. Before IR version 4, a file had to list all its
    weights, but they are constants all the same: such a file has none of these.

    Raises:
        ModelError: the file cannot be read or is not a complete ONNX file; the message names a
            remedy.
    """
    with open_model(path) as model:
        inputs, weights = set(), set()
        for number, value in _only_graph(model).fields():
            if number == _GRAPH_INITIALIZER and isinstance(value, ByteRange):
                weights.add(_tensor_name(value))
            elif number == _GRAPH_INPUT and isinstance(value, ByteRange):
                inputs.add(_tensor_info(value).name)
        defaults = _ir_version(model) >= _FIRST_IR_OF_DEFAULTS
        return frozenset(inputs & weights if defaults else ())


def skim_emap(path: Path) -> Floats:
    """Return the matrix that maps an ArcFace embedding to inswapper's identity space.

    It is the last initializer of the graph, as in `insightface.model_zoo.inswapper`.

    Returns:
        float32 (512, 512), a copy, even if the file stores float16. The identity is `embedding @
        emap`, normalized.

    Raises:
        ModelError: the file cannot be read, is not a complete ONNX file, or its last initializer is
            not such a matrix; the message names a remedy.
    """
    with _graph(path) as graph:
        last = None
        for number, value in graph.fields():
            if number == _GRAPH_INITIALIZER and isinstance(value, ByteRange):
                last = value
        if last is None:
            _refuse("it has no weights")
        if len(last) > _MOST_OF_EMAP:
            _refuse(f"its last weight has {len(last):,} bytes, and is no identity matrix")
        # onnx takes long to import, and whoever needs the matrix has it already.
        from dlc.graph.matrix import matrix_of

        try:
            emap = matrix_of(last.read(), _EMAP_SHAPE)
        except ValueError as error:
            _refuse(str(error))
        if not np.isfinite(emap).all():
            _refuse("its identity matrix holds NaN or infinity")
        return emap


def skim_nodes(path: Path, count: int) -> bytes:
    """Return the first nodes of an ONNX file as a separate ONNX model, without weights.

    Raises:
        ModelError: the file cannot be read or is not a complete ONNX file; the message names a
            remedy.
    """
    with _graph(path) as graph:
        spans = (
            value
            for number, value in graph.fields()
            if number == _GRAPH_NODE and isinstance(value, ByteRange)
        )
        nodes = [length_field(_GRAPH_NODE, node.read()) for node in islice(spans, count)]
        return length_field(_MODEL_GRAPH, b"".join(nodes))


@contextmanager
def _graph(path: Path) -> Iterator[ByteRange]:
    """Open the graph of an ONNX file; malformed content becomes a ModelError."""
    with open_model(path) as model:
        yield _only_graph(model)


@contextmanager
def open_model(path: Path) -> Iterator[ByteRange]:
    """Open an ONNX file as a protobuf message, readable within the context.

    Raises:
        ModelError: the file cannot be read, or what is read within the context is malformed.
    """
    try:
        if not path.is_file():
            # Not only for missing files: opening a named pipe would wait for a writer.
            raise ModelError(f"{path} is not a model file: check the path")
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                _refuse("it is empty")
            yield ByteRange(FileBytes(file), 0, size, Budget())
    except WireError as error:
        message = (
            f"{path} is not a usable ONNX model: {error}; if it is a damaged download, "
            "`dlc models pull` gets the models that dlc knows"
        )
        raise ModelError(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}; check its permissions"
        raise ModelError(message) from error


def _refuse(reason: str) -> NoReturn:
    raise WireError(reason)


def _only_graph(model: ByteRange) -> ByteRange:
    graphs = [
        value
        for number, value in model.fields()
        if number == _MODEL_GRAPH and isinstance(value, ByteRange)
    ]
    if len(graphs) != 1:
        _refuse("it holds no graph" if not graphs else "it holds several graphs")
    return graphs[0]


def _ir_version(model: ByteRange) -> int:
    versions = [
        value
        for number, value in model.fields()
        if number == _MODEL_IR_VERSION and isinstance(value, int)
    ]
    return versions[-1] if versions else 0


def _tensor_name(tensor: ByteRange) -> str:
    """Read the name of a TensorProto."""
    name = ""
    for number, value in tensor.fields():
        if number == _WEIGHT_NAME and isinstance(value, ByteRange):
            name = value.text()
    return name


def _tensor_info(value_info: ByteRange) -> TensorInfo:
    """Read a ValueInfoProto; a value that is not a tensor has an unknown type and shape."""
    name, element, shape = "", "unknown", None
    for number, value in value_info.fields():
        if not isinstance(value, ByteRange):
            continue
        if number == _VALUE_NAME:
            name = value.text()
        elif number == _VALUE_TYPE:
            for kind, tensor in value.fields():
                if kind == _TYPE_TENSOR and isinstance(tensor, ByteRange):
                    element, shape = _tensor_type(tensor)
    return TensorInfo(name, element, shape)


def _tensor_type(tensor: ByteRange) -> tuple[str, tuple[int | str | None, ...] | None]:
    element, shape = "unknown", None
    for number, value in tensor.fields():
        if number == _TENSOR_ELEMENT and isinstance(value, int):
            element = _TYPE_NAMES.get(value, f"type {value}")
        elif number == _TENSOR_SHAPE and isinstance(value, ByteRange):
            shape = tuple(
                _dimension(dimension)
                for kind, dimension in value.fields()
                if kind == _SHAPE_DIMENSION and isinstance(dimension, ByteRange)
            )
    return element, shape


def _dimension(dimension: ByteRange) -> int | str | None:
    size: int | str | None = None
    for number, value in dimension.fields():
        if number == _DIMENSION_VALUE and isinstance(value, int):
            size = signed(value)
        elif number == _DIMENSION_NAME and isinstance(value, ByteRange):
            size = value.text()
    return size
