from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from dlc.graph.passes.tail_batch_norm import TAIL_BATCH_NORM
from tests.graph.graphs import (
    assert_untouched,
    initializers,
    make_model,
    operators,
    random_feeds,
    run,
)

_ROWS, _FEATURES, _COLUMNS = 3, 5, 4


def _tail(
    bias: Sequence[int] | None = (_COLUMNS,),
    opset: int = 11,
    outputs: Sequence[str] = ("y",),
    dtype: type[np.floating] = np.float32,
    **attributes: float,
) -> onnx.ModelProto:
    generator = np.random.default_rng(3)
    turned = bool(attributes.get("transB"))
    matrix = generator.standard_normal((_COLUMNS, _FEATURES) if turned else (_FEATURES, _COLUMNS))
    constants: dict[str, Any] = {"matrix": matrix}
    if bias is not None:
        constants["bias"] = generator.standard_normal(bias)
    for name in ("scale", "shift", "mean"):
        constants[name] = generator.standard_normal(_COLUMNS)
    constants["variance"] = generator.uniform(0.5, 2, _COLUMNS)
    constants["emap"] = np.ones(1)
    weights = ["matrix"] if bias is None else ["matrix", "bias"]
    nodes = [
        helper.make_node("Gemm", ["x", *weights], ["product"], **attributes),
        helper.make_node(
            "BatchNormalization",
            ["product", "scale", "shift", "mean", "variance"],
            ["y"],
            epsilon=1e-3,
        ),
    ]
    shape = (_FEATURES, _ROWS) if attributes.get("transA") else (_ROWS, _FEATURES)
    constants = {name: np.asarray(values, dtype) for name, values in constants.items()}
    return make_model(nodes, {"x": shape}, outputs, constants, opset=opset)


@given(
    st.sampled_from([None, (), (1,), (_COLUMNS,), (1, _COLUMNS), (_ROWS, 1), (_ROWS, _COLUMNS)]),
    st.integers(0, 1),
    st.integers(0, 1),
    st.floats(0.25, 2, width=32),
    st.floats(0.25, 2, width=32),
    st.integers(11, 21),
)
def test_one_product_does_both(
    bias: Sequence[int] | None, trans_a: int, trans_b: int, alpha: float, beta: float, opset: int
) -> None:
    attributes = {"transA": trans_a, "transB": trans_b, "alpha": alpha, "beta": beta}
    model = _tail(bias, opset, **attributes)
    rewritten = TAIL_BATCH_NORM.apply(model)
    assert operators(rewritten) == ["Gemm"]
    assert TAIL_BATCH_NORM.apply(rewritten) is rewritten
    onnx.shape_inference.infer_shapes(rewritten, check_type=True, strict_mode=True)
    shape = (_FEATURES, _ROWS) if trans_a else (_ROWS, _FEATURES)
    feeds = random_feeds({"x": shape})
    np.testing.assert_allclose(run(rewritten, feeds)[0], run(model, feeds)[0], atol=1e-5)
    assert len(initializers(rewritten)) == 3
    assert initializers(rewritten)[-1] == "emap"


def test_a_product_that_is_used_elsewhere_too_stays() -> None:
    assert_untouched(TAIL_BATCH_NORM, _tail(outputs=("y", "product")))


def test_weights_of_another_type_stay() -> None:
    assert_untouched(TAIL_BATCH_NORM, _tail(dtype=np.float64))


@pytest.mark.parametrize("name", ["matrix", "bias", "mean"])
def test_weights_that_come_in_at_run_time_stay(name: str) -> None:
    model = _tail()
    tensor = next(t for t in model.graph.initializer if t.name == name)
    info = helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, tensor.dims)
    model.graph.input.append(info)
    assert_untouched(TAIL_BATCH_NORM, model)


def test_weights_in_another_file_stay_there(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(_tail(), path, save_as_external_data=True, size_threshold=0)
    assert_untouched(TAIL_BATCH_NORM, onnx.load(path, load_external_data=False))
    assert operators(TAIL_BATCH_NORM.apply(onnx.load(path))) == ["Gemm"]


def test_weights_that_others_use_too_are_still_theirs() -> None:
    model = _tail()
    model.graph.node.append(helper.make_node("Add", ["y", "bias"], ["z"]))
    model.graph.output[0].name = "z"
    rewritten = TAIL_BATCH_NORM.apply(model)
    feeds = random_feeds({"x": (_ROWS, _FEATURES)})
    np.testing.assert_allclose(run(rewritten, feeds)[0], run(model, feeds)[0], atol=1e-5)


def test_a_normalization_in_training_stays() -> None:
    model = _tail(opset=15)
    norm = model.graph.node[1]
    norm.attribute.append(helper.make_attribute("training_mode", 1))
    norm.output.extend(["new_mean", "new_variance"])
    assert_untouched(TAIL_BATCH_NORM, model)
