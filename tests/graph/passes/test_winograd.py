from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper, shape_inference

from dlc.graph.passes.winograd import POINTS, WINOGRAD, Transforms, WorthwhileSize, winograd
from dlc.graph.stored_weights import read_without_kernels, write_with_kernels
from dlc.graph.synthetic import InswapperOptions, inswapper_model, write_inswapper
from tests.graph.graphs import (
    assert_untouched,
    initializers,
    make_model,
    operators,
    random_feeds,
    run,
    with_listed_weights,
)

ANY = winograd(WorthwhileSize(0, 1))
PAPER = (0.0, 1.0, -1.0, 2.0, -2.0)
# Tiles of 2x2, of 3x3 and of 4x4 results.
CHOICES = (POINTS, PAPER, (0.0, 1.0, -1.0), (0.0, 1.0, -1.0, 0.5))


@dataclass(frozen=True)
class Case:
    """A convolution, by default one that is rewritten wherever it is large enough."""

    shape: Sequence[int | str] = (1, 3, 9, 8)
    filters: int = 2
    kernel: Sequence[int] = (3, 3)
    pads: Sequence[int] = (1, 1, 1, 1)
    bias: bool = True
    reflect: bool = False
    opset: int = 11
    dtype: Any = np.float32
    attributes: dict[str, Any] | None = None

    def model(self) -> onnx.ModelProto:
        generator = np.random.default_rng(1)
        attributes = {"pads": self.pads, **(self.attributes or {})}
        channels = int(self.shape[1]) // attributes.get("group", 1)
        kernel = generator.standard_normal((self.filters, channels, *self.kernel))
        constants: dict[str, Any] = {"kernel": kernel.astype(self.dtype)}
        nodes, inputs = [], ["x", "kernel"]
        if self.reflect:
            nodes.append(helper.make_node("Pad", ["x", "mirrored"], ["padded"], mode="reflect"))
            constants["mirrored"] = np.array([0, 0, 1, 1, 0, 0, 1, 1])
            inputs[0] = "padded"
        if self.bias:
            inputs.append("bias")
            constants["bias"] = generator.standard_normal(self.filters).astype(self.dtype)
        if attributes["pads"] is None:
            del attributes["pads"]
        nodes.append(helper.make_node("Conv", inputs, ["y"], **attributes))
        constants["emap"] = np.ones(1, np.float32)
        return make_model(nodes, {"x": self.shape}, ["y"], constants, opset=self.opset)


def worst(one: NDArray[Any], other: NDArray[Any]) -> float:
    return float(np.abs(one - other).max() / np.abs(one).max())


def relative_error(before: onnx.ModelProto, after: onnx.ModelProto, feeds: Any) -> float:
    shape_inference.infer_shapes(after, check_type=True, strict_mode=True)
    (expected,), (actual,) = run(before, feeds), run(after, feeds)
    assert expected.shape == actual.shape
    return worst(expected, actual)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    reflect = draw(st.booleans())
    pads = [0] * 4 if reflect else draw(st.lists(st.integers(0, 4), min_size=4, max_size=4))
    least = 3 if not any(pads) and not reflect else 2
    height, width = draw(st.integers(least, 19)), draw(st.integers(least, 19))
    if not reflect:
        height, width = max(height, 3 - pads[0] - pads[2]), max(width, 3 - pads[1] - pads[3])
    return Case(
        shape=(draw(st.integers(1, 3)), draw(st.integers(1, 5)), height, width),
        filters=draw(st.integers(1, 5)),
        pads=pads,
        bias=draw(st.booleans()),
        reflect=reflect,
        opset=draw(st.integers(11, 21)),
    )


