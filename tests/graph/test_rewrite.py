from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from dlc.graph.names import REWRITES_METADATA, Rewrite
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.input_size import input_size
from dlc.graph.passes.open_batch import OPEN_BATCH
from dlc.graph.rewrite import (
    DEFAULT_PASSES,
    GENERAL_PASSES,
    apply_passes,
    passes_for,
    recorded_rewrites,
)
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from tests.graph.chains import Chain, chains
from tests.graph.gfpgan import GfpganOptions, gfpgan_model
from tests.graph.graphs import (
    DATA,
    assert_same_outputs,
    initializers,
    make_model,
    operators,
    random_feeds,
    run,
    with_listed_weights,
)

_ALL = passes_for((0, 0))


def _rewritten(model: onnx.ModelProto, passes: tuple[GraphPass, ...] = _ALL) -> onnx.ModelProto:
    """Return the model taken through passes, which happens once and leaves the original alone."""
    original = model.SerializeToString(deterministic=True)
    rewritten, changes = apply_passes(model, passes)
    assert model.SerializeToString(deterministic=True) == original
    assert list(changes) == [graph_pass.name for graph_pass in passes]
    assert (rewritten is model) == (not any(changes.values()))
    content = rewritten.SerializeToString(deterministic=True)
    # From a file it is the same again, and a second time finds nothing to do.
    copy = onnx.ModelProto.FromString(original)
    assert apply_passes(copy, passes)[0].SerializeToString(deterministic=True) == content
    again, changes = apply_passes(onnx.ModelProto.FromString(content), passes)
    assert not any(changes.values())
    assert again.SerializeToString(deterministic=True) == content
    return rewritten


def _swapper(folder: Path) -> onnx.ModelProto:
    write_inswapper(folder / "narrow.onnx", InswapperOptions(width=2))
    return onnx.load(folder / "narrow.onnx")


@given(chains())
def test_all_passes_together_give_the_same(chain: Chain) -> None:
    rewritten = _rewritten(chain.model)
    assert_same_outputs(chain.model, rewritten, chain.feeds)
    if chain.static:
        assert not {"Split", "Flatten", "Shape"} & set(operators(rewritten))


@given(chains(), st.sampled_from((*GENERAL_PASSES, *DEFAULT_PASSES)))
def test_each_pass_alone_gives_the_same(chain: Chain, graph_pass: GraphPass) -> None:
    assert_same_outputs(chain.model, _rewritten(chain.model, (graph_pass,)), chain.feeds)


@given(chains(open_sizes=True))
def test_a_fixed_input_size_gives_the_same(chain: Chain) -> None:
    passes = passes_for((0, 0), input_shape=chain.feeds["x"].shape)
    rewritten = _rewritten(chain.model, passes)
    assert_same_outputs(chain.model, rewritten, chain.feeds)
    assert not {"Split", "Flatten", "Shape"} & set(operators(rewritten))


@given(st.data(), st.booleans())
def test_weights_among_the_inputs_make_no_difference_to_the_other_passes(
    data: st.DataObject, open_sizes: bool
) -> None:
    chain = data.draw(chains(open_sizes=open_sizes))
    names = initializers(chain.model)
    assume(names)
    listed = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    model = with_listed_weights(chain.model, *listed)
    passes = passes_for((0, 0), input_shape=chain.feeds["x"].shape if open_sizes else None)
    rewritten = _rewritten(model, passes)
    assert rewritten.graph == _rewritten(chain.model, passes).graph
    assert_same_outputs(model, rewritten, chain.feeds)


def test_inswapper_has_312_nodes_afterwards_and_swaps_the_same(tmp_path: Path) -> None:
    model = _swapper(tmp_path)
    rewritten = _rewritten(model)
    assert (len(model.graph.node), len(rewritten.graph.node)) == (226, 312)
    assert apply_passes(model, _ALL)[1][Rewrite.REFLECT_PAD] == 14
    assert "Pad" not in operators(rewritten)
    onnx.checker.check_model(rewritten, full_check=True)
    feeds = random_feeds({"target": (1, 3, 128, 128), "source": (1, 512)})
    assert_same_outputs(model, rewritten, feeds)


@pytest.mark.parametrize(
    "graph_pass", [*GENERAL_PASSES, *DEFAULT_PASSES, OPEN_BATCH], ids=lambda p: str(p.name)
)
@pytest.mark.parametrize("listed", [False, True])
def test_emap_stays_the_last_initializer(
    graph_pass: GraphPass, listed: bool, tmp_path: Path
) -> None:
    model = _swapper(tmp_path)
    if listed:
        model = with_listed_weights(model)
    assert initializers(graph_pass.apply(model))[-1] == "emap"
    emap = numpy_helper.to_array(_rewritten(model).graph.initializer[-1])
    np.testing.assert_array_equal(emap, numpy_helper.to_array(model.graph.initializer[-1]))


