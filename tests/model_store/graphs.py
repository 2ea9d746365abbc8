"""Small ONNX graphs with the inputs and outputs of real face models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Shape = Sequence[int | str | None] | None
Tensors = Sequence[tuple[str, Shape]]


def emap(seed: int = 5) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((512, 512), np.float32)


def tensors(values: Tensors, element: int = TensorProto.FLOAT) -> list[onnx.ValueInfoProto]:
    return [helper.make_tensor_value_info(name, element, shape) for name, shape in values]


def model(
    inputs: Tensors,
    outputs: Tensors,
    weights: Sequence[onnx.TensorProto] = (),
    element: int = TensorProto.FLOAT,
) -> onnx.ModelProto:
    """Return a graph whose outputs come from its first input, by nodes that are never run."""
    nodes = [helper.make_node("Identity", [inputs[0][0]], [name]) for name, _ in outputs]
    graph = helper.make_graph(
        nodes, "face", tensors(inputs, element), tensors(outputs, element), list(weights)
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def swapper(
    last: onnx.TensorProto | None = None, batch: int | str = 1, element: int = TensorProto.FLOAT
) -> onnx.ModelProto:
    """Return a graph with inswapper_128's inputs, outputs and last initializer."""
    weights = [
        numpy_helper.from_array(np.arange(24, dtype=np.float32).reshape(2, 3, 4), "kernel"),
        last if last is not None else numpy_helper.from_array(emap(), "buff2fs"),
    ]
    picture = (batch, 3, 128, 128)
    return model(
        [("target", picture), ("source", (batch, 512))], [("output", picture)], weights, element
    )


def save(content: onnx.ModelProto | bytes, folder: Path, name: str = "model.onnx") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.SerializeToString())
    return path


def length_delimited(number: int, size: int) -> bytes:
    """Return the key and length that begin a field of `size` bytes."""
    return varint(number << 3 | 2) + varint(size)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