@given(cases().filter(lambda case: case.reflect or _has_result(case)), st.sampled_from(CHOICES))
def test_any_convolution_gives_the_same_but_for_rounding(
    case: Case, points: tuple[float, ...]
) -> None:
    model, graph_pass = case.model(), winograd(WorthwhileSize(0, 1), points)
    rewritten = graph_pass.apply(model)
    assert graph_pass.apply(rewritten) is rewritten
    feeds = random_feeds({"x": [int(size) for size in case.shape]})
    assert relative_error(model, rewritten, feeds) < 1e-5
    assert "MatMul" in operators(rewritten)
    assert initializers(rewritten)[-1] == "emap"
    assert "kernel" in initializers(rewritten)


def _has_result(case: Case) -> bool:
    _, _, height, width = (int(size) for size in case.shape)
    top, left, bottom, right = case.pads
    return height + top + bottom >= 3 and width + left + right >= 3


def test_pictures_come_in_any_number_where_the_model_leaves_it_open() -> None:
    model = Case(shape=("n", 3, 9, 8)).model()
    rewritten = ANY.apply(model)
    for count in (1, 2, 5):
        assert relative_error(model, rewritten, random_feeds({"x": (count, 3, 9, 8)})) < 1e-5


@given(st.integers(0, 2**32), st.sampled_from(CHOICES))
def test_rows_are_filtered_exactly_whatever_the_points(seed: int, points: Sequence[float]) -> None:
    transforms, generator = Transforms(points), np.random.default_rng(seed)
    assert (transforms.inputs, transforms.results) == (len(points) + 1, len(points) - 1)
    data, kernel = generator.standard_normal(transforms.inputs), generator.standard_normal(3)
    filtered = transforms.result @ ((transforms.kernel @ kernel) * (transforms.data @ data))
    np.testing.assert_allclose(filtered, np.correlate(data, kernel), atol=1e-12)


