from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper

from dlc.graph.passes.weight_constants import WEIGHTS
from tests.graph.graphs import (
    assert_rewritten,
    assert_same_outputs,
    assert_untouched,
    initializers,
    make_model,
    operators,
    random_feeds,
    with_listed_weights,
)

_SHAPE = (2, 3, 5, 5)


@st.composite
def networks(draw: st.DrawFn) -> onnx.ModelProto:
    """Draw a network of SFace's kinds of layers from `x` and `other`, of `_SHAPE`, to `y`."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes: list[onnx.NodeProto] = []
    constants: dict[str, NDArray[Any]] = {}
    x = "x"

    def weights(*shape: int, least: float = -1.0) -> str:
        """Add weights with which a layer's values stay about as large as they come in."""
        name = f"w{len(constants)}"
        values = generator.uniform(least, 1, shape) / max(1, np.prod(shape[1:]))
        constants[name] = values.astype(np.float32)
        return name

    for kind in draw(st.lists(st.sampled_from(_LAYERS), min_size=1, max_size=6)):
        output = f"v{len(nodes)}"
        if kind == "Conv":
            inputs = [x, weights(3, 3, 3, 3), *([weights(3)] if draw(st.booleans()) else [])]
            node = helper.make_node("Conv", inputs, [output], pads=[1] * 4)
        elif kind == "BatchNormalization":
            inputs = [x, weights(3), weights(3), weights(3), weights(3, least=0.5)]
            node = helper.make_node(kind, inputs, [output])
        elif kind == "PRelu":
            node = helper.make_node(kind, [x, weights(3, 1, 1)], [output])
        else:
            second = draw(st.sampled_from(["other", weights(1, 3, 1, 1)]))
            node = helper.make_node(kind, [x, second], [output])
        nodes.append(node)
        x = output
    nodes.append(helper.make_node("Identity", [x], ["y"]))
    return make_model(nodes, {"x": _SHAPE, "other": _SHAPE}, ["y"], constants)


_LAYERS = ("Conv", "BatchNormalization", "PRelu", "Add", "Mul")


def _session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    """Return a session with all of ONNX Runtime's optimizations."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def _replaceable(model: onnx.ModelProto) -> list[str]:
    return [value.name for value in _session(model).get_overridable_initializers()]


@given(networks(), st.data())
def test_weights_become_constants_and_real_inputs_stay(
    model: onnx.ModelProto, data: st.DataObject
) -> None:
    names = initializers(model)
    if not names:
        assert_untouched(WEIGHTS, model)
        return
    listed = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    before = with_listed_weights(model, *listed)
    assert set(_replaceable(before)) == set(listed)
    feeds = random_feeds({"x": _SHAPE, "other": _SHAPE})
    after = assert_rewritten(WEIGHTS, before, feeds)
    assert after == model
    assert _replaceable(after) == []
    # What ONNX Runtime now folds and fuses is the same arithmetic in another order.
    (expected,), (actual,) = (_session(each).run(None, feeds) for each in (before, after))
    np.testing.assert_allclose(actual, expected, atol=1e-5 * max(1, np.abs(expected).max()))


def test_each_weight_counts_and_those_that_are_constants_already_do_not() -> None:
    nodes = [
        helper.make_node("Mul", ["x", "a"], ["product"]),
        helper.make_node("Add", ["product", "b"], ["y"]),
    ]
    constants = {"a": np.float32([2]), "b": np.float32([3]), "idle": np.float32([4])}
    model = make_model(nodes, {"x": (1,)}, ["y"], constants)
    assert_untouched(WEIGHTS, model)
    assert WEIGHTS.apply_counting(with_listed_weights(model, "a", "idle"))[1] == 2
    after = assert_rewritten(WEIGHTS, with_listed_weights(model), random_feeds({"x": (1,)}))
    assert initializers(after) == ["a", "b", "idle"]


def test_before_ir_version_4_listed_weights_are_constants_and_stay_listed() -> None:
    nodes = [helper.make_node("Mul", ["x", "a"], ["y"])]
    constants = {"a": np.float32([2])}
    old = with_listed_weights(make_model(nodes, {"x": (1,)}, ["y"], constants, ir_version=3))
    assert _replaceable(old) == []
    assert_untouched(WEIGHTS, old)


def test_bodies_of_control_flow_go_on_using_them() -> None:
    def body(operator: str) -> onnx.GraphProto:
        output = helper.make_tensor_value_info(operator, TensorProto.FLOAT, None)
        node = helper.make_node(operator, ["x", "w"], [operator])
        return helper.make_graph([node], "body", [], [output])

    nodes = [
        helper.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
        helper.make_node("Greater", ["sum", "zero"], ["positive"]),
        helper.make_node(
            "If", ["positive"], ["y"], then_branch=body("Add"), else_branch=body("Mul")
        ),
    ]
    constants = {"zero": np.float32(0), "w": np.float32([3, 4])}
    model = with_listed_weights(make_model(nodes, {"x": (2,)}, ["y"], constants))
    after = WEIGHTS.apply(model)
    assert [value.name for value in after.graph.input] == ["x"]
    for x in ([1, 2], [-1, -2]):
        assert_same_outputs(model, after, {"x": np.float32(x)})


def test_operators_of_old_opsets_do_not_matter() -> None:
    nodes = [helper.make_node("Clip", ["x"], ["kept"], min=0.0), _added("kept")]
    model = make_model(nodes, {"x": (3,)}, ["y"], {"w": np.float32([1, 2, 3])}, opset=9)
    after = assert_rewritten(WEIGHTS, with_listed_weights(model), random_feeds({"x": (3,)}))
    assert operators(after) == ["Clip", "Add"]
    assert [value.name for value in after.graph.input] == ["x"]


def _added(name: str) -> onnx.NodeProto:
    return helper.make_node("Add", [name, "w"], ["y"])
