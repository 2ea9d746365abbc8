"""Reads the numbers of an ONNX tensor, however the file stores them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Floats
from dlc.model_store.wire import ByteRange, WireError

# Fields of onnx.TensorProto.
_DIMS, _DATA_TYPE, _FLOAT_DATA, _INT32_DATA, _NAME, _RAW_DATA = 1, 2, 4, 5, 8, 9
_DATA_LOCATION = 14
_EXTERNAL = 1

# Maps onnx.TensorProto.DataType to the type of its raw bytes.
_RAW_TYPES: dict[int, np.dtype[np.floating]] = {1: np.dtype("<f4"), 10: np.dtype("<f2")}
_FLOAT, _FLOAT16 = 1, 10


@dataclass(slots=True)
class _Tensor:
    """The fields of a TensorProto; numbers may come in several pieces."""

    dims: list[int] = field(default_factory=list)
    data_type: int = 0
    raw: list[ByteRange] = field(default_factory=list)
    floats: list[ByteRange] = field(default_factory=list)
    integers: list[ByteRange] = field(default_factory=list)
    external: bool = False


def tensor_name(tensor: ByteRange) -> str:
    """Return the name of a tensor.

    Raises:
        WireError: the tensor is malformed.
    """
    name = ""
    for number, value in tensor.fields():
        if number == _NAME and isinstance(value, ByteRange):
            name = value.text()
    return name


def read_matrix(tensor: ByteRange, shape: tuple[int, int]) -> Floats:
    """Return the numbers of a tensor, which must have this shape and be float32 or float16.

    Returns:
        float32 of the requested shape, a copy.

    Raises:
        WireError: the tensor is of another kind, malformed, or stored in a separate file.
    """
    parsed = _parse(tensor)
    if tuple(parsed.dims) != shape or parsed.data_type not in _RAW_TYPES:
        message = f"its last weight is not a matrix of {shape[0]} x {shape[1]} numbers"
        raise WireError(message)
    if parsed.external:
        message = "it keeps its weights in another file"
        raise WireError(message)
    count = shape[0] * shape[1]
    return _numbers(parsed, count).astype(np.float32).reshape(shape)


def _parse(tensor: ByteRange) -> _Tensor:
    parsed = _Tensor()
    for number, value in tensor.fields():
        if number == _DIMS:
            parsed.dims += list(value.varints()) if isinstance(value, ByteRange) else [value]
        elif isinstance(value, int):
            if number == _DATA_TYPE:
                parsed.data_type = value
            elif number == _DATA_LOCATION:
                parsed.external = value == _EXTERNAL
        elif number == _FLOAT_DATA:
            parsed.floats.append(value)
        elif number == _INT32_DATA:
            parsed.integers.append(value)
        elif number == _RAW_DATA:
            parsed.raw = [value]
    return parsed


def _numbers(tensor: _Tensor, count: int) -> NDArray[np.floating]:
    """Return `count` numbers from the field that holds them."""
    if tensor.raw:
        return _fixed(tensor.raw, _RAW_TYPES[tensor.data_type], count)
    if tensor.data_type == _FLOAT:
        return _fixed(tensor.floats, _RAW_TYPES[_FLOAT], count)
    return _float16_of_integers(tensor.integers, count)


def _fixed(
    pieces: list[ByteRange], element: np.dtype[np.floating], count: int
) -> NDArray[np.floating]:
    size = sum(len(piece) for piece in pieces)
    if size != count * element.itemsize:
        message = f"its identity matrix has {size:,} bytes instead of {count * element.itemsize:,}"
        raise WireError(message)
    return np.frombuffer(b"".join(piece.read() for piece in pieces), element)


def _float16_of_integers(pieces: list[ByteRange], count: int) -> NDArray[np.floating]:
    """Decode packed varints, each the bit pattern of a float16, as some converters write."""
    size = sum(len(piece) for piece in pieces)
    # Sixteen bits take one to three bytes.
    if not count <= size <= 3 * count:
        message = f"its identity matrix has {size:,} bytes for {count:,} numbers"
        raise WireError(message)
    data = np.frombuffer(b"".join(piece.read() for piece in pieces), np.uint8)
    ends = np.flatnonzero(data < 0x80) + 1
    lengths = np.diff(ends, prepend=0)
    if len(ends) != count or ends[-1] != size or lengths.max() > 3:
        message = f"its identity matrix does not hold {count:,} float16 numbers"
        raise WireError(message)
    bits = np.zeros(count, np.uint32)
    for place in range(3):
        has = lengths > place
        septet = data[(ends - lengths)[has] + place] & 0x7F
        bits[has] |= septet.astype(np.uint32) << np.uint32(7 * place)
    if bits.max() > 0xFFFF:
        message = "its identity matrix holds numbers that are not float16"
        raise WireError(message)
    return bits.astype(np.uint16).view(np.float16)
