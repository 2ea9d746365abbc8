from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from dlc.graph.passes.shape_constants import SHAPES
from tests.graph.graphs import (
    Shape,
    assert_rewritten,
    assert_untouched,
    make_model,
    operators,
    random_feeds,
)

_SIZES = {"y": TensorProto.INT64}


def _node(operator: str, inputs: str, output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(operator, inputs.split(), output.split(), **attributes)


def _upsampling(extra: Sequence[onnx.NodeProto], outputs: dict[str, int]) -> onnx.ModelProto:
    """Return a picture resized to another's size, which it asks for as PyTorch's export does."""
    nodes = [
        _node("Shape", "large", "shape"),
        _node("Gather", "shape two", "height", axis=0),
        _node("Unsqueeze", "height", "rows", axes=[0]),
        _node("Shape", "small", "small_shape"),
        _node("Slice", "small_shape zero two_list zero", "channels"),
        _node("Concat", "channels rows rows", "sizes", axis=0),
        _node("Resize", "small none none sizes", "resized", mode="nearest"),
        *extra,
    ]
    constants = {
        "two": np.int64(2),
        "zero": np.array([0]),
        "two_list": np.array([2]),
        "none": np.zeros(0, np.float32),
    }
    inputs = {"small": (1, 2, 3, 3), "large": (1, 2, 6, 6)}
    return make_model(nodes, inputs, outputs, constants)


_FEEDS = random_feeds({"small": (1, 2, 3, 3), "large": (1, 2, 6, 6)})


def test_what_leads_to_the_sizes_of_a_resize_becomes_one_constant() -> None:
    model = _upsampling([_node("Relu", "resized", "y")], {"y": TensorProto.FLOAT})
    assert operators(assert_rewritten(SHAPES, model, _FEEDS)) == ["Resize", "Relu"]


def test_a_shape_that_is_an_output_too_still_is_one() -> None:
    outputs = {"resized": TensorProto.FLOAT, "shape": TensorProto.INT64}
    rewritten = assert_rewritten(SHAPES, _upsampling([], outputs), _FEEDS)
    assert operators(rewritten) == ["Constant", "Resize"]


def test_a_shape_that_is_used_elsewhere_too_is_right_there() -> None:
    expand = _node("Expand", "one shape", "y")
    constant = _node("Constant", "", "one", value=onnx.numpy_helper.from_array(np.float32([1])))
    outputs = {"resized": TensorProto.FLOAT, "y": TensorProto.FLOAT}
    rewritten = assert_rewritten(SHAPES, _upsampling([constant, expand], outputs), _FEEDS)
    assert operators(rewritten).count("Resize") == 1
    assert "Shape" not in operators(rewritten)


def test_one_size_leads_to_the_next() -> None:
    nodes = [
        _node("Shape", "x", "shape"),
        _node("Reshape", "x shape", "same"),
        _node("Shape", "same", "again"),
        _node("Cast", "again", "floats", to=TensorProto.FLOAT),
        _node("Mul", "floats half", "halves"),
        _node("Floor", "halves", "floor"),
        _node("Cast", "floor", "y", to=TensorProto.INT64),
    ]
    model = make_model(nodes, {"x": (2, 7)}, _SIZES, {"half": np.float32(0.5)})
    rewritten = assert_rewritten(SHAPES, model, random_feeds({"x": (2, 7)}))
    # Of what remains of the chain only the output is used.
    assert operators(rewritten) == ["Constant"]


@given(
    st.lists(st.integers(0, 4), max_size=5),
    st.integers(-7, 7) | st.none(),
    st.integers(-7, 7) | st.none(),
    st.integers(15, 21),
)
def test_any_part_of_a_shape_is_the_same(
    shape: list[int], start: int | None, end: int | None, opset: int
) -> None:
    bounds = {name: n for name, n in (("start", start), ("end", end)) if n is not None}
    nodes = [_node("Shape", "x", "y", **bounds), _node("Size", "x", "size")]
    outputs = {"y": TensorProto.INT64, "size": TensorProto.INT64}
    model = make_model(nodes, {"x": shape}, outputs, opset=opset)
    rewritten = assert_rewritten(SHAPES, model, random_feeds({"x": shape}))
    assert operators(rewritten) == ["Constant", "Constant"]


@given(
    st.sampled_from(["Add", "Sub", "Mul", "Div", "Mod", "Min", "Max"]),
    st.lists(st.integers(-9, 9).filter(bool), min_size=3, max_size=3),
    st.integers(12, 21),
)
def test_arithmetic_is_the_runtimes(operator: str, others: list[int], opset: int) -> None:
    nodes = [
        _node("Shape", "x", "shape"),
        _node("Sub", "shape five", "signed"),
        _node(operator, "signed others", "y"),
    ]
    constants = {"five": np.array([5]), "others": np.array(others)}
    model = make_model(nodes, {"x": (2, 5, 9)}, _SIZES, constants, opset=opset)
    assert_rewritten(SHAPES, model, random_feeds({"x": (2, 5, 9)}))


@pytest.mark.parametrize("shape", [("n", 3), None], ids=["open", "unknown"])
def test_shapes_that_are_not_known_stay(shape: Shape | None) -> None:
    model = make_model([_node("Shape", "x", "y")], {"x": shape}, _SIZES)  # type: ignore[dict-item]
    assert_untouched(SHAPES, model)


def test_the_part_of_an_open_shape_that_is_known_becomes_a_constant() -> None:
    model = make_model([_node("Shape", "x", "y", start=1)], {"x": ("n", 3)}, _SIZES, opset=15)
    assert_rewritten(SHAPES, model, random_feeds({"x": (2, 3)}))


def test_what_a_file_claims_of_values_inside_is_not_believed() -> None:
    nodes = [_node("Relu", "x", "inside"), _node("Shape", "inside", "y")]
    model = make_model(nodes, {"x": ("n", 3)}, _SIZES)
    claim = helper.make_tensor_value_info("inside", TensorProto.FLOAT, [12800, 3])
    model.graph.value_info.append(claim)
    assert_untouched(SHAPES, model)


def test_what_a_file_claims_of_its_outputs_is_not_believed_either() -> None:
    nodes = [_node("Relu", "x", "scores"), _node("Shape", "scores", "y")]
    model = make_model(nodes, {"x": ("n", 3)}, {"scores": TensorProto.FLOAT, **_SIZES})
    claim = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [12800, 3])
    model.graph.output[0].CopyFrom(claim)
    assert_untouched(SHAPES, model)


def test_a_shape_that_comes_in_at_run_time_is_not_known_by_its_default() -> None:
    nodes = [_node("Reshape", "x target", "turned"), _node("Shape", "turned", "y")]
    model = make_model(nodes, {"x": (2, 3)}, _SIZES, {"target": np.array([3, 2])})
    target = helper.make_tensor_value_info("target", TensorProto.INT64, [2])
    model.graph.input.append(target)
    assert_untouched(SHAPES, model)


def test_a_division_by_zero_is_left_to_the_runtime() -> None:
    nodes = [_node("Shape", "x", "shape"), _node("Div", "shape zero", "y")]
    model = make_model(nodes, {"x": (2, 3)}, _SIZES, {"zero": np.array([0])})
    assert operators(SHAPES.apply(model)) == ["Div"]


def test_arithmetic_of_constants_alone_is_not_touched() -> None:
    nodes = [_node("Add", "one one", "two"), _node("Mul", "x two", "y")]
    model = make_model(nodes, {"x": (2, 3)}, ["y"], {"one": np.float32(1)})
    assert_untouched(SHAPES, model)
