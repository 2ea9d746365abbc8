"""Writes ONNX files whose weights are made one tensor at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import onnx
from numpy.typing import DTypeLike, NDArray

from dlc.atomic_write import atomic_write
from dlc.errors import WriteError

# Field numbers in ONNX's schema (onnx.proto).
_MODEL_GRAPH = 7
_GRAPH_INITIALIZER = 5
_TENSOR_RAW_DATA = 9
# Protobuf's wire type for length-prefixed values.
_WITH_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Weights:
    """A tensor of a model that is only made when it is written.

    Attributes:
        name: its name in the graph.
        shape: its shape.
        dtype: its element type.
        make: returns values of this shape and type; called once, while the file is written.
    """

    name: str
    shape: tuple[int, ...]
    dtype: DTypeLike
    make: Callable[[], NDArray[np.generic]]

    @property
    def size(self) -> int:
        """Size of the values in bytes."""
        return int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize

    @property
    def head(self) -> bytes:
        """The tensor's protobuf encoding, up to its values."""
        element = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(self.dtype))
        tensor = onnx.TensorProto(name=self.name, dims=self.shape, data_type=element)
        return head_of(tensor, self.size)

    def content(self) -> memoryview:
        """Make the values and return their bytes."""
        values = np.asarray(self.make(), order="C")
        if values.shape != self.shape or values.dtype != self.dtype:
            raise ValueError(f"{self.name} is {values.dtype}{values.shape}, not as announced")
        # ONNX's raw data is little-endian, like every machine that runs ONNX Runtime.
        return values.reshape(-1).view(np.uint8).data


class Initializer(Protocol):
    """A tensor of a model that is not in memory until it is written."""

    @property
    def head(self) -> bytes:
        """The tensor's protobuf encoding, up to its values."""

    @property
    def size(self) -> int:
        """Size of the values in bytes."""

    def content(self) -> bytes | memoryview:
        """Return the bytes of the values."""


def head_of(tensor: onnx.TensorProto, size: int) -> bytes:
    """Return the beginning of a tensor whose raw data of this many bytes follows."""
    head: bytes = tensor.SerializeToString()
    return head + _tag(_TENSOR_RAW_DATA, size)


def write_model(path: Path, model: onnx.ModelProto, weights: Iterable[Initializer]) -> None:
    """Write a model with its weights, holding one tensor at a time in memory.

    `onnx.save` would need all of them twice. The file gets its name once it is complete.

    Args:
        path: the file; replaced if it exists.
        model: the model without initializers; small.
        weights: its initializers, in file order.

    Raises:
        WriteError: the file cannot be written; nothing is left behind.
    """
    try:
        with atomic_write(path) as file:
            _write(file, model, list(weights))
    except OSError as error:
        raise WriteError(
            f"the model {path} cannot be written: {error.strerror}; make room or use another folder"
        ) from error


def _write(file: BinaryIO, model: onnx.ModelProto, weights: list[Initializer]) -> None:
    """Write the messages model, graph and tensor, each prefixed with its length."""
    frame = onnx.ModelProto()
    frame.CopyFrom(model)
    frame.ClearField("graph")
    graph = model.graph.SerializeToString()
    heads = [tensor.head for tensor in weights]
    lengths = [len(head) + tensor.size for head, tensor in zip(heads, weights, strict=True)]
    tags = [_tag(_GRAPH_INITIALIZER, length) for length in lengths]
    file.write(frame.SerializeToString())
    file.write(_tag(_MODEL_GRAPH, len(graph) + sum(map(len, tags)) + sum(lengths)))
    file.write(graph)
    for tag, head, tensor in zip(tags, heads, weights, strict=True):
        file.write(tag + head)
        file.write(tensor.content())


def _tag(field: int, length: int) -> bytes:
    return _varint(field << 3 | _WITH_LENGTH) + _varint(length)


def _varint(number: int) -> bytes:
    """Return protobuf's variable-length integer: seven bits per byte, lowest first."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
