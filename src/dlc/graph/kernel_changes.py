"""Applies what a graph does to stored kernels when the kernels are written.

A rewrite sees a kernel's shape but not its values, which stay in the model's file. So it adds nodes
that convert or rearrange the kernel, and these are removed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto

from dlc.arrays import Array
from dlc.graph.passes.nodes import attribute, tensor_value, used_names


@dataclass(slots=True)
class KernelChange:
    """What to do to a stored kernel on its way to another file.

    Attributes:
        dims: its final shape.
        half: whether it changes from float32 to float16.
        steps: operations to apply, in order.
    """

    dims: tuple[int, ...]
    half: bool = False
    steps: list[Callable[[Array], Array]] = field(default_factory=list)

    def applied(self, values: Array) -> Array:
        """Return a float32 kernel in its final form."""
        for step in self.steps:
            values = step(values)
        return values

    def add(self, node: onnx.NodeProto, constants: Mapping[str, TensorProto]) -> bool:
        """Add a node's operation; return False if it cannot be applied beforehand."""
        if node.op_type == "Cast" and attribute(node, "to", 0) == TensorProto.FLOAT16:
            self.half = True
            self.steps.append(_halved)
        elif node.op_type == "Transpose":
            axes = attribute(node, "perm", list(reversed(range(len(self.dims)))))
            self.dims = tuple(self.dims[axis] for axis in axes)
            self.steps.append(lambda values: values.transpose(axes))
        elif node.op_type == "Reshape":
            shape = _sizes(constants.get(node.input[1]))
            if shape is None or np.prod(shape) != np.prod(self.dims):
                return False
            self.dims = shape
            self.steps.append(lambda values: values.reshape(shape))
        else:
            return False
        return True


def _halved(values: Array) -> Array:
    # Overflow was already detected when the graph was checked.
    with np.errstate(over="ignore"):
        return values.astype("<f2")


def _sizes(tensor: TensorProto | None) -> tuple[int, ...] | None:
    """Return the shape given to a Reshape; None if it is not written out."""
    value = None if tensor is None else tensor_value(tensor, most=8)
    return None if value is None or (value < 1).any() else tuple(map(int, value))


def without_kernel_changes(graph: onnx.GraphProto) -> dict[str, KernelChange]:
    """Remove the nodes that only change stored kernels.

    Returns:
        The changes to apply to initializers instead, keyed by the names of the results.
    """
    constants = {tensor.name: tensor for tensor in graph.initializer}
    stored = {
        name: tensor
        for name, tensor in constants.items()
        if tensor.data_location == TensorProto.EXTERNAL and tensor.data_type == TensorProto.FLOAT
    }
    uses = Counter(name for node in graph.node for name in used_names(node))
    uses.update(output.name for output in graph.output)
    changes: dict[str, KernelChange] = {}
    done = []
    for index, node in enumerate(graph.node):
        tensor = stored.get(node.input[0]) if node.input else None
        if tensor is None or uses[tensor.name] != 1:
            continue
        change = changes.get(tensor.name) or KernelChange(tuple(tensor.dims))
        if change.add(node, constants):
            changes.pop(tensor.name, None)
            changes[node.output[0]] = change
            tensor.name = node.output[0]
            stored[tensor.name] = tensor
            done.append(index)
    for index in reversed(done):
        del graph.node[index]
    return changes
