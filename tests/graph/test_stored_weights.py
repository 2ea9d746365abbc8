from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from dlc.errors import ModelError
from dlc.graph.passes.half_precision import HALF_PRECISION
from dlc.graph.passes.instance_norm import INSTANCE_NORM
from dlc.graph.rewrite import apply_passes, passes_for
from dlc.graph.stored_weights import read_without_kernels, write_with_kernels
from dlc.graph.synthetic import InswapperOptions, write_inswapper


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stored") / "narrow.onnx"
    write_inswapper(path, InswapperOptions(width=8))
    return path


def outside(model: onnx.ModelProto) -> set[str]:
    tensors = model.graph.initializer
    return {tensor.name for tensor in tensors if tensor.data_location == TensorProto.EXTERNAL}


def test_large_kernels_and_unused_weights_stay_in_the_file(source: Path) -> None:
    model = read_without_kernels(source)
    left = outside(model)
    assert {"block0.1.weight", "d1.weight", "emap"} <= left
    assert not any("style" in name for name in left)
    assert model.ByteSize() < source.stat().st_size * 0.6


def test_the_same_file_comes_out(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.onnx"
    write_with_kernels(copy, read_without_kernels(source), source)
    assert copy.read_bytes() == source.read_bytes()


def test_what_was_left_out_is_found_by_onnx(source: Path) -> None:
    model = read_without_kernels(source)
    onnx.load_external_data_for_model(model, str(source.parent))
    whole = {tensor.name: tensor for tensor in onnx.load(source).graph.initializer}
    for tensor in model.graph.initializer:
        expected = numpy_helper.to_array(whole[tensor.name])
        np.testing.assert_array_equal(numpy_helper.to_array(tensor), expected)


def test_a_rewritten_graph_gets_its_weights_and_its_last_initializer(
    source: Path, tmp_path: Path
) -> None:
    rewritten, _ = apply_passes(read_without_kernels(source), passes_for((1, 24)))
    path = tmp_path / "rewritten.onnx"
    write_with_kernels(path, rewritten, source)
    read = onnx.load(path)
    expected, _ = apply_passes(onnx.load(source), passes_for((1, 24)))
    assert read == expected
    assert read.graph.initializer[-1].name == "emap"


def kernel_used_elsewhere(path: Path) -> Path:
    kernel = np.ones((64, 64, 3, 3), np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "kernel"], ["a"]),
        helper.make_node("ReduceSum", ["kernel"], ["b"]),
    ]
    shape = [1, 64, 8, 8]
    graph = helper.make_graph(
        nodes,
        "shared",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "ab"],
        [numpy_helper.from_array(kernel, "kernel")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    return path


def test_a_kernel_that_something_else_uses_is_read(tmp_path: Path) -> None:
    assert not outside(read_without_kernels(kernel_used_elsewhere(tmp_path / "shared.onnx")))


def test_weights_in_other_files_are_refused(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "divided.onnx"
    onnx.save(onnx.load(source), path, save_as_external_data=True, location="weights.bin")
    with pytest.raises(ModelError, match="in other files"):
        read_without_kernels(path)


def test_more_than_protobuf_can_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.onnx"
    with path.open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(ModelError, match="2,147,483,648 bytes"):
        read_without_kernels(path)


@pytest.mark.parametrize("content", [b"", b"no model at all", b"\x00" * 100, b"\x3a\x00"])
def test_other_files_are_no_models(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="ONNX file"):
        read_without_kernels(path)


@pytest.mark.parametrize("share", [0.001, 0.5, 0.999])
def test_half_a_model_is_refused(source: Path, tmp_path: Path, share: float) -> None:
    content = source.read_bytes()
    path = tmp_path / "half.onnx"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelError, match="complete ONNX file"):
        read_without_kernels(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        read_without_kernels(tmp_path / "none.onnx")


def test_kernels_that_are_used_in_half_precision_are_written_so(tmp_path: Path) -> None:
    source, target = tmp_path / "source.onnx", tmp_path / "half.onnx"
    write_inswapper(source, InswapperOptions(width=8))
    # As long as means are written out they are single precision, with more conversions.
    passes = (INSTANCE_NORM, HALF_PRECISION)
    rewritten, _ = apply_passes(read_without_kernels(source), passes)
    write_with_kernels(target, rewritten, source)
    written, (expected, _) = onnx.load(target), apply_passes(onnx.load(source), passes)
    onnx.checker.check_model(written, full_check=True)
    # Only the conversions at the inputs and the output are left.
    assert [node.op_type for node in written.graph.node].count("Cast") == 3
    weights, wanted = (
        {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        for model in (written, expected)
    )
    assert weights["emap"].dtype == np.float32
    kernels = {name for name, value in weights.items() if value.ndim == 4}
    assert len(kernels) == 20
    for name in kernels:
        assert weights[name].dtype == np.float16
        np.testing.assert_array_equal(weights[name], wanted[name])


def rearranged(path: Path, steps: list[onnx.NodeProto], **constants: list[int]) -> onnx.ModelProto:
    """Return a model, read without its kernel, in which nodes do something to the kernel."""
    kernel = np.random.default_rng(0).standard_normal((8, 64, 5, 7)).astype(np.float32)
    tensors = {"kernel": kernel, **{name: np.array(c) for name, c in constants.items()}}
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "kernel"], ["a"])],
        "rearranged",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 64, 8, 8])],
        [helper.make_tensor_value_info("a", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    model = read_without_kernels(path)
    assert outside(model) == {"kernel"}
    del model.graph.node[:]
    model.graph.node.extend(steps)
    model.graph.output[0].name = steps[-1].output[0]
    return model


def test_kernels_are_written_in_the_form_in_which_they_are_used(tmp_path: Path) -> None:
    source, target = tmp_path / "source.onnx", tmp_path / "target.onnx"
    steps = [
        helper.make_node("Transpose", ["kernel"], ["a"], perm=[2, 3, 0, 1]),
        helper.make_node("Reshape", ["a", "shape"], ["b"]),
        helper.make_node("Cast", ["b"], ["c"], to=TensorProto.FLOAT16),
        helper.make_node("Transpose", ["c"], ["d"]),
        helper.make_node("Identity", ["d"], ["e"]),
    ]
    model = rearranged(source, steps, shape=[35, 8, 64])
    write_with_kernels(target, model, source)
    written = onnx.load(target)
    assert [node.op_type for node in written.graph.node] == ["Identity"]
    tensors = {t.name: numpy_helper.to_array(t) for t in onnx.load(source).graph.initializer}
    kernel = tensors["kernel"].transpose(2, 3, 0, 1).reshape(35, 8, 64).astype(np.float16).T
    (stored,) = (t for t in written.graph.initializer if t.name == "d")
    np.testing.assert_array_equal(numpy_helper.to_array(stored), kernel)


@pytest.mark.parametrize(
    "steps",
    [
        [helper.make_node("Reshape", ["kernel", "open"], ["z"])],
        [helper.make_node("Reshape", ["kernel", "wrong"], ["z"])],
        [helper.make_node("Cast", ["kernel"], ["z"], to=TensorProto.DOUBLE)],
        [
            helper.make_node("Transpose", ["kernel"], ["a"]),
            helper.make_node("ReduceSum", ["kernel"], ["b"]),
            helper.make_node("Add", ["a", "b"], ["z"]),
        ],
    ],
    ids=["open shape", "impossible shape", "another type", "used twice"],
)
def test_a_kernel_of_which_more_is_made_stays_as_it_is(
    steps: list[onnx.NodeProto], tmp_path: Path
) -> None:
    source, target = tmp_path / "source.onnx", tmp_path / "target.onnx"
    model = rearranged(source, steps, open=[8, -1], wrong=[8, 9])
    write_with_kernels(target, model, source)
    written = onnx.load(target)
    assert list(written.graph.node) == steps
    assert list(written.graph.initializer) == list(onnx.load(source).graph.initializer)