@pytest.mark.parametrize("opset", [11, 13, 18])
def test_gfpgan_restores_the_same(opset: int) -> None:
    model = gfpgan_model(GfpganOptions(opset=opset))
    rewritten = _rewritten(model)
    onnx.checker.check_model(rewritten, full_check=True)
    assert_same_outputs(model, rewritten, random_feeds({"input": (1, 3, 64, 64)}))
    assert "Split" not in operators(rewritten)
    assert operators(rewritten).count("Squeeze") == operators(model).count("Gather") == 14


def test_gfpgan_in_its_size_has_a_split_in_each_sft_layer_and_a_code_for_each_style() -> None:
    model = gfpgan_model(GfpganOptions(side=512))
    assert operators(model).count("Split") == 7
    styles = {n.input[1] for n in model.graph.node if n.op_type == "Gather"}
    codes = {int(numpy_helper.to_array(t)) for t in model.graph.initializer if t.name in styles}
    assert codes == set(range(16))


@pytest.mark.parametrize("name", ["scrfd_2.5g_kps", "scrfd_500m_kps"])
@pytest.mark.parametrize("shape", [(1, 3, 640, 640), (1, 3, 192, 320)])
def test_scrfd_finds_the_same_in_a_fixed_size(name: str, shape: tuple[int, ...]) -> None:
    path = DATA / f"{name}.onnx"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    model = onnx.load(path)
    rewritten = _rewritten(model, passes_for((0, 0), input_shape=shape))
    onnx.checker.check_model(rewritten, full_check=True)
    assert len(model.graph.node) - len(rewritten.graph.node) == 18
    assert not {"Shape", "Gather", "Slice", "Unsqueeze"} & set(operators(rewritten))
    assert_same_outputs(model, rewritten, random_feeds({"input.1": shape}))


def test_arcface_ends_with_its_product_and_describes_the_same() -> None:
    generator = np.random.default_rng(0)
    constants = {
        "matrix": generator.standard_normal((16, 5 * 4 * 4), np.float32),
        "bias": generator.standard_normal(16, np.float32),
        **{n: generator.uniform(0.5, 2, 16).astype(np.float32) for n in ("s", "b", "m", "v")},
    }
    nodes = [
        helper.make_node("Relu", ["x"], ["features"]),
        helper.make_node("Flatten", ["features"], ["flat"]),
        helper.make_node("Gemm", ["flat", "matrix", "bias"], ["product"], transB=1),
        helper.make_node("BatchNormalization", ["product", "s", "b", "m", "v"], ["y"]),
    ]
    model = make_model(nodes, {"x": ("n", 5, 4, 4)}, ["y"], constants)
    rewritten = _rewritten(model)
    assert operators(rewritten) == ["Relu", "Reshape", "Gemm"]
    feeds = random_feeds({"x": (3, 5, 4, 4)})
    np.testing.assert_allclose(run(rewritten, feeds)[0], run(model, feeds)[0], atol=1e-5)


def _branch(nodes: list[onnx.NodeProto], output: str) -> onnx.GraphProto:
    info = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    return helper.make_graph(nodes, "body", [], [info])


def _with_control_flow() -> onnx.ModelProto:
    """Return a graph whose If uses, in its bodies, what the passes rewrite outside of them."""
    inside = [
        # The same constants as outside, a Pad like that outside, and names like new ones.
        helper.make_node("Pad", ["padded", "pads"], ["then.pad"], mode="reflect"),
        helper.make_node("Gather", ["then.pad", "which"], ["element.wide"], axis=2),
        helper.make_node("Shape", ["product"], ["then.shape"]),
        helper.make_node("Reshape", ["product", "then.shape"], ["then.product"]),
        helper.make_node("ReduceSum", ["then.product"], ["then.sum"], keepdims=0),
        helper.make_node("Add", ["element.wide", "then.sum"], ["then.out"]),
    ]
    outside = [
        helper.make_node("Pad", ["x", "pads"], ["padded"], mode="reflect"),
        helper.make_node("Split", ["padded"], ["left", "right"], axis=1, split=[1, 1]),
        helper.make_node("Gather", ["padded", "which"], ["element"], axis=2),
        helper.make_node("Flatten", ["element"], ["flat"]),
        helper.make_node("Gemm", ["flat", "matrix"], ["product"]),
        helper.make_node("BatchNormalization", ["product", "s", "s", "s", "s"], ["normal"]),
        helper.make_node("ReduceSum", ["normal"], ["sum"], keepdims=0),
        helper.make_node("Greater", ["sum", "zero"], ["positive"]),
        helper.make_node(
            "If",
            ["positive"],
            ["y"],
            then_branch=_branch(inside, "then.out"),
            else_branch=_branch([helper.make_node("Neg", ["right"], ["else.out"])], "else.out"),
        ),
    ]
    constants: dict[str, NDArray[Any]] = {
        "pads": np.array([0, 0, 1, 1, 0, 0, 1, 1]),
        "which": np.array(1),
        "matrix": np.random.default_rng(0).standard_normal((12, 4), np.float32),
        "s": np.ones(4, np.float32),
        "zero": np.zeros((), np.float32),
    }
    return make_model(outside, {"x": (1, 2, 4, 4)}, ["y"], constants)


