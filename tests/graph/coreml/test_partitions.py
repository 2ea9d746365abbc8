from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from dlc.graph.coreml.partitions import predict_partitions
from dlc.graph.rewrite import apply_passes, passes_for
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from tests.graph.gfpgan import gfpgan_model

Inputs = dict[str, list[int | str]]


@pytest.fixture(scope="module")
def inswapper(tmp_path_factory: pytest.TempPathFactory) -> onnx.ModelProto:
    path = tmp_path_factory.mktemp("partitions") / "narrow.onnx"
    write_inswapper(path, InswapperOptions(width=2))
    return onnx.load(path)


def graph(
    nodes: list[onnx.NodeProto],
    inputs: Inputs,
    outputs: list[str],
    constants: dict[str, object] | None = None,
    opset: int = 17,
) -> onnx.ModelProto:
    tensors = [numpy_helper.from_array(np.asarray(v), k) for k, v in (constants or {}).items()]
    return helper.make_model(
        helper.make_graph(
            nodes,
            "test",
            [helper.make_tensor_value_info(k, TensorProto.FLOAT, v) for k, v in inputs.items()],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            tensors,
        ),
        opset_imports=[helper.make_opsetid("", opset)],
    )


def one(
    operator: str,
    shape: list[int | str],
    constants: dict[str, object] | None = None,
    opset: int = 17,
    outputs: int = 1,
    **attributes: object,
) -> onnx.ModelProto:
    names = [f"y{number}" for number in range(outputs)]
    node = helper.make_node(operator, ["x", *(constants or {})], names, **attributes)
    return graph([node], {"x": shape}, names, constants, opset)


def reason(model: onnx.ModelProto, release: tuple[int, int] = (1, 27)) -> str | None:
    unsupported = predict_partitions(model, release).unsupported
    return unsupported[0].reason if unsupported else None


def test_inswapper_is_broken_at_every_reflecting_pad(inswapper: onnx.ModelProto) -> None:
    found = predict_partitions(inswapper, (1, 24))
    assert (found.partitions, found.supported, found.nodes) == (14, 212, 226)
    assert Counter(node.operator for node in found.unsupported) == {"Pad": 14}
    assert all("reflect" in node.reason and "1.26" in node.reason for node in found.unsupported)


def test_inswapper_without_its_pads_is_one_piece(inswapper: onnx.ModelProto) -> None:
    rewritten, _ = apply_passes(inswapper, passes_for((1, 24)))
    found = predict_partitions(rewritten, (1, 24))
    assert (found.partitions, found.supported, found.nodes) == (1, 312, 312)


@pytest.mark.parametrize("release", [(1, 26), (1, 32)])
def test_newer_releases_take_inswapper_as_it_is(
    inswapper: onnx.ModelProto, release: tuple[int, int]
) -> None:
    found = predict_partitions(inswapper, release)
    assert (found.partitions, found.unsupported) == (1, ())


def test_a_restorer_is_broken_at_splits_and_scalar_indices() -> None:
    model = gfpgan_model()
    before = predict_partitions(model, (1, 26))
    assert {node.operator for node in before.unsupported} == {"Split", "Gather"}
    assert before.partitions > 1
    assert predict_partitions(model, (1, 27)).partitions == 1
    rewritten, _ = apply_passes(model, passes_for((1, 26)))
    after = predict_partitions(rewritten, (1, 26))
    assert (after.partitions, after.unsupported) == (1, ())


def test_the_tail_of_a_recognizer_leaves_no_node_to_the_cpu() -> None:
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("Gemm", ["flat", "matrix", "bias"], ["embedding"], transB=1),
        helper.make_node("BatchNormalization", ["embedding", *STATISTICS], ["y"]),
    ]
    weights = {"matrix": np.ones((4, 27), np.float32), "bias": np.zeros(4, np.float32)}
    model = graph(nodes, {"x": [1, 3, 3, 3]}, ["y"], {**weights, **STATISTICS})
    before = predict_partitions(model, (1, 32))
    assert [node.operator for node in before.unsupported] == ["Flatten", "BatchNormalization"]
    rewritten, _ = apply_passes(model, passes_for((1, 32)))
    after = predict_partitions(rewritten, (1, 32))
    assert (after.partitions, after.nodes, after.unsupported) == (1, 2, ())


def chain(*operators: str) -> list[onnx.NodeProto]:
    return [
        helper.make_node(operator, [f"v{index}"], [f"v{index + 1}"], name=f"{operator}{index}")
        for index, operator in enumerate(operators)
    ]


def test_an_unsupported_node_in_a_row_divides_it() -> None:
    model = graph(chain("Relu", "Neg", "Relu", "Tanh"), {"v0": [1, 4]}, ["v4"])
    found = predict_partitions(model, (1, 32))
    assert (found.partitions, found.supported) == (2, 3)
    (left,) = found.unsupported
    assert (left.name, left.operator) == ("Neg1", "Neg")


