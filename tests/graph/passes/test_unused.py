from __future__ import annotations

from collections.abc import Sequence

import onnx
from onnx import TensorProto, helper

from dlc.graph.passes.unused import without_unused


def _output(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, None)


def _rest(
    nodes: Sequence[onnx.NodeProto], removed: onnx.NodeProto, *outputs: str, added: str = "new"
) -> tuple[list[str], set[str]]:
    """Return what the remaining nodes are, and what is unused."""
    left, unused = without_unused(list(nodes), [removed], map(_output, outputs), [added])
    return [node.op_type for node in left], unused


def test_what_only_led_to_a_removed_node_goes_with_it() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Add", ["a", "weights"], ["b"]),
        helper.make_node("Neg", ["x"], ["y"]),
    ]
    removed = helper.make_node("Shape", ["b"], ["c"])
    left, unused = _rest(nodes, removed, "y")
    assert left == ["Neg"]
    assert unused == {"a", "b", "c", "weights", "new"}


def test_what_leads_elsewhere_too_stays() -> None:
    nodes = [
        helper.make_node("Split", ["x"], ["a", "b"]),
        helper.make_node("Add", ["a", "new"], ["y"]),
    ]
    left, unused = _rest(nodes, helper.make_node("Shape", ["b"], ["c"]), "y")
    assert left == ["Split", "Add"]
    assert unused == {"b", "c"}


def test_what_was_unused_before_is_not_this_changes_business() -> None:
    nodes = [helper.make_node("Relu", ["x"], ["idle"]), helper.make_node("Neg", ["x"], ["y"])]
    left, unused = _rest(nodes, helper.make_node("Shape", ["x"], ["c"]), "y")
    assert left == ["Relu", "Neg"]
    assert "idle" not in unused


def test_what_the_bodies_of_a_dropped_node_used_goes_too() -> None:
    body = helper.make_graph(
        [helper.make_node("Neg", ["weights"], ["inner"])], "body", [], [_output("inner")]
    )
    choice = helper.make_node("If", ["x"], ["a"], then_branch=body, else_branch=body)
    left, unused = _rest([choice], helper.make_node("Shape", ["a"], ["c"]))
    assert left == []
    assert "weights" in unused


def test_nodes_of_another_domain_stay_as_they_may_do_more_than_they_give() -> None:
    node = helper.make_node("Log", ["x"], ["a"], domain="somebody.else")
    assert _rest([node], helper.make_node("Shape", ["a"], ["c"]))[0] == ["Log"]
