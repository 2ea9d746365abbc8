"""Small graphs for the tests of the rewrites, and running them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper, shape_inference

from dlc.graph.passes.graph_pass import GraphPass

DATA = Path(__file__).parents[3] / "shared" / "data"

Shape = Sequence[int | str | None]


def make_model(
    nodes: Sequence[onnx.NodeProto],
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, int] | Sequence[str],
    constants: Mapping[str, Any] | None = None,
    *,
    opset: int = 11,
    ir_version: int | None = None,
) -> onnx.ModelProto:
    """Return a model whose inputs are float32, and its outputs unless types are given."""
    types = outputs if isinstance(outputs, Mapping) else dict.fromkeys(outputs, TensorProto.FLOAT)
    tensors = [numpy_helper.from_array(np.asarray(v), n) for n, v in (constants or {}).items()]
    opsets = [helper.make_opsetid("", opset)]
    return helper.make_model(
        helper.make_graph(
            nodes,
            "graph",
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()],
            [helper.make_tensor_value_info(n, t, None) for n, t in types.items()],
            tensors,
        ),
        opset_imports=opsets,
        ir_version=ir_version or max(4, helper.find_min_ir_version_for(opsets)),
    )


def run(model: onnx.ModelProto, feeds: Mapping[str, Any]) -> list[NDArray[Any]]:
    """Return the outputs of a model as it stands: nothing in it is optimized."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return [np.asarray(output) for output in session.run(None, dict(feeds))]


def random_feeds(shapes: Mapping[str, Sequence[int]], seed: int = 0) -> dict[str, NDArray[Any]]:
    generator = np.random.default_rng(seed)
    return {name: generator.standard_normal(shape, np.float32) for name, shape in shapes.items()}


def assert_same_outputs(
    before: onnx.ModelProto, after: onnx.ModelProto, feeds: Mapping[str, Any], rtol: float = 0
) -> None:
    """Both models are valid and give the same, to the bit unless a tolerance is named."""
    shape_inference.infer_shapes(after, check_type=True, strict_mode=True)
    expected, actual = run(before, feeds), run(after, feeds)
    for one, other in zip(expected, actual, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=rtol)


def assert_rewritten(
    graph_pass: GraphPass, model: onnx.ModelProto, feeds: Mapping[str, Any]
) -> onnx.ModelProto:
    """A pass rewrites a model once and for all, and outputs stay as much the same as it says."""
    original = model.SerializeToString(deterministic=True)
    rewritten = graph_pass.apply(model)
    assert model.SerializeToString(deterministic=True) == original
    assert rewritten.SerializeToString(deterministic=True) != original
    assert graph_pass.apply(rewritten) is rewritten
    assert [o.name for o in rewritten.graph.output] == [o.name for o in model.graph.output]
    assert_same_outputs(model, rewritten, feeds, 0 if graph_pass.exact else graph_pass.tolerance)
    return rewritten


def assert_untouched(graph_pass: GraphPass, model: onnx.ModelProto) -> None:
    original = model.SerializeToString(deterministic=True)
    assert graph_pass.apply(model) is model
    assert model.SerializeToString(deterministic=True) == original


def with_listed_weights(model: onnx.ModelProto, *names: str) -> onnx.ModelProto:
    """Return a copy that lists initializers, all if none is named, among its inputs, at both ends.

    Exporters did so when every weight had to be listed, before IR version 4, and for years after.
    """
    listed = onnx.ModelProto()
    listed.CopyFrom(model)
    infos = [
        helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
        for tensor in model.graph.initializer
        if not names or tensor.name in names
    ]
    inputs = [*infos[::2], *model.graph.input, *infos[1::2]]
    del listed.graph.input[:]
    listed.graph.input.extend(inputs)
    return listed


def operators(model: onnx.ModelProto) -> list[str]:
    return [node.op_type for node in model.graph.node]


def initializers(model: onnx.ModelProto) -> list[str]:
    return [tensor.name for tensor in model.graph.initializer]
