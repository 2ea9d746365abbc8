from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from dlc.graph.passes.reflect_pad import REFLECT_PAD
from tests.graph.graphs import (
    assert_rewritten,
    assert_untouched,
    initializers,
    make_model,
    operators,
    random_feeds,
)


def _pad(pads: Any, shape: Any = (1, 2, 5, 6), *, mode: str = "reflect") -> onnx.ModelProto:
    node = helper.make_node("Pad", ["x", "pads"], ["y"], mode=mode)
    return make_model([node], {"x": shape}, ["y"], {"pads": np.array(pads, np.int64)})


def _operators(size: int) -> list[str]:
    pads = [0, 0, size, size, 0, 0, size, size]
    rewritten = assert_rewritten(REFLECT_PAD, _pad(pads), random_feeds({"x": (1, 2, 5, 6)}))
    return operators(rewritten)


def test_a_padding_becomes_a_slice_for_each_row_and_a_concat_for_each_axis() -> None:
    assert _operators(1) == ["Slice", "Slice", "Concat"] * 2
    assert _operators(3) == [*["Slice"] * 6, "Concat"] * 2


@st.composite
def _paddings(draw: st.DrawFn) -> tuple[tuple[int, ...], list[int], list[int] | None, int]:
    """Draw a shape, pads, axes or None, and an opset."""
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=5)))
    opset = draw(st.integers(11, 21))
    axes = None
    if opset >= 18 and draw(st.booleans()):
        unique = draw(st.sets(st.integers(0, len(shape) - 1), min_size=1))
        axes = [a - draw(st.sampled_from([0, len(shape)])) for a in sorted(unique)]
    padded = axes if axes is not None else range(len(shape))
    pads = [draw(st.integers(0, shape[axis] - 1)) for _ in range(2) for axis in padded]
    return shape, pads, axes, opset


@given(_paddings(), st.booleans())
def test_any_padding_gives_the_same(
    padding: tuple[tuple[int, ...], list[int], list[int] | None, int], as_node: bool
) -> None:
    shape, pads, axes, opset = padding
    values = np.array(pads, np.int64)
    constants: dict[str, Any] = {} if as_node else {"pads": values}
    inputs, nodes = ["x", "pads"], []
    if as_node:
        tensor = onnx.numpy_helper.from_array(values)
        nodes.append(helper.make_node("Constant", [], ["pads"], value=tensor))
    if axes is not None:
        inputs += ["", "axes"]
        constants["axes"] = np.array(axes, np.int64)
    constants["emap"] = np.ones(1, np.float32)
    nodes.append(helper.make_node("Pad", inputs, ["y"], mode="reflect"))
    model = make_model(nodes, {"x": shape}, ["y"], constants, opset=opset)
    rewritten = assert_rewritten(REFLECT_PAD, model, random_feeds({"x": shape}))
    assert set(operators(rewritten)) <= {"Slice", "Concat", "Identity"}
    # What served the padding alone went with it.
    assert "pads" not in initializers(rewritten)
    assert initializers(rewritten)[-1] == "emap"


@pytest.mark.parametrize(
    "model",
    [
        _pad([0, 0, 1, 1, 0, 0, 1, 1], mode="constant"),
        _pad([0, 0, 1, 1, 0, 0, 1, 1], mode="edge"),
        _pad([0, 0, -1, 0, 0, 0, 1, 1]),
        _pad([0, 0, 5, 0, 0, 0, 0, 0]),
        _pad([0, 0, 1, 1, 0, 0, 1, 1], (1, 2, "h", "w")),
    ],
    ids=["constant", "edge", "negative", "as large as the picture", "of open size"],
)
def test_unsupported_paddings_are_left_to_pad(model: onnx.ModelProto) -> None:
    assert_untouched(REFLECT_PAD, model)


def test_only_the_padded_axes_need_to_be_known() -> None:
    model = _pad([0, 0, 1, 1, 0, 0, 1, 1], ("n", 2, 5, 6))
    assert_rewritten(REFLECT_PAD, model, random_feeds({"x": (3, 2, 5, 6)}))


def test_pads_that_come_in_at_run_time_stay() -> None:
    model = _pad([1, 1], (4,))
    pads = helper.make_tensor_value_info("pads", TensorProto.INT64, [2])
    model.graph.input.append(pads)
    assert_untouched(REFLECT_PAD, model)
    del model.graph.initializer[:]
    assert_untouched(REFLECT_PAD, model)


def test_the_initializers_of_an_old_file_are_constants_and_all_stand_among_the_inputs() -> None:
    node = helper.make_node("Pad", ["x", "pads"], ["y"], mode="reflect")
    last = {"pads": np.array([1, 2]), "emap": np.ones(3, np.float32)}
    model = make_model([node], {"x": (4,)}, ["y"], last, ir_version=4)
    model.ir_version = 3
    for name, element in (("pads", TensorProto.INT64), ("emap", TensorProto.FLOAT)):
        shape = [2] if name == "pads" else [3]
        model.graph.input.append(helper.make_tensor_value_info(name, element, shape))
    rewritten = assert_rewritten(REFLECT_PAD, model, random_feeds({"x": (4,)}))
    assert initializers(rewritten)[-1] == "emap"
    assert {v.name for v in rewritten.graph.input} == {"x", *initializers(rewritten)}


def test_the_last_initializer_stays_the_last_whatever_it_is() -> None:
    node = helper.make_node("Pad", ["x", "pads"], ["y"], mode="reflect")
    relu = helper.make_node("Relu", ["y"], ["z"])
    for constants in ({"pads": [1, 2], "emap": [1.0]}, {"unused": [1.0], "pads": [1, 2]}):
        model = make_model([node, relu], {"x": (4,)}, ["z"], constants)
        rewritten = assert_rewritten(REFLECT_PAD, model, random_feeds({"x": (4,)}))
        assert initializers(rewritten)[-1] == list(constants)[-1]
        assert len(initializers(rewritten)) > 2


def test_models_of_older_opsets_are_left_untouched() -> None:
    node = helper.make_node("Pad", ["x"], ["y"], mode="reflect", pads=[1, 1])
    assert_untouched(REFLECT_PAD, make_model([node], {"x": (4,)}, ["y"], opset=10))


def test_another_domains_pad_stays() -> None:
    model = _pad([1, 1], (4,))
    model.graph.node[0].domain = "com.microsoft"
    assert_untouched(REFLECT_PAD, model)


def test_new_names_are_unlike_those_of_the_model() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["y.axis0.1"], name="y.axis0"),
        helper.make_node("Pad", ["y.axis0.1", "pads"], ["y"], mode="reflect"),
    ]
    constants = {"pads": np.array([1, 1]), "int64.m2": np.ones(1, np.float32)}
    model = make_model(nodes, {"x": (4,)}, ["y"], constants)
    assert_rewritten(REFLECT_PAD, model, random_feeds({"x": (4,)}))
