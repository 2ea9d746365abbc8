from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from dlc.graph.passes.half_precision import HALF_PRECISION, with_ranges
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.cpu import create_session

Model = onnx.ModelProto


def swapper(path: Path, options: InswapperOptions | None = None) -> Model:
    write_inswapper(path, options or InswapperOptions(width=4))
    return onnx.load(path)


def small(nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray] | None = None) -> Model:
    """Return a model from `x` (1, 3, 8, 8) to `y`, both float32."""
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def run(model: Model, feed: dict[str, np.ndarray]) -> np.ndarray:
    return np.asarray(create_session(model.SerializeToString()).run(None, feed)[0])


def test_a_swapper_computes_in_half_precision_between_single_ones(tmp_path: Path) -> None:
    model = swapper(tmp_path / "swapper.onnx")
    half, count = HALF_PRECISION.apply_counting(model)
    # All but the 24 means.
    assert count == 202
    onnx.checker.check_model(half, full_check=True)
    io = (*half.graph.input, *half.graph.output)
    assert {value.type.tensor_type.elem_type for value in io} == {TensorProto.FLOAT}
    means = [node for node in half.graph.node if node.op_type == "ReduceMean"]
    inferred = onnx.shape_inference.infer_shapes(half).graph.value_info
    elements = {value.name: value.type.tensor_type.elem_type for value in inferred}
    assert {elements[name] for node in means for name in (*node.input, *node.output)} == {
        TensorProto.FLOAT
    }
    types = Counter(tensor.data_type for tensor in half.graph.initializer)
    # Resize's scales are single precision by definition, as is the matrix for embeddings.
    assert types[TensorProto.FLOAT] == 3
    last = half.graph.initializer[-1]
    assert (last.name, last.data_type) == ("emap", TensorProto.FLOAT)
    np.testing.assert_array_equal(
        numpy_helper.to_array(last), numpy_helper.to_array(model.graph.initializer[-1])
    )
    generator = np.random.default_rng(0)
    source = generator.standard_normal((1, 512), np.float32)
    target = generator.random((1, 3, 128, 128), np.float32)
    feed = {"target": target, "source": source / np.linalg.norm(source)}
    difference = np.abs(run(half, feed) - run(model, feed))
    assert 0 < difference.max() < 0.03
    assert difference.mean() < 0.003


def test_a_second_pass_changes_nothing(tmp_path: Path) -> None:
    half = HALF_PRECISION.apply(swapper(tmp_path / "swapper.onnx"))
    assert HALF_PRECISION.apply_counting(half)[1] == 0
    made_half = swapper(tmp_path / "half.onnx", InswapperOptions(width=2, half=True))
    assert HALF_PRECISION.apply_counting(made_half)[1] == 0


def test_what_has_no_kernel_in_half_precision_stays_single_with_conversions_around_it() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("LRN", ["a"], ["b"], size=3),
        helper.make_node("Sigmoid", ["b"], ["y"]),
    ]
    half, count = HALF_PRECISION.apply_counting(small(nodes))
    assert count == 2
    operators = [node.op_type for node in half.graph.node]
    assert operators == ["Cast", "Relu", "Cast", "LRN", "Cast", "Sigmoid", "Cast"]
    x = np.random.default_rng(0).random((1, 3, 8, 8), np.float32)
    np.testing.assert_allclose(run(half, {"x": x}), run(small(nodes), {"x": x}), atol=2e-3)


def test_integers_and_truths_stay_what_they_are() -> None:
    nodes = [
        helper.make_node("Greater", ["x", "half"], ["mask"]),
        helper.make_node("Mul", ["x", "two"], ["twice"]),
        helper.make_node("Where", ["mask", "twice", "x"], ["chosen"]),
        helper.make_node("Gather", ["chosen", "order"], ["y"], axis=1),
    ]
    weights = {
        "half": np.float32([0.5]),
        "two": np.float32([2]),
        "order": np.int64([2, 1, 0]),
    }
    model = small(nodes, weights)
    half = HALF_PRECISION.apply(model)
    x = np.round(np.random.default_rng(0).random((1, 3, 8, 8)), 2).astype(np.float32)
    np.testing.assert_allclose(run(half, {"x": x}), run(model, {"x": x}), atol=2e-3)


def test_an_epsilon_does_not_become_zero() -> None:
    nodes = [
        helper.make_node("Sub", ["x", "x"], ["zero"]),
        helper.make_node("Add", ["zero", "epsilon"], ["some"]),
        helper.make_node("Div", ["zero", "some"], ["y"]),
    ]
    half = HALF_PRECISION.apply(small(nodes, {"epsilon": np.array(1e-8, np.float32)}))
    output = run(half, {"x": np.ones((1, 3, 8, 8), np.float32)})
    np.testing.assert_array_equal(output, np.zeros_like(output))


@pytest.mark.parametrize("used_inside", [False, True])
def test_an_output_that_is_used_inside_too_stays_single(used_inside: bool) -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    if used_inside:
        nodes.append(helper.make_node("Tanh", ["y"], ["z"]))
    model = small(nodes)
    if used_inside:
        model.graph.output.add(name="z").type.tensor_type.elem_type = TensorProto.FLOAT
    half = HALF_PRECISION.apply(model)
    x = np.random.default_rng(0).standard_normal((1, 3, 8, 8), np.float32)
    np.testing.assert_allclose(run(half, {"x": x}), np.maximum(x, 0), atol=2e-3)


def test_a_graph_with_control_flow_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    output = helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)
    body = helper.make_graph([helper.make_node("Relu", ["x"], ["inner"])], "body", [], [output])
    nodes = [helper.make_node("If", ["yes"], ["y"], then_branch=body, else_branch=body)]
    model = small(nodes, {"yes": np.array(True)})
    assert HALF_PRECISION.apply_counting(model) == (model, 0)
    assert "has a body" in caplog.text


@pytest.mark.parametrize(("opset", "kept"), [(11, 1), (12, 0), (13, 0)])
def test_clip_is_halved_from_the_operator_set_on_that_has_a_kernel_for_it(
    opset: int, kept: int
) -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Clip", ["a", "low", "high"], ["y"]),
    ]
    model = small(nodes, {"low": np.array(0, np.float32), "high": np.array(1, np.float32)})
    model.opset_import[0].version = opset
    assert HALF_PRECISION.apply_counting(model)[1] == 2 - kept


def test_the_ranges_of_what_would_be_halved_are_told_and_of_nothing_else() -> None:
    nodes = [
        helper.make_node("Mul", ["x", "much"], ["large"]),
        helper.make_node("LRN", ["large"], ["spared"], size=3),
        helper.make_node("Greater", ["spared", "x"], ["mask"]),
        helper.make_node("Where", ["mask", "x", "x"], ["same"]),
        helper.make_node("Neg", ["same"], ["y"]),
    ]
    model = small(nodes, {"much": np.array(-1000, np.float32)})
    before = model.SerializeToString()
    measured = with_ranges(model)
    assert model.SerializeToString() == before
    onnx.checker.check_model(measured, full_check=True)
    assert [output.name for output in measured.graph.output] == [
        "large.largest",
        "same.largest",
        "y.largest",
    ]
    x = np.random.default_rng(0).random((1, 3, 8, 8), np.float32)
    found = create_session(measured.SerializeToString()).run(None, {"x": x})
    np.testing.assert_allclose(found, [1000 * x.max(), x.max(), x.max()], rtol=1e-6)
