from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, shape_inference

from dlc.graph.passes.instance_norm import INSTANCE_NORM
from dlc.graph.passes.open_batch import OPEN_BATCH
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from tests.graph.graphs import assert_untouched, make_model, operators, run

Nodes = list[onnx.NodeProto]
node = helper.make_node


def by_reciprocal(nodes: Nodes) -> None:
    nodes += [node("Div", ["one", "root"], ["factor"]), node("Mul", ["c", "factor"], ["y"])]


def by_reciprocal_first(nodes: Nodes) -> None:
    nodes += [node("Reciprocal", ["root"], ["factor"]), node("Mul", ["factor", "c"], ["y"])]


def by_quotient(nodes: Nodes) -> None:
    nodes.append(node("Div", ["c", "root"], ["y"]))


def written_out(
    end: Callable[[Nodes], None] = by_reciprocal,
    *,
    axes: tuple[int, ...] = (2, 3),
    opset: int = 13,
    power: bool = False,
    keepdims: int = 1,
    epsilon: float = 1e-8,
    shape: tuple[int | str, ...] = (1, 5, 7, 6),
    dtype: type[np.floating] = np.float32,
) -> onnx.ModelProto:
    """Return a model from `x` to `y` that normalizes the channels of `x` node by node."""

    def mean(value: str, output: str) -> onnx.NodeProto:
        if opset >= 18:
            return node("ReduceMean", [value, "axes"], [output], keepdims=keepdims)
        return node("ReduceMean", [value], [output], axes=axes, keepdims=keepdims)

    square = node("Pow", ["c", "two"], ["s"]) if power else node("Mul", ["c", "c"], ["s"])
    nodes = [
        *(mean("x", "m"), node("Sub", ["x", "m"], ["c"]), square, mean("s", "v")),
        *(node("Add", ["v", "epsilon"], ["e"]), node("Sqrt", ["e"], ["root"])),
    ]
    end(nodes)
    numbers = {"one": 1, "two": 2, "epsilon": epsilon}
    constants = {name: np.array(value, dtype) for name, value in numbers.items()}
    used = {name for each in nodes for name in each.input}
    constants = {name: value for name, value in constants.items() if name in used}
    if opset >= 18:
        constants["axes"] = np.array(axes)
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    model = make_model(nodes, {"x": shape}, {"y": element}, constants, opset=opset)
    model.graph.input[0].type.tensor_type.elem_type = element
    return model


@given(
    st.sampled_from([by_reciprocal, by_reciprocal_first, by_quotient]),
    st.sampled_from([(2, 3), (3, 2), (-2, -1), (-1, -2)]),
    st.sampled_from([11, 13, 17, 18, 20]),
    st.booleans(),
    st.tuples(st.just(1), st.integers(1, 9), st.integers(1, 12), st.integers(1, 12)),
    st.sampled_from([1e-8, 1e-5, 0.1]),
    st.floats(-100, 100),
)
def test_one_node_gives_what_the_written_out_ones_give(
    end: Callable[[Nodes], None],
    axes: tuple[int, ...],
    opset: int,
    power: bool,
    shape: tuple[int, ...],
    epsilon: float,
    offset: float,
) -> None:
    model = written_out(end, axes=axes, opset=opset, power=power, shape=shape, epsilon=epsilon)
    rewritten, count = INSTANCE_NORM.apply_counting(model)
    shape_inference.infer_shapes(rewritten, check_type=True, strict_mode=True)
    assert (count, operators(rewritten)) == (1, ["InstanceNormalization"])
    assert INSTANCE_NORM.apply(rewritten) is rewritten
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32) + np.float32(offset)
    (expected,), (found,) = run(model, {"x": x}), run(rewritten, {"x": x})
    # Where a channel is nearly flat, how its mean was rounded decides on what is left of it.
    if x.std(axis=(2, 3)).min() > 0.1 or epsilon == 0.1:
        np.testing.assert_allclose(found, expected, atol=1e-3 if abs(offset) > 1 else 1e-5)


def test_a_file_in_half_precision_gets_constants_of_its_own_type() -> None:
    rewritten, count = INSTANCE_NORM.apply_counting(written_out(dtype=np.float16, epsilon=1e-4))
    shape_inference.infer_shapes(rewritten, check_type=True, strict_mode=True)
    assert count == 1
    assert {t.data_type for t in rewritten.graph.initializer} == {TensorProto.FLOAT16}


@pytest.mark.parametrize(
    "model",
    [
        written_out(axes=(1, 2)),
        written_out(axes=(3,)),
        written_out(axes=(1, 2, 3)),
        written_out(shape=(1, "channels", 7, 6)),
        written_out(lambda nodes: nodes.append(node("Div", ["root", "c"], ["y"]))),
        written_out(lambda nodes: nodes.append(node("Div", ["x", "root"], ["y"]))),
        written_out(lambda nodes: nodes.append(node("Mul", ["c", "root"], ["y"]))),
    ],
)
def test_what_only_looks_like_it_stays(model: onnx.ModelProto) -> None:
    assert_untouched(INSTANCE_NORM, model)


def test_what_others_use_stays_beside_it() -> None:
    model = written_out()
    model.graph.output.add(name="c").type.tensor_type.elem_type = TensorProto.FLOAT
    rewritten, count = INSTANCE_NORM.apply_counting(model)
    assert count == 1
    assert sorted(operators(rewritten)) == ["InstanceNormalization", "ReduceMean", "Sub"]
    x = np.random.default_rng(0).random((1, 5, 7, 6), np.float32)
    for one, other in zip(run(rewritten, {"x": x}), run(model, {"x": x}), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_swapper_has_twelve_and_takes_several_faces_before_and_after(tmp_path: Path) -> None:
    path = tmp_path / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=4))
    rewritten, count = INSTANCE_NORM.apply_counting(onnx.load(path))
    assert count == 12
    assert len(rewritten.graph.node) == 226 - 12 * 7
    assert rewritten.graph.initializer[-1].name == "emap"
    assert OPEN_BATCH.apply_counting(rewritten)[1] == 1
