from __future__ import annotations

import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper, shape_inference

from dlc.graph.synthetic import InswapperOptions, inswapper_model, write_inswapper
from dlc.model_store.skim import skim_emap, skim_io

_FULL = InswapperOptions()
_NARROW = InswapperOptions(width=2)


def _identities(count: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(5).standard_normal((count, 1, 512), np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _multiplications(options: InswapperOptions) -> int:
    """Count the multiplications of the convolutions and matrix products, from inferred shapes."""
    model, weights = inswapper_model(options)
    for tensor in weights:
        info = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(tensor.dtype))
        small = tensor.size < 100
        head = onnx.TensorProto(name=tensor.name, dims=tensor.shape, data_type=info)
        # Shapes follow from the values of small tensors, such as pads, and the shapes of others.
        values = numpy_helper.from_array(tensor.make(), tensor.name) if small else head
        model.graph.initializer.append(values)
    graph = shape_inference.infer_shapes(model, strict_mode=False).graph
    shapes = {info.name: info.type.tensor_type.shape.dim for info in graph.value_info}
    sizes = {tensor.name: tensor.shape for tensor in weights}
    total = 0
    for node in graph.node:
        if node.op_type in ("Conv", "Gemm"):
            filters, *each = sizes[node.input[1]]
            outputs = np.prod([dim.dim_value for dim in shapes[node.output[0]]][2:])
            total += int(outputs * filters * np.prod(each))
    return total


def test_the_full_graph_has_the_nodes_of_inswapper() -> None:
    model, _ = inswapper_model(_FULL)
    operators = Counter(node.op_type for node in model.graph.node)
    assert sum(operators.values()) == 226
    assert operators["Pad"] == 14
    assert operators["Conv"] == 20
    assert operators["Gemm"] == operators["Unsqueeze"] == 12
    pads = [node for node in model.graph.node if node.op_type == "Pad"]
    assert {onnx.helper.get_node_attr_value(node, "mode") for node in pads} == {b"reflect"}


def test_the_full_graph_has_the_work_and_the_size_of_inswapper() -> None:
    assert _multiplications(_FULL) / 1e9 == pytest.approx(174.6, abs=0.05)
    _, weights = inswapper_model(_FULL)
    assert sum(tensor.size for tensor in weights) / 1e6 == pytest.approx(554.2, abs=0.05)


def test_a_narrow_file_is_a_valid_model_with_inswappers_contract(tmp_path: Path) -> None:
    path = tmp_path / "narrow.onnx"
    write_inswapper(path, _NARROW)
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert len(model.graph.node) == 226
    assert model.graph.initializer[-1].name == "emap"
    assert model.opset_import[0].version == 11

    io = skim_io(path)
    assert [(t.name, t.element, t.shape) for t in io.inputs] == [
        ("target", "float32", (1, 3, 128, 128)),
        ("source", "float32", (1, 512)),
    ]
    assert [(t.element, t.shape) for t in io.outputs] == [("float32", (1, 3, 128, 128))]
    emap = numpy_helper.to_array(model.graph.initializer[-1])
    np.testing.assert_array_equal(skim_emap(path), emap)
    # A unit vector keeps about its length, as with the real matrix.
    lengths = np.linalg.norm(_identities(8)[:, 0] @ emap, axis=1)
    np.testing.assert_allclose(lengths, 1, atol=0.2)


@pytest.mark.parametrize("half", [False, True])
def test_what_comes_out_is_a_picture_that_depends_on_both_inputs(
    half: bool, tmp_path: Path
) -> None:
    path = tmp_path / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=4, half=half))
    session = _session(path)
    one, other = _identities(2)
    bright, dark = np.random.default_rng(0).random((2, 1, 3, 128, 128), np.float32)

    def swap(target: NDArray[np.float32], source: NDArray[np.float32]) -> NDArray[np.float32]:
        (output,) = session.run(["output"], {"target": target, "source": source})
        return np.asarray(output, np.float32)

    swapped = swap(bright, one)
    assert swapped.shape == (1, 3, 128, 128)
    assert swapped.min() >= -1e-3
    assert swapped.max() <= 1 + 1e-3
    assert swapped.std() > 0.05
    assert np.abs(swapped - swap(bright, other)).mean() > 0.02
    assert np.abs(swapped - swap(dark, one)).mean() > 0.02


def test_half_precision_differs_by_rounding_alone(tmp_path: Path) -> None:
    outputs = []
    for half in (False, True):
        path = tmp_path / f"{half}.onnx"
        write_inswapper(path, InswapperOptions(width=2, half=half))
        feed = {"target": np.full((1, 3, 128, 128), 0.5, np.float32), "source": _identities(1)[0]}
        outputs.append(_session(path).run(["output"], feed)[0])
    np.testing.assert_allclose(outputs[0], outputs[1], atol=1 / 64)
    assert (tmp_path / "True.onnx").stat().st_size < 0.51 * (tmp_path / "False.onnx").stat().st_size


def test_only_half_precision_overflows(tmp_path: Path) -> None:
    path = tmp_path / "overflowing.onnx"
    feed = {"target": np.full((1, 3, 128, 128), 0.5, np.float32), "source": _identities(1)[0]}
    write_inswapper(path, InswapperOptions(width=2, overflowing=True))
    assert np.isfinite(_session(path).run(["output"], feed)[0]).all()
    write_inswapper(path, InswapperOptions(width=2, overflowing=True, half=True))
    assert np.isnan(_session(path).run(["output"], feed)[0]).any()


def test_a_file_is_its_seeds(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("first", "again", "other")]
    for path, seed in zip(paths, (3, 3, 4), strict=True):
        write_inswapper(path, InswapperOptions(width=2, seed=seed))
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again
    assert len(first) == len(other)
    assert first != other


def test_writing_holds_little_more_than_the_largest_tensor(tmp_path: Path) -> None:
    options = InswapperOptions(width=16)
    largest = max(tensor.size for tensor in inswapper_model(options)[1])
    path = tmp_path / "model.onnx"
    tracemalloc.start()
    try:
        write_inswapper(path, options)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 10 * largest
    assert peak < 2 * largest + 1_000_000
