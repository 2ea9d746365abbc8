from __future__ import annotations

from collections.abc import Sequence

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from dlc.graph.passes.flatten import FLATTEN
from tests.graph.graphs import (
    assert_rewritten,
    assert_untouched,
    make_model,
    operators,
    random_feeds,
)


def _flatten(shape: Sequence[int | str], axis: int | None, opset: int = 11) -> onnx.ModelProto:
    attributes = {} if axis is None else {"axis": axis}
    node = helper.make_node("Flatten", ["x"], ["y"], **attributes)
    return make_model([node], {"x": shape}, ["y"], opset=opset)


@given(st.lists(st.integers(1, 4), max_size=5), st.integers(11, 21), st.data())
def test_every_axis_gives_the_same(shape: list[int], opset: int, data: st.DataObject) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape)))
    model = _flatten(shape, axis, opset)
    rewritten = assert_rewritten(FLATTEN, model, random_feeds({"x": shape}))
    assert operators(rewritten) == ["Reshape"]


@pytest.mark.parametrize("axis", [None, 0, 1, 2, 4, -2, -4])
def test_open_sizes_on_one_side_are_no_obstacle(axis: int | None) -> None:
    assert_rewritten(FLATTEN, _flatten(("n", "c", 2, 2), axis), random_feeds({"x": (2, 3, 2, 2)}))


def test_open_sizes_on_both_sides_stay_as_no_reshape_tells_them() -> None:
    assert_untouched(FLATTEN, _flatten(("n", 3, "h", 2), 2))


def test_an_empty_value_stays() -> None:
    assert_untouched(FLATTEN, _flatten((0, 3, 2), 1))
