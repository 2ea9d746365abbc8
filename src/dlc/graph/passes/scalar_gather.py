"""Replaces taking one element of an axis with taking a list of one and dropping the axis."""

from __future__ import annotations

from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.nodes import attribute

# Before this opset, the axes of Squeeze are an attribute.
_AXES_AS_INPUT = 13


def _plan(edit: Edit) -> int:
    count = 0
    for index, node in edit.nodes("Gather"):
        data, which = node.input
        value = edit.value(which, most=1)
        source = edit.producer(data)
        # Picking a size out of a shape is not work for CoreML in any form.
        if value is None or value.ndim or (source is not None and source.op_type == "Shape"):
            continue
        axis, output = attribute(node, "axis", 0), node.output[0]
        wide = edit.fresh(f"{output}.wide")
        gather = edit.node("Gather", [data, edit.constant(value.reshape(1))], wide, axis=axis)
        if edit.opset < _AXES_AS_INPUT:
            squeeze = edit.node("Squeeze", [wide], output, axes=[axis])
        else:
            squeeze = edit.node("Squeeze", [wide, edit.constant([axis])], output)
        edit.replace(index, [gather, squeeze])
        count += 1
    return count


SCALAR_GATHER = GraphPass(
    Rewrite.SCALAR_GATHER,
    "CoreML's ML programs refused a Gather whose index is a scalar",
    exact=True,
    plan=_plan,
)