def test_branches_beside_an_unsupported_node_stay_in_the_first_group() -> None:
    nodes = chain("Relu", "Neg", "Relu")
    nodes.append(helper.make_node("Tanh", ["v1"], ["beside"]))
    nodes.append(helper.make_node("Add", ["v3", "beside"], ["sum"]))
    assert predict_partitions(graph(nodes, {"v0": [1, 4]}, ["sum"]), (1, 32)).partitions == 2


def test_unsupported_nodes_at_the_ends_divide_nothing() -> None:
    model = graph(chain("Neg", "Relu", "Relu", "Neg"), {"v0": [1, 4]}, ["v4"])
    found = predict_partitions(model, (1, 32))
    assert (found.partitions, found.supported) == (1, 2)


def test_newer_releases_leave_groups_that_only_move_values() -> None:
    model = graph(chain("Relu", "Neg", "Transpose", "Identity"), {"v0": [1, 4]}, ["v4"])
    assert predict_partitions(model, (1, 26)).partitions == 2
    found = predict_partitions(model, (1, 27))
    assert (found.partitions, found.supported) == (1, 1)
    assert [node.operator for node in found.unsupported] == ["Neg", "Transpose", "Identity"]
    beside_work = graph(chain("Transpose", "Relu"), {"v0": [1, 4]}, ["v2"])
    assert predict_partitions(beside_work, (1, 27)).unsupported == ()


def test_a_graph_of_which_nothing_is_taken_has_no_partitions() -> None:
    found = predict_partitions(graph(chain("Neg", "Neg"), {"v0": [1, 4]}, ["v2"]), (1, 32))
    assert (found.partitions, found.supported, found.nodes) == (0, 0, 2)


def test_what_a_body_of_control_flow_uses_waits_for_it() -> None:
    inner = helper.make_graph(
        [helper.make_node("Relu", ["v1"], ["inside"])],
        "body",
        [],
        [helper.make_tensor_value_info("inside", TensorProto.FLOAT, None)],
    )
    nodes = chain("Relu")
    nodes.append(
        helper.make_node("If", ["always"], ["chosen"], then_branch=inner, else_branch=inner)
    )
    nodes.append(helper.make_node("Tanh", ["chosen"], ["y"]))
    model = graph(nodes, {"v0": [1, 4]}, ["y"], {"always": np.array(True)})
    found = predict_partitions(model, (1, 32))
    assert found.partitions == 2
    assert [node.operator for node in found.unsupported] == ["If"]


PADS = np.array([0, 0, 1, 1, 0, 0, 1, 1])


@pytest.mark.parametrize(
    ("model", "release", "expected"),
    [
        (one("Pad", [1, 3, 8, 8], {"p": PADS}, mode="reflect"), (1, 26), None),
        (one("Pad", [1, 3, 8, 8], {"p": PADS}, mode="edge"), (1, 32), "edge padding"),
        (one("Pad", [1, 3, 8, 8], {"p": -PADS}, mode="reflect"), (1, 32), "cuts off"),
        (one("Pad", [1, 3, 8, 8], {"p": PADS * 9}, mode="reflect"), (1, 32), "more than there is"),
        (one("Pad", [3, 8, 8], {"p": np.array([1] * 6)}, mode="reflect"), (1, 32), "last two"),
        (one("Split", [1, 6], opset=11, outputs=2, axis=1, split=[3, 3]), (1, 26), "1.27"),
        (one("Split", [1, 6], opset=11, outputs=2, axis=1, split=[3, 3]), (1, 27), None),
        (one("Split", [1, 6], {"s": np.array([2, 4])}, outputs=2, axis=1), (1, 24), None),
        (one("Split", [1, 6], {"s": np.array([0, 6])}, outputs=2, axis=1), (1, 32), "add up"),
        (one("Gather", [1, 6], {"i": np.array(2)}, axis=1), (1, 26), "scalar"),
        (one("Gather", [1, 6], {"i": np.array(2)}, axis=1), (1, 27), None),
        (one("Gather", [1, "n"], {"i": np.array(2)}, axis=1), (1, 32), "open"),
        (one("Gather", [1, 6], {"i": np.array([2])}, axis=1), (1, 24), None),
        (one("Flatten", [1, 3, 8, 8]), (1, 32), "no such operator"),
        (one("Identity", [1, 3]), (1, 26), "1.27"),
        (one("ReduceMin", [1, 3, 8, 8], axes=[2, 3]), (1, 24), None),
        (one("ReduceProd", [1, 3, 8, 8], axes=[2, 3]), (1, 24), None),
        (one("Relu", [1, 1, 1, 1, 1, 3]), (1, 32), "6 axes"),
        (one("Relu", [1, 0]), (1, 32), "empty"),
        (one("Reshape", [1, 6], {"s": np.array([2, 3])}), (1, 26), None),
        (one("Reshape", [1, 6], {"s": np.array([2, 3])}), (1, 27), "only move values"),
        (one("Reshape", [1, "n"], {"s": np.array([-1, 3])}), (1, 32), "open"),
        (one("PRelu", [1, 4, 8, 8], {"s": np.ones((4, 1, 1), np.float32)}), (1, 24), None),
        (one("PRelu", [1, 4], {"s": np.ones(4, np.float32)}), (1, 32), "3 or 4 axes"),
        (one("MaxPool", [1, 3, 8, 8], kernel_shape=[2, 2], dilations=[2, 2]), (1, 32), "dilated"),
        (one("Unsqueeze", [1, 1, 1, 1, 1], {"a": np.array([0])}), (1, 32), "more than 5"),
    ],
)
def test_the_rules_by_operator(
    model: onnx.ModelProto, release: tuple[int, int], expected: str | None
) -> None:
    found = reason(model, release)
    assert found is None if expected is None else expected in (found or "")


