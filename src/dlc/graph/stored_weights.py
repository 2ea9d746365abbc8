"""Models whose large weights stay in their file and are only referred to.

A graph takes a few hundred kilobytes, its weights hundreds of megabytes. This reads a model without
the kernels of its convolutions: each becomes ONNX external data that points into the model's own
file. ONNX Runtime can still run such a model, and rewriting, counting and comparing graphs costs
next to no memory.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, external_data_helper

from dlc.arrays import Array
from dlc.errors import ModelError
from dlc.graph.kernel_changes import KernelChange, without_kernel_changes
from dlc.graph.model_file import head_of, write_model
from dlc.graph.passes.nodes import subgraphs

# For code that passes models on without importing onnx.
Model = onnx.ModelProto

# Protobuf's limit.
_LARGEST_FILE = 2**31 - 1
# Smaller weights stay in the graph.
_LARGE = 1 << 16
# Field numbers in ONNX's schema (onnx.proto).
_MODEL_GRAPH = 7
_GRAPH_INITIALIZER = 5
_TENSOR_RAW_DATA = 9
# Protobuf's wire types: a varint, eight bytes, length-prefixed data, four bytes.
_NUMBER, _EIGHT, _WITH_LENGTH, _FOUR = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a message: its number, the start of its tag, its content, and its end."""

    number: int
    begin: int
    content: int
    end: int


def read_without_kernels(path: Path) -> onnx.ModelProto:
    """Read a model without its convolutions' large kernels and without large unused weights.

    Args:
        path: an ONNX file that contains all its weights.

    Returns:
        The model; omitted data is external, at its place in `path`. All values that a rewrite may
        need are inside.

    Raises:
        ModelError: the file cannot be read, or is not a complete ONNX file.
    """
    try:
        size = path.stat().st_size
        if size > _LARGEST_FILE:
            raise ModelError(
                f"{path} has {size:,} bytes, and ONNX files end at {_LARGEST_FILE:,}; "
                "get a whole file of the model"
            )
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _read(path, data)
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"{path} cannot be read: {reason}; check its permissions") from error
    except (DecodeError, ValueError, IndexError) as error:
        # mmap refuses an empty file with a ValueError.
        raise ModelError(f"{path} is not a complete ONNX file; get the model again") from error


