from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from dlc.graph.passes.open_batch import OPEN_BATCH
from dlc.graph.passes.shapes import declared_dims
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from tests.graph.gfpgan import gfpgan_model
from tests.graph.graphs import DATA, assert_untouched, initializers, make_model, random_feeds, run


def _assert_batches(before: onnx.ModelProto, count: int = 3) -> onnx.ModelProto:
    """Once opened, a batch gives what its pictures give one by one."""
    opened = OPEN_BATCH.apply(before)
    assert OPEN_BATCH.apply(opened) is opened
    for value in (*opened.graph.input, *opened.graph.output):
        assert declared_dims(value)[0] == "batch"
    shapes = {v.name: declared_dims(v) for v in before.graph.input}
    feeds = random_feeds({name: (count, *dims[1:]) for name, dims in shapes.items()})
    together = run(opened, feeds)
    for number in range(count):
        alone = run(before, {name: x[number : number + 1] for name, x in feeds.items()})
        for all_of_them, one in zip(together, alone, strict=True):
            np.testing.assert_allclose(all_of_them[number : number + 1], one, rtol=1e-5, atol=1e-5)
    return opened


def _refusal(model: onnx.ModelProto, caplog: pytest.LogCaptureFixture) -> str:
    """Return what is said of a model that keeps its batch of one."""
    with caplog.at_level(logging.WARNING):
        assert_untouched(OPEN_BATCH, model)
    return caplog.messages[-1]


def test_several_faces_go_through_inswapper_at_once(tmp_path: Path) -> None:
    path = tmp_path / "narrow.onnx"
    write_inswapper(path, InswapperOptions(width=2))
    opened = _assert_batches(onnx.load(path))
    assert [declared_dims(value) for value in opened.graph.input] == [
        ["batch", 3, 128, 128],
        ["batch", 512],
    ]
    assert initializers(opened)[-1] == "emap"


@dataclass(frozen=True, slots=True)
class _Case:
    operator: str
    shapes: Sequence[Sequence[int]] = ((1, 4, 3, 2),)
    constants: Sequence[Any] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    opset: int = 11
    outputs: int = 1

    def __str__(self) -> str:
        return f"{self.operator}{list(self.attributes.items())}{len(self.constants)}"

    def model(self) -> onnx.ModelProto:
        inputs = {f"x{number}": shape for number, shape in enumerate(self.shapes)}
        constants = {f"c{number}": np.asarray(c) for number, c in enumerate(self.constants)}
        outputs = [f"y{number}" for number in range(self.outputs)]
        node = helper.make_node(self.operator, [*inputs, *constants], outputs, **self.attributes)
        model = make_model([node], inputs, outputs, constants, opset=self.opset)
        inferred = onnx.shape_inference.infer_shapes(model)
        del model.graph.output[:]
        model.graph.output.extend(inferred.graph.output)
        return model


_X = (1, 4, 3, 2)
_NONE = np.zeros(0, np.float32)


