from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from dlc.errors import ModelError
from dlc.graph.passes.graph_pass import REORDERED
from dlc.graph.passes.pixels import PIXELS
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.verification import Reference


def scaled(factor: float, dtype: type = np.float32, operator: str = "Mul") -> bytes:
    """Return a model that multiplies three numbers."""
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    graph = helper.make_graph(
        [helper.make_node(operator, ["x", "factor"], ["y"])],
        "scaled",
        [helper.make_tensor_value_info("x", element, ["n", 3])],
        [helper.make_tensor_value_info("y", element, None)],
        [numpy_helper.from_array(np.array([factor], dtype), "factor")],
    )
    opset = helper.make_opsetid("", 13)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString()


def difference(original: bytes, rewritten: bytes, tmp_path: Path) -> float:
    return Reference.of("model", original, tmp_path).difference(rewritten)


def test_the_same_model_differs_by_nothing(tmp_path: Path) -> None:
    assert difference(scaled(3.0), scaled(3.0), tmp_path) == 0


@pytest.mark.parametrize("factor", [1e-3, 1.0, 1e6])
def test_a_difference_is_told_relative_to_the_largest_value(factor: float, tmp_path: Path) -> None:
    found = difference(scaled(factor), scaled(factor * 1.01), tmp_path)
    assert found == pytest.approx(0.01, rel=1e-3)


def test_one_unit_in_the_last_place_is_seen_and_tolerated(tmp_path: Path) -> None:
    nearly = float(np.nextafter(np.float32(3), np.float32(4)))
    assert 0 < difference(scaled(3.0), scaled(nearly), tmp_path) < REORDERED


def test_a_zero_of_the_other_sign_is_not_the_same_to_the_bit(tmp_path: Path) -> None:
    assert difference(scaled(0.0), scaled(-0.0), tmp_path) > 0


def test_another_type_is_no_match(tmp_path: Path) -> None:
    original = Reference.of("model", scaled(1.0), tmp_path)
    double = Reference("model", tmp_path, 1, {"x": original.feed["x"].astype(np.float64)}, {})
    outputs = {"y": original.outputs["y"]}
    renewed = Reference("model", tmp_path, 1, double.feed, outputs)
    assert renewed.difference(scaled(1.0, np.float64)) == float("inf")


def test_infinity_in_one_of_them_is_no_match(tmp_path: Path) -> None:
    with np.errstate(over="ignore"):
        assert difference(scaled(1.0), scaled(np.inf), tmp_path) == float("inf")
        assert difference(scaled(np.inf), scaled(np.inf), tmp_path) == 0


def test_integers_are_the_same_or_not(tmp_path: Path) -> None:
    assert difference(scaled(2, np.int64), scaled(2, np.int64), tmp_path) == 0
    assert difference(scaled(2, np.int64), scaled(3, np.int64), tmp_path) == float("inf")


def test_noise_is_always_the_same_and_has_the_shape_that_is_given(tmp_path: Path) -> None:
    first, again = (
        Reference.of("model", scaled(1.0), tmp_path, input_shape=(4, 3)) for _ in range(2)
    )
    assert first.feed["x"].shape == (4, 3)
    assert np.ptp(first.feed["x"]) > 0
    np.testing.assert_array_equal(first.feed["x"], again.feed["x"])


def test_open_sizes_are_one(tmp_path: Path) -> None:
    assert Reference.of("model", scaled(1.0), tmp_path).feed["x"].shape == (1, 3)


def test_a_rewritten_model_that_does_not_load_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        difference(scaled(1.0), b"no model", tmp_path)


def test_texts_cannot_be_checked(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "texts",
        [helper.make_tensor_value_info("x", TensorProto.STRING, [1])],
        [helper.make_tensor_value_info("y", TensorProto.STRING, [1])],
    )
    opset = onnx.helper.make_opsetid("", 13)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    with pytest.raises(ModelError, match="string"):
        Reference.of("model", model.SerializeToString(), tmp_path)


def test_pixels_are_compared_with_what_the_host_makes_of_planes(tmp_path: Path) -> None:
    path = tmp_path / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=2))
    model = onnx.load(path)
    reference = Reference.of("a model", model.SerializeToString(), tmp_path)
    wrapped = PIXELS.apply(model)
    assert reference.difference(wrapped.SerializeToString()) == 0
    # Red and blue exchanged, as a wrong order would.
    for node in wrapped.graph.node:
        if node.op_type == "Gather" and node.output[0] == "output":
            wrapped.graph.initializer.insert(
                0, numpy_helper.from_array(np.int64([0, 1, 2]), "order")
            )
            node.input[1] = "order"
    assert reference.difference(wrapped.SerializeToString()) > 1 / 255
