"""Allows several pictures per run if the file was made for one."""

from __future__ import annotations

import logging

from dlc.graph.names import Rewrite
from dlc.graph.passes.batch_rules import RULES
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.nodes import subgraphs
from dlc.graph.passes.shapes import declared_dims

logger = logging.getLogger(__name__)

_NAME = "batch"


def _plan(edit: Edit) -> int:
    if all(dims and isinstance(dims[0], str) for dims in map(declared_dims, edit.inputs)):
        return 0
    batched, reason = _followed(edit)
    if reason is not None:
        logger.warning("the model keeps its batch of one: %s", reason)
        return 0
    graph = edit.model.graph
    for value in (*edit.inputs, *graph.value_info, *graph.output):
        dims = declared_dims(value)
        if value.name in batched and dims:
            edit.declare(value.name, [_NAME, *dims[1:]])
    return 1


OPEN_BATCH = GraphPass(
    Rewrite.BATCH,
    "several faces of a frame go through in one run, which fills a GPU better than one by one",
    exact=True,
    plan=_plan,
)


def _followed(edit: Edit) -> tuple[set[str], str | None]:
    """Return the values whose first axis is the batch, and what breaks it up, if anything.

    Every input has to begin with a batch of one, or of open size. From there, each node is checked
    by its operator's rule, which accepts nodes that leave the first axis to the batch, such as
    Conv, a reduction over other axes, or a sum with constants that are the same for every picture.
    A single node without a rule, or that its rule does not accept, is enough to refuse.
    """
    batched: set[str] = set()
    for value in edit.inputs:
        first = declared_dims(value)[:1]
        if not first or (isinstance(first[0], int) and first[0] != 1):
            return batched, f"its input {value.name} has no batch of one"
        batched.add(value.name)
    known = dict(edit.nodes(*RULES))
    for index, node in enumerate(edit.model.graph.node):
        if any(subgraphs(node)):
            return batched, f"{node.op_type} {node.name} has a body of its own"
        if not batched.intersection(node.input):
            continue
        if index not in known or not RULES[node.op_type](edit, node, batched):
            return batched, f"{node.op_type} {node.name} may mix the pictures of a batch"
        batched.update(filter(None, node.output))
    for value in edit.model.graph.output:
        if value.name not in batched:
            return batched, f"its output {value.name} does not depend on the input"
    return batched, None
