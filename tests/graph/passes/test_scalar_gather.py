from __future__ import annotations

import numpy as np
import onnx
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from dlc.graph.passes.scalar_gather import SCALAR_GATHER
from tests.graph.graphs import (
    assert_rewritten,
    assert_untouched,
    make_model,
    operators,
    random_feeds,
)


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=5),
    st.integers(11, 21),
    st.sampled_from([np.int32, np.int64]),
    st.data(),
)
def test_one_element_of_any_axis_is_the_same(
    shape: list[int], opset: int, dtype: type[np.integer], data: st.DataObject
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    which = data.draw(st.integers(-shape[axis], shape[axis] - 1))
    node = helper.make_node("Gather", ["x", "which"], ["y"], axis=axis)
    model = make_model([node], {"x": shape}, ["y"], {"which": dtype(which)}, opset=opset)
    rewritten = assert_rewritten(SCALAR_GATHER, model, random_feeds({"x": shape}))
    assert operators(rewritten) == ["Gather", "Squeeze"]


def test_an_open_shape_is_no_obstacle() -> None:
    node = helper.make_node("Gather", ["x", "which"], ["y"], axis=-1)
    model = make_model([node], {"x": ("n", "c")}, ["y"], {"which": np.int64(1)})
    assert_rewritten(SCALAR_GATHER, model, random_feeds({"x": (2, 3)}))


def test_lists_sizes_and_indices_from_outside_stay() -> None:
    gather = helper.make_node("Gather", ["x", "which"], ["y"])
    model = make_model([gather], {"x": (2, 3)}, ["y"], {"which": np.array([1])})
    assert_untouched(SCALAR_GATHER, model)
    size = [
        helper.make_node("Shape", ["x"], ["shape"]),
        helper.make_node("Gather", ["shape", "which"], ["y"]),
    ]
    outputs = {"y": TensorProto.INT64}
    model = make_model(size, {"x": ("n", 3)}, outputs, {"which": np.int64(0)})
    assert_untouched(SCALAR_GATHER, model)
    model = make_model([gather], {"x": (2, 3)}, ["y"], {"which": np.int64(1)})
    model.graph.input.append(helper.make_tensor_value_info("which", onnx.TensorProto.INT64, []))
    assert_untouched(SCALAR_GATHER, model)