def test_bodies_of_control_flow_stay_and_what_they_use_is_the_same() -> None:
    model = _with_control_flow()
    rewritten = _rewritten(model)
    assert rewritten.graph.node[-1] == model.graph.node[-1]
    # The body takes the product as it is before the normalization.
    assert set(operators(rewritten)) & {"Pad", "Split", "Flatten"} == set()
    assert "BatchNormalization" in operators(rewritten)
    outcomes = set()
    for seed in range(6):
        feeds = random_feeds({"x": (1, 2, 4, 4)}, seed)
        assert_same_outputs(model, rewritten, feeds)
        outcomes.add(run(model, feeds)[0].shape)
    assert len(outcomes) == 2, "both bodies have been run"


def test_unknown_operators_pass_through_untouched() -> None:
    nodes = [
        helper.make_node("Pad", ["x", "pads"], ["padded"], domain="somebody.else", mode="reflect"),
        helper.make_node("Shape", ["padded"], ["shape"]),
        helper.make_node("Unheard", ["padded", "shape"], ["y"], domain="somebody.else"),
    ]
    model = make_model(nodes, {"x": (1, 2)}, ["y"], {"pads": np.array([0, 1, 0, 1])})
    model.opset_import.append(helper.make_opsetid("somebody.else", 1))
    assert _rewritten(model) is model


def test_a_model_without_anything_to_do_passes_through_untouched() -> None:
    model = make_model([helper.make_node("Relu", ["x"], ["y"])], {"x": (1, 2)}, ["y"])
    assert _rewritten(model) is model
    assert _rewritten(onnx.ModelProto()) == onnx.ModelProto()


def test_a_rewritten_model_records_what_it_has_been_through(tmp_path: Path) -> None:
    model = _swapper(tmp_path)
    helper.set_model_props(model, {"author": "somebody", REWRITES_METADATA: "by-hand"})
    passes = [p for p in DEFAULT_PASSES if p.name in (Rewrite.REFLECT_PAD, Rewrite.SPLIT)]
    rewritten = _rewritten(model, passes)
    names = ("by-hand", Rewrite.REFLECT_PAD, Rewrite.SPLIT)
    assert recorded_rewrites(rewritten) == names
    metadata = {entry.key: entry.value for entry in rewritten.metadata_props}
    assert metadata == {"author": "somebody", REWRITES_METADATA: ",".join(names)}


def test_only_the_passes_that_a_release_needs_are_taken_in_their_order() -> None:
    lasting = (
        *(Rewrite.WEIGHTS, Rewrite.SHAPES),
        *(Rewrite.FLATTEN, Rewrite.RECIPROCAL, Rewrite.TAIL_BATCH_NORM),
    )
    names = [p.name for p in passes_for((1, 25))]
    assert names == [p.name for p in (*GENERAL_PASSES, *DEFAULT_PASSES)]
    assert [p.name for p in passes_for((1, 26)) if p.needless_from] == [
        Rewrite.SPLIT,
        Rewrite.SCALAR_GATHER,
    ]
    assert tuple(p.name for p in passes_for((1, 27))) == lasting
    sized = passes_for((1, 31), input_shape=(1, 3))
    assert [p.name for p in sized] == [lasting[0], Rewrite.INPUT_SIZE, *lasting[1:]]


def test_only_two_rewrites_compute_anew() -> None:
    passes = (*GENERAL_PASSES, *DEFAULT_PASSES, OPEN_BATCH, input_size((1,)))
    computing = {p.name for p in passes if not p.exact}
    assert computing == {Rewrite.TAIL_BATCH_NORM, Rewrite.RECIPROCAL}