STATISTICS = {name: np.ones(4, np.float32) for name in ("scale", "shift", "mean", "variance")}


def test_normalization_needs_four_axes() -> None:
    assert reason(one("BatchNormalization", [1, 4, 8, 8], STATISTICS)) is None
    assert "2 axes" in (reason(one("BatchNormalization", [1, 4], STATISTICS)) or "")


def resize(shape: list[int | str], amounts: dict[str, object], **attributes: object) -> str | None:
    inputs = ["x", "", *(("", *amounts) if "sizes" in amounts else amounts)]
    node = helper.make_node("Resize", inputs, ["y"], **attributes)
    return reason(graph([node], {"x": shape}, ["y"], amounts))


@pytest.mark.parametrize(
    ("scales", "expected"),
    [
        ([1, 1, 2, 2], None),
        ([1, 1, 0.5, 0.5], None),
        ([1, 1, 1.5, 1.5], "not an integer"),
        ([1, 1, 0.3, 0.3], "does not divide it"),
        ([1, 2, 2, 2], "other axes"),
        ([1, 1, 2, 0.5], "enlarges one axis and shrinks"),
    ],
)
def test_resizing_is_whole_and_of_the_last_two_axes(
    scales: list[float], expected: str | None
) -> None:
    found = resize([1, 3, 8, 8], {"scales": np.array(scales, np.float32)}, mode="linear")
    assert found is None if expected is None else expected in (found or "")


def test_the_nearest_element_is_the_one_before() -> None:
    amounts: dict[str, object] = {"sizes": np.array([1, 3, 16, 16])}
    given = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    assert resize([1, 3, 8, 8], amounts, **given) is None
    assert "nearest" in (resize([1, 3, 8, 8], amounts) or "")
    assert resize([1, 3, "h", "w"], amounts, **given) is None


@pytest.mark.parametrize(
    ("shape", "sizes", "expected"),
    [
        ([1, 3, 8, 8], [1, 3, 13, 5], None),
        ([1, 3, 8, 8], [1, 6, 16, 16], "other axes"),
        ([1, "c", 8, 8], [1, 3, 16, 16], "other axes"),
    ],
)
def test_sizes_may_be_any_of_the_last_two_axes(
    shape: list[int | str], sizes: list[int], expected: str | None
) -> None:
    found = resize(shape, {"sizes": np.array(sizes)}, mode="linear")
    assert found is None if expected is None else expected in (found or "")


def test_pytorchs_half_pixel_is_the_usual_one_unless_a_single_pixel_is_left() -> None:
    pytorch = {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"}
    for sizes, taken in (([1, 3, 16, 16], True), ([1, 3, 1, 16], False)):
        assert (resize([1, 3, 8, 8], {"sizes": np.array(sizes)}, **pytorch) is None) == taken
    assert resize([1, 3, 8, 8], {"scales": np.float32([1, 1, 2, 2])}, **pytorch) is None
    corner = {**pytorch, "coordinate_transformation_mode": "asymmetric"}
    assert resize([1, 3, 8, 8], {"sizes": np.array([1, 3, 16, 16])}, **corner) is None
    assert resize([1, 3, 8, 8], {"scales": np.float32([1, 1, 2, 2])}, **corner) is not None


def test_constants_count_as_such_and_not_as_nodes() -> None:
    shape = helper.make_node("Constant", [], ["s"], value=numpy_helper.from_array(np.array([2, 3])))
    nodes = [shape, helper.make_node("Reshape", ["x", "s"], ["y"])]
    found = predict_partitions(graph(nodes, {"x": [1, 6]}, ["y"]), (1, 24))
    assert (found.partitions, found.nodes, found.unsupported) == (1, 1, ())


def test_an_initializer_that_an_input_may_replace_is_no_constant() -> None:
    model = one("Reshape", [1, 6], {"s": np.array([2, 3])})
    model.graph.input.append(helper.make_tensor_value_info("s", TensorProto.INT64, [2]))
    assert "not a constant" in (reason(model) or "")