def _floats(*shape: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(1).standard_normal(shape, np.float32)


@pytest.mark.parametrize(
    "case",
    [
        _Case("Relu"),
        _Case("Add", (_X, _X)),
        _Case("Add", constants=[_floats(4, 1, 1)]),
        _Case("Mul", constants=[_floats(1, 4, 1, 1)]),
        _Case("PRelu", constants=[_floats(4, 1, 1)]),
        _Case("Conv", constants=[_floats(2, 4, 1, 1)]),
        _Case("MaxPool", attributes={"kernel_shape": [2, 2]}),
        _Case("InstanceNormalization", constants=[_floats(4), _floats(4)]),
        _Case("Gemm", ((1, 4),), [_floats(4, 3), _floats(3)]),
        _Case("MatMul", ((1, 4),), [_floats(4, 3)]),
        _Case("MatMul", ((1, 2, 3), (1, 3, 2))),
        _Case("ReduceMean", attributes={"axes": [2, -1]}),
        _Case("Softmax", attributes={"axis": 1}),
        _Case("Concat", (_X, _X), attributes={"axis": -3}),
        _Case("Slice", constants=[[1], [3], [1]]),
        _Case("Split", attributes={"axis": 1}, outputs=2),
        _Case("Gather", constants=[np.int64(2)], attributes={"axis": 1}),
        _Case("Squeeze", ((1, 4, 1),), attributes={"axes": [2]}),
        _Case("Unsqueeze", ((1, 4),), attributes={"axes": [2, 3]}),
        _Case("Pad", constants=[[0, 0, 1, 1, 0, 0, 1, 1]], attributes={"mode": "reflect"}),
        _Case("Transpose", attributes={"perm": [0, 2, 3, 1]}),
        _Case("Flatten"),
        _Case("Reshape", constants=[[0, 2, -1]]),
        _Case("Reshape", constants=[[-1, 12, 2]]),
        _Case("Resize", constants=[_NONE, np.array([1, 1, 2, 2], np.float32)]),
    ],
    ids=str,
)
def test_what_keeps_pictures_apart_is_opened(case: _Case) -> None:
    _assert_batches(case.model())


@pytest.mark.parametrize(
    "case",
    [
        _Case("Add", ((1, 4), (1, 2, 4))),
        _Case("Add", constants=[_floats(2, 4, 3, 2)]),
        _Case("Gemm", ((1, 4),), [_floats(1, 3)], {"transA": 1}),
        _Case("Gemm", ((1, 4),), [_floats(4, 3), _floats(2, 3)]),
        _Case("MatMul", ((1, 4), (1, 4))),
        _Case("MatMul", ((1, 2, 3),), [_floats(5, 3, 2)]),
        _Case("ReduceMean", attributes={"axes": [0, 2]}),
        _Case("ReduceMean"),
        _Case("Softmax", attributes={"axis": 0}),
        _Case("Softmax", ((1,),), opset=13),
        _Case("Concat", (_X, _X), attributes={"axis": 0}),
        _Case("Slice", constants=[[0], [1], [0]]),
        _Case("Slice", constants=[[0], [1]]),
        _Case("Gather", constants=[np.int64(0)]),
        _Case("Squeeze"),
        _Case("Unsqueeze", attributes={"axes": [0]}),
        _Case("Pad", constants=[[1, 0, 0, 0, 0, 0, 0, 0]]),
        _Case("Transpose", attributes={"perm": [1, 0, 2, 3]}),
        _Case("Transpose"),
        _Case("Flatten", attributes={"axis": 2}),
        _Case("Reshape", constants=[[1, -1]]),
        _Case("Reshape", constants=[[-1, 2]]),
        _Case("Reshape", ((1, 0),), [[0, 3]], {"allowzero": 1}, opset=14),
        _Case("Resize", constants=[_NONE, _NONE, [1, 4, 6, 4]]),
        _Case("CumSum", constants=[np.int64(0)]),
    ],
    ids=str,
)
def test_what_may_mix_pictures_is_refused_by_name(
    case: _Case, caplog: pytest.LogCaptureFixture
) -> None:
    assert case.operator in _refusal(case.model(), caplog)


def test_a_second_output_that_counts_through_all_pictures_is_refused() -> None:
    case = _Case("MaxPool", attributes={"kernel_shape": [2, 2]})
    model = case.model()
    model.graph.node[0].output.append("places")
    model.graph.output.append(helper.make_tensor_value_info("places", TensorProto.INT64, None))
    assert_untouched(OPEN_BATCH, model)


def test_an_input_that_is_no_batch_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    model = _Case("Relu", ((3, 4),)).model()
    assert _refusal(model, caplog).endswith(": its input x0 has no batch of one")


def test_an_output_without_the_input_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"]), helper.make_node("Relu", ["one"], ["z"])]
    model = make_model(nodes, {"x": (1, 3)}, ["y", "z"], {"one": np.ones(1, np.float32)})
    assert _refusal(model, caplog).endswith(": its output z does not depend on the input")


def test_gfpgan_is_refused_as_it_folds_the_batch_into_its_shapes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert "Reshape" in _refusal(gfpgan_model(), caplog)


@pytest.mark.parametrize("name", ["scrfd_2.5g_kps", "scrfd_500m_kps"])
def test_scrfd_is_refused_as_its_outputs_have_no_batch(name: str) -> None:
    path = DATA / f"{name}.onnx"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    assert_untouched(OPEN_BATCH, onnx.load(path))