def write_with_kernels(path: Path, model: onnx.ModelProto, source: Path) -> None:
    """Write a model as one file with all its weights, in their order.

    Kernels that the graph uses only in half precision, or transposed and reshaped, are written that
    way. Converting them at load time would take time and memory on every load.

    Args:
        path: the file; it gets its name once complete, replacing any existing one.
        model: from `read_without_kernels`, possibly rewritten.
        source: the file that the model was read from.

    Raises:
        WriteError: the file cannot be written.
        ModelError: the source can no longer be read.
    """
    frame = onnx.ModelProto()
    frame.CopyFrom(model)
    changes = without_kernel_changes(frame.graph)
    stored = list(frame.graph.initializer)
    del frame.graph.initializer[:]
    try:
        with (
            source.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            tensors = [_Stored(tensor, data, changes.get(tensor.name)) for tensor in stored]
            write_model(path, frame, tensors)
    except OSError as error:
        raise ModelError(f"{source} cannot be read: {error.strerror}; was it moved?") from error


@dataclass(frozen=True, slots=True)
class _Stored:
    """A tensor to write, with values either inside or at a place in a file.

    Attributes:
        tensor: its name, and shape and type of the stored values.
        data: the memory-mapped file.
        change: what to do to float32 values from the file; None leaves them unchanged.
    """

    tensor: TensorProto
    data: mmap.mmap
    change: KernelChange | None = None

    @property
    def size(self) -> int:
        half = self.change is not None and self.change.half
        return self._place[1] // (2 if half else 1)

    @property
    def head(self) -> bytes:
        if not self.size:
            return bytes(self.tensor.SerializeToString())
        head = TensorProto(name=self.tensor.name, data_type=self.tensor.data_type)
        head.dims.extend(self.tensor.dims if self.change is None else self.change.dims)
        if self.change is not None and self.change.half:
            head.data_type = TensorProto.FLOAT16
        return head_of(head, self.size)

    def content(self) -> bytes:
        offset, size = self._place
        stored = self.data[offset : offset + size]
        if self.change is None:
            return stored
        values: Array = np.frombuffer(stored, "<f4").reshape(self.tensor.dims)
        return self.change.applied(values).tobytes()

    @property
    def _place(self) -> tuple[int, int]:
        if self.tensor.data_location != TensorProto.EXTERNAL:
            return 0, 0
        info = external_data_helper.ExternalDataInfo(self.tensor)
        return int(info.offset or 0), int(info.length or 0)


def _read(path: Path, data: mmap.mmap) -> onnx.ModelProto:
    places: dict[str, _Field] = {}
    model = onnx.ModelProto()
    graph = onnx.GraphProto()
    for field in _fields(data, 0, len(data)):
        if field.number != _MODEL_GRAPH:
            model.MergeFromString(data[field.begin : field.end])
            continue
        for inner in _fields(data, field.content, field.end):
            if inner.number == _GRAPH_INITIALIZER:
                tensor, raw = _tensor(data, inner)
                graph.initializer.append(tensor)
                if raw is not None:
                    places[tensor.name] = raw
            else:
                graph.MergeFromString(data[inner.begin : inner.end])
    if not graph.node:
        raise ModelError(f"{path} is not an ONNX file; give a model that ends in .onnx")
    model.graph.CopyFrom(graph)
    _settle(path, model, data, places)
    return model


def _tensor(data: mmap.mmap, field: _Field) -> tuple[TensorProto, _Field | None]:
    """Return a tensor without its raw data if large, and where that data is."""
    tensor, large = TensorProto(), None
    for inner in _fields(data, field.content, field.end):
        if inner.number == _TENSOR_RAW_DATA and inner.end - inner.content >= _LARGE:
            large = inner
        else:
            tensor.MergeFromString(data[inner.begin : inner.end])
    return tensor, large


def _settle(path: Path, model: onnx.ModelProto, data: mmap.mmap, places: dict[str, _Field]) -> None:
    """Refer to the file for values that nothing inspects, and put all others inside."""
    needed = _needed(model.graph)
    for tensor in model.graph.initializer:
        if tensor.data_location == TensorProto.EXTERNAL:
            raise ModelError(
                f"{path} keeps its weights in other files; put them into the model's own file "
                "with onnx.save, or use another file of the model"
            )
        place = places.get(tensor.name)
        if place is None:
            continue
        if tensor.name in needed:
            tensor.raw_data = data[place.content : place.end]
            continue
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (
            ("location", path.resolve().name),
            ("offset", place.content),
            ("length", place.end - place.content),
        ):
            tensor.external_data.add(key=key, value=str(value))


def _needed(graph: onnx.GraphProto) -> set[str]:
    """Return the names used as something other than a convolution's kernel."""
    names = set()
    for node in graph.node:
        inputs = list(node.input)
        if node.op_type in ("Conv", "ConvTranspose"):
            del inputs[1:2]
        names.update(inputs)
        for body in subgraphs(node):
            names |= _used_inside(body)
    return names | {output.name for output in graph.output}


def _used_inside(body: onnx.GraphProto) -> set[str]:
    names = {name for node in body.node for name in node.input}
    names |= {output.name for output in body.output}
    for node in body.node:
        for inner in subgraphs(node):
            names |= _used_inside(inner)
    return names


def _fields(data: mmap.mmap, begin: int, end: int) -> Iterator[_Field]:
    """Yield the fields of a message; ValueError if they do not fill it."""
    position = begin
    while position < end:
        tag, content = _varint(data, position)
        number, wire = tag >> 3, tag & 7
        if wire == _NUMBER:
            _, after = _varint(data, content)
        elif wire == _WITH_LENGTH:
            length, content = _varint(data, content)
            after = content + length
        elif wire in (_EIGHT, _FOUR):
            after = content + (8 if wire == _EIGHT else 4)
        else:
            raise ValueError("no field of a protobuf message")
        if after > end:
            raise ValueError("the message ends early")
        yield _Field(number, position, content, after)
        position = after


def _varint(data: mmap.mmap, position: int) -> tuple[int, int]:
    """Return a variable-length integer and its end."""
    number = shift = 0
    while True:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7
