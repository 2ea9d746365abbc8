from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper

from dlc.graph.passes.reciprocal import RECIPROCAL
from tests.graph.graphs import (
    assert_rewritten,
    assert_untouched,
    make_model,
    operators,
    random_feeds,
)


@pytest.mark.parametrize("opset", [11, 13, 21])
def test_one_divided_by_a_value_is_the_same(opset: int) -> None:
    nodes = [
        helper.make_node("Abs", ["x"], ["a"]),
        helper.make_node("Sqrt", ["a"], ["root"]),
        helper.make_node("Reciprocal", ["root"], ["r"]),
        helper.make_node("Reciprocal", ["r"], ["y"]),
    ]
    model = make_model(nodes, {"x": (2, 3, 4)}, ["y"], opset=opset)
    feeds = random_feeds({"x": (2, 3, 4)})
    feeds["x"].reshape(-1)[:3] = (0, 1e-30, 1e-4)
    rewritten = assert_rewritten(RECIPROCAL, model, feeds)
    assert operators(rewritten) == ["Abs", "Sqrt", "Div", "Div"]
    for one in rewritten.graph.initializer:
        assert (one.data_type, list(one.dims)) == (TensorProto.FLOAT, [])


def test_half_precision_stays_half_precision() -> None:
    nodes = [
        helper.make_node("Cast", ["x"], ["h"], to=TensorProto.FLOAT16),
        helper.make_node("Reciprocal", ["h"], ["r"]),
        helper.make_node("Cast", ["r"], ["y"], to=TensorProto.FLOAT),
    ]
    model = make_model(nodes, {"x": (5,)}, ["y"], opset=13)
    rewritten = assert_rewritten(RECIPROCAL, model, {"x": np.float32([1, 2, 3, 0.1, 300])})
    assert [one.data_type for one in rewritten.graph.initializer] == [TensorProto.FLOAT16]


def test_other_types_stay() -> None:
    nodes = [
        helper.make_node("Cast", ["x"], ["d"], to=TensorProto.DOUBLE),
        helper.make_node("Reciprocal", ["d"], ["r"]),
        helper.make_node("Cast", ["r"], ["y"], to=TensorProto.FLOAT),
    ]
    assert_untouched(RECIPROCAL, make_model(nodes, {"x": (3,)}, ["y"], opset=13))
