"""Removes what is unused after a change."""

from __future__ import annotations

from collections.abc import Iterable

import onnx

from dlc.graph.passes.nodes import STANDARD_DOMAINS, count_uses, used_names


def without_unused(
    nodes: list[onnx.NodeProto],
    removed: Iterable[onnx.NodeProto],
    outputs: Iterable[onnx.ValueInfoProto],
    added: Iterable[str],
) -> tuple[list[onnx.NodeProto], set[str]]:
    """Drop the nodes that only fed removed ones.

    Args:
        nodes: a graph's nodes after the change.
        removed: the nodes that the change removed.
        outputs: the graph's outputs.
        added: the graph's new initializers.

    Returns:
        The remaining nodes, and the values and initializers that are no longer used.
    """
    uses = count_uses(nodes, outputs)
    producers = {name: index for index, node in enumerate(nodes) for name in node.output if name}
    dropped: set[int] = set()
    unused: set[str] = set()
    doubtful = [name for node in removed for name in (*node.input, *node.output)] + list(added)
    while doubtful:
        name = doubtful.pop()
        if not name or uses[name] or name in unused:
            continue
        unused.add(name)
        index = producers.get(name)
        if index is None or any(uses[output] for output in nodes[index].output):
            continue
        if index not in dropped and nodes[index].domain in STANDARD_DOMAINS:
            dropped.add(index)
            inputs = list(used_names(nodes[index]))
            uses.subtract(inputs)
            doubtful += [*inputs, *nodes[index].output]
    return [node for index, node in enumerate(nodes) if index not in dropped], unused
