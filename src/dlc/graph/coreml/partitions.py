"""Predicts, without a Mac, how many partitions CoreML makes of a graph.

Every partition is a separate program, and values return to the CPU between two of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import onnx

from dlc.graph.coreml.node import CoremlNode, GraphFacts
from dlc.graph.coreml.rules import does_work, why_unsupported

# The first release that leaves groups that only move values to the CPU.
_IDLE_GROUPS_LEFT = (1, 27)


@dataclass(frozen=True, slots=True)
class UnsupportedNode:
    """A node that stays on the CPU.

    Attributes:
        name: the node's name, or its first output's if it has none.
        operator: its operator, such as "Pad".
        reason: why CoreML does not take it.
    """

    name: str
    operator: str
    reason: str


@dataclass(frozen=True, slots=True)
class Partitioning:
    """How a graph would be split between CoreML and the CPU.

    Attributes:
        partitions: number of pieces of the graph that CoreML runs.
        nodes: number of nodes in the graph.
        unsupported: nodes that stay on the CPU, in the graph's order.
    """

    partitions: int
    nodes: int
    unsupported: tuple[UnsupportedNode, ...]

    @property
    def supported(self) -> int:
        """Number of nodes that CoreML runs."""
        return self.nodes - len(self.unsupported)


def predict_partitions(model: onnx.ModelProto, release: tuple[int, int]) -> Partitioning:
    """Predict how ONNX Runtime's CoreML provider partitions a graph, in MLProgram format.

    Args:
        model: as ONNX Runtime shows it to its providers, after the basic optimizations. Large
            weights may be external.
        release: major and minor version of ONNX Runtime, such as (1, 24).
    """
    facts = GraphFacts.of(model)
    nodes = [node for node in model.graph.node if node.op_type != "Constant"]
    problems = [why_unsupported(CoremlNode(node, facts, release)) for node in nodes]
    kept = 0
    for group in _groups(_consumers(nodes), [problem is None for problem in problems]):
        if _is_kept([nodes[index] for index in group], release):
            kept += 1
            continue
        for index in group:
            problems[index] = "the nodes around it that are taken only move values"
    unsupported = tuple(
        UnsupportedNode(node.name or node.output[0], node.op_type, problem)
        for node, problem in zip(nodes, problems, strict=True)
        if problem is not None
    )
    return Partitioning(kept, len(nodes), unsupported)


def _is_kept(group: Sequence[onnx.NodeProto], release: tuple[int, int]) -> bool:
    """Return whether a group is worth a program of its own, of which newer releases judge."""
    return release < _IDLE_GROUPS_LEFT or any(does_work(node) for node in group)


def _consumers(nodes: list[onnx.NodeProto]) -> list[list[int]]:
    """Return for every node the nodes that use its outputs, once per use, in order."""
    producers = {name: index for index, node in enumerate(nodes) for name in node.output if name}
    consumers: list[list[int]] = [[] for _ in nodes]
    for index, node in enumerate(nodes):
        for name in _used(node):
            if name in producers:
                consumers[producers[name]].append(index)
    return consumers


def _used(node: onnx.NodeProto) -> list[str]:
    """Return the values a node uses, including those that control flow bodies take from outside."""
    used = list(node.input)
    for attribute in node.attribute:
        for body in (attribute.g, *attribute.graphs):
            inner = {name for inside in body.node for name in inside.output}
            names = [name for inside in body.node for name in _used(inside)]
            names += [output.name for output in body.output]
            used += [name for name in names if name not in inner]
    return used


def _groups(consumers: list[list[int]], supported: list[bool]) -> list[list[int]]:
    """Return the groups of nodes that ONNX Runtime forms, each as large as possible.

    It walks the graph in topological order, in waves. A wave takes every node that is ready, except
    unsupported ones that use values of the wave's own group: these start the next wave.
    """
    waiting = [0] * len(consumers)
    for users in consumers:
        for user in users:
            waiting[user] += 1
    ready = deque(index for index, count in enumerate(waiting) if not count)
    postponed: deque[int] = deque()
    border: set[int] = set()
    groups: list[list[int]] = [[]]
    while ready or postponed:
        if not ready:
            groups.append([])
            ready, postponed, border = postponed, ready, set()
            continue
        index = ready.popleft()
        if supported[index]:
            groups[-1].append(index)
            border.update(consumers[index])
        elif index in border:
            postponed.append(index)
            continue
        for user in consumers[index]:
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    return [group for group in groups if group]