def test_the_papers_points_make_the_papers_matrices() -> None:
    transforms = Transforms(PAPER)
    data = [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
    np.testing.assert_array_equal(transforms.data, data)
    kernel = [[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]
    np.testing.assert_allclose(transforms.kernel, np.array(kernel) / 24)
    result = [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]
    np.testing.assert_array_equal(transforms.result, result)


def test_its_own_points_round_less_than_the_papers() -> None:
    model = Case(shape=(1, 256, 16, 16), filters=64).model()
    feeds = random_feeds({"x": (1, 256, 16, 16)})
    paper, own = (
        relative_error(model, winograd(WorthwhileSize(0, 1), points).apply(model), feeds)
        for points in (PAPER, POINTS)
    )
    assert own < 0.7 * paper


@pytest.mark.parametrize(
    "case",
    [
        Case(attributes={"strides": [2, 2]}),
        Case(attributes={"strides": [1, 2]}),
        Case(attributes={"dilations": [2, 2]}),
        Case(filters=3, attributes={"group": 3}),
        Case(pads=None, attributes={"auto_pad": "SAME_UPPER"}),
        Case(kernel=(1, 1)),
        Case(kernel=(3, 5)),
        Case(shape=(1, 3, 9), kernel=(3,), pads=(1, 1)),
        Case(shape=(1, 3, "h", 8)),
        Case(dtype=np.float64),
        Case(opset=10),
    ],
    ids=str,
)
def test_unsuitable_convolutions_are_left_untouched(case: Case) -> None:
    model = case.model()
    if case.dtype is np.float64:
        model.graph.input[0].type.tensor_type.elem_type = TensorProto.DOUBLE
    assert_untouched(ANY, model)


def test_kernels_that_are_no_constants_stay() -> None:
    model = Case().model()
    assert_untouched(ANY, with_listed_weights(model, "kernel"))
    node = model.graph.node[0]
    node.input[1] = "made"
    model.graph.node.insert(0, helper.make_node("Relu", ["kernel"], ["made"]))
    assert_untouched(ANY, model)


def test_a_convolution_of_another_domain_is_left_untouched() -> None:
    model = Case().model()
    model.graph.node[0].domain = "com.microsoft"
    assert_untouched(ANY, model)


@pytest.mark.parametrize(
    ("channels", "filters", "side", "reached"),
    [
        (160, 160, 16, True),
        (160, 160, 15, False),
        (160, 159, 16, False),
        (64, 1024, 64, False),
        (96, 1024, 64, True),
    ],
)
def test_only_large_ones_are_worth_it(
    channels: int, filters: int, side: int, reached: bool
) -> None:
    model = Case(shape=(1, channels, side, 40), filters=filters).model()
    assert (WINOGRAD.apply(model) is not model) is reached


def test_of_inswappers_convolutions_those_with_3x3_kernels_and_single_steps_are() -> None:
    model, weights = inswapper_model(InswapperOptions())
    for each in weights:
        element = helper.np_dtype_to_tensor_dtype(np.dtype(each.dtype))
        tensor = TensorProto(name=each.name, dims=each.shape, data_type=element)
        if each.size < 1024:
            tensor.raw_data = bytes(each.content())
        model.graph.initializer.append(tensor)
    rewritten, count = WINOGRAD.apply_counting(model)
    assert count == 12 + 4
    used = [node.input[1] for node in rewritten.graph.node if node.op_type == "Conv"]
    left = [name for name in used if name.endswith(".weight")]
    assert left == ["c1.weight", "c3.weight", "c4.weight", "d4.weight"]


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("winograd") / "narrow.onnx"
    write_inswapper(path, InswapperOptions(width=8))
    return path


def swap(model: Path | bytes, level: onnxruntime.GraphOptimizationLevel) -> NDArray[np.float32]:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = level
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(0)
    source = generator.standard_normal((1, 512), np.float32)
    feed = {
        "target": generator.random((1, 3, 128, 128), np.float32),
        "source": source / np.linalg.norm(source),
    }
    return np.asarray(session.run(None, feed)[0])


def test_a_whole_swapper_gives_the_same_but_for_rounding(narrow: Path, tmp_path: Path) -> None:
    rewritten, count = ANY.apply_counting(read_without_kernels(narrow))
    path = tmp_path / "rewritten.onnx"
    write_with_kernels(path, rewritten, narrow)
    assert count == 16
    levels = onnxruntime.GraphOptimizationLevel
    for level in (levels.ORT_DISABLE_ALL, levels.ORT_ENABLE_ALL):
        assert 0 < worst(swap(narrow, level), swap(path, level)) < 1e-5
    assert abs(path.stat().st_size - narrow.stat().st_size) < 100_000


def test_large_kernels_are_written_as_the_only_constants_that_are_folded(
    narrow: Path, tmp_path: Path
) -> None:
    path, optimized = tmp_path / "rewritten.onnx", tmp_path / "optimized.onnx"
    write_with_kernels(path, ANY.apply(read_without_kernels(narrow)), narrow)
    written = onnx.load(path)
    assert written.graph.initializer[-1].name == "emap"
    makers = {node.output[0]: node for node in written.graph.node}
    folded = [node for node in written.graph.node if node.output[0].endswith(".matrices")]
    large = [node for node in folded if node.input[0] not in makers]
    # Smaller kernels are in the graph from the beginning, and so is what rearranges them.
    assert len(large) == 13
    before = {t.name: numpy_helper.to_array(t) for t in onnx.load(narrow).graph.initializer}
    after = {t.name: numpy_helper.to_array(t) for t in written.graph.initializer}
    kernel = after[large[0].input[0]]
    assert kernel.shape == (1, 9, 64, 64)
    expected = before["block0.1.weight"].reshape(64, 64, 9)
    np.testing.assert_array_equal(kernel[0].transpose(1, 2, 0), expected)

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(optimized)
    onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    loaded = onnx.load(optimized)
    assert not [node for node in loaded.graph.node if node.output[0].endswith(".matrices")]
    shapes = [tuple(tensor.dims) for tensor in loaded.graph.initializer]
    assert shapes.count((1, 36, 64, 64)) == 12
    assert (1, 9, 64, 64) not in shapes
