"""Replaces reflect padding with slices one element wide.

Each mirrored row is a separate Slice, and one Concat per axis joins them, so a padding of n
elements around a picture becomes 4n Slices and 2 Concats. In inswapper_128, 12 of the 14 pads are
one element wide and become 6 nodes each, 2 are three wide and become 14: 226 nodes become 312.
Slices of several elements would have to run backwards, which is slower if possible at all.
"""

from __future__ import annotations

import onnx

from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.nodes import attribute, optional_input


def _plan(edit: Edit) -> int:
    count = 0
    for index, node in edit.nodes("Pad"):
        if attribute(node, "mode", "constant") != "reflect":
            continue
        amounts = _amounts(edit, node)
        if amounts is not None:
            edit.replace(index, _slices(edit, node, amounts))
            count += 1
    return count


REFLECT_PAD = GraphPass(
    Rewrite.REFLECT_PAD,
    "CoreML's ML programs had no mirroring Pad, so each one broke the graph in two",
    exact=True,
    plan=_plan,
)


def _amounts(edit: Edit, node: onnx.NodeProto) -> dict[int, tuple[int, int]] | None:
    """Return how much is mirrored before and after each axis; None if uncertain."""
    shape = edit.shapes.get(node.input[0])
    pads = edit.integers(node.input[1])
    if shape is None or pads is None:
        return None
    rank = len(shape)
    named_axes = optional_input(node, 3)
    axes = edit.integers(named_axes) if named_axes else list(range(rank))
    if axes is None or len(pads) != 2 * len(axes) or not all(-rank <= a < rank for a in axes):
        return None
    amounts: dict[int, tuple[int, int]] = {}
    for axis, before, after in zip(axes, pads[: len(axes)], pads[len(axes) :], strict=True):
        size = shape[axis]
        if before == after == 0:
            continue
        # Cropping, and mirroring what is itself mirrored, are left to Pad.
        if size is None or min(before, after) < 0 or max(before, after) >= size:
            return None
        amounts[axis % rank] = (before, after)
    return amounts


def _slices(
    edit: Edit, node: onnx.NodeProto, amounts: dict[int, tuple[int, int]]
) -> list[onnx.NodeProto]:
    value, output = node.input[0], node.output[0]
    if not amounts:
        return [edit.node("Identity", [value], output)]
    nodes = []
    for axis, (before, after) in amounts.items():
        last = axis == list(amounts)[-1]
        # Element 0 is not repeated: before it come elements before, ..., 2, 1.
        starts = [*range(before, 0, -1), *range(-2, -after - 2, -1)]
        mirrored = []
        for start in starts:
            bounds = [edit.constant([number]) for number in (start, start + 1, axis)]
            name = edit.fresh(f"{output}.axis{axis}.{'m' * (start < 0)}{abs(start)}")
            nodes.append(edit.node("Slice", [value, *bounds], name))
            mirrored.append(name)
        parts = [*mirrored[:before], value, *mirrored[before:]]
        value = output if last else edit.fresh(f"{output}.axis{axis}")
        nodes.append(edit.node("Concat", parts, value, axis=axis))
    return nodes
