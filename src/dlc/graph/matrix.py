"""Reads one weight of a model that was not loaded as a whole."""

from __future__ import annotations

import numpy as np
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, numpy_helper
from onnx.external_data_helper import uses_external_data

from dlc.arrays import Floats


def matrix_of(content: bytes, shape: tuple[int, int]) -> Floats:
    """Return the numbers of a tensor, which must have this shape and be float32 or float16.

    Args:
        content: a serialized TensorProto; it need not be trusted.
        shape: rows and columns.

    Returns:
        float32 of that shape, a copy.

    Raises:
        ValueError: the tensor is of another kind, malformed, or stored in a separate file.
    """
    size = f"{shape[0]} x {shape[1]} numbers"
    tensor = TensorProto()
    try:
        tensor.ParseFromString(content)
    except DecodeError as error:
        raise ValueError("its last weight is malformed") from error
    is_float = tensor.data_type in (TensorProto.FLOAT, TensorProto.FLOAT16)
    if tuple(tensor.dims) != shape or not is_float:
        raise ValueError(f"its last weight is not a matrix of {size}")
    if uses_external_data(tensor):
        raise ValueError("it keeps its weights in another file")
    try:
        numbers = numpy_helper.to_array(tensor)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"its identity matrix does not hold {size}") from error
    return numbers.astype(np.float32)
