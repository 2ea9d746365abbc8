from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from dlc.graph.passes.split import SPLIT
from tests.graph.graphs import (
    assert_rewritten,
    assert_untouched,
    make_model,
    operators,
    random_feeds,
)


def _split(
    shape: Sequence[int | str],
    axis: int,
    count: int,
    sizes: list[int] | None = None,
    *,
    opset: int = 11,
) -> onnx.ModelProto:
    names = [f"y{number}" for number in range(count)]
    inputs, attributes, constants = ["x"], {}, {}
    if sizes is not None and opset < 13:
        attributes["split"] = sizes
    elif sizes is not None:
        inputs.append("sizes")
        constants["sizes"] = np.array(sizes, np.int64)
    elif opset >= 18:
        attributes["num_outputs"] = count
    node = helper.make_node("Split", inputs, names, axis=axis, **attributes)
    return make_model([node], {"x": shape}, names, constants, opset=opset)


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=5),
    st.lists(st.integers(0, 4), min_size=1, max_size=4).filter(any),
    st.integers(11, 21),
    st.data(),
)
def test_parts_of_any_size_are_the_same(
    shape: list[int], sizes: list[int], opset: int, data: st.DataObject
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    shape[axis] = sum(sizes)
    model = _split(shape, axis, len(sizes), sizes, opset=opset)
    rewritten = assert_rewritten(SPLIT, model, random_feeds({"x": shape}))
    assert operators(rewritten) == ["Slice"] * len(sizes)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(11, 21))
def test_equal_parts_are_the_same(count: int, size: int, opset: int) -> None:
    shape = (2, count * size)
    model = _split(shape, 1, count, opset=opset)
    assert_rewritten(SPLIT, model, random_feeds({"x": shape}))


@pytest.mark.parametrize(("total", "count"), [(7, 2), (7, 3), (10, 4), (5, 5)])
def test_the_last_of_equal_parts_may_be_smaller(total: int, count: int) -> None:
    model = _split((total, 2), 0, count, opset=18)
    assert_rewritten(SPLIT, model, random_feeds({"x": (total, 2)}))


def test_given_sizes_do_not_need_the_shape_and_equal_ones_do() -> None:
    model = _split(("n", "c"), 1, 2, [1, 2])
    assert_rewritten(SPLIT, model, random_feeds({"x": (2, 3)}))
    assert_untouched(SPLIT, _split(("n", "c"), 1, 2))


def test_sizes_that_come_in_at_run_time_stay() -> None:
    model = _split((2, 3), 1, 2, [1, 2], opset=13)
    sizes = helper.make_tensor_value_info("sizes", onnx.TensorProto.INT64, [2])
    model.graph.input.append(sizes)
    assert_untouched(SPLIT, model)
