from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from dlc.errors import WriteError
from dlc.graph.model_file import Weights, write_model


def _model() -> onnx.ModelProto:
    image = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])
    node = helper.make_node("Relu", ["x"], ["y"])
    return helper.make_model(helper.make_graph([node], "g", [image], [output]), producer_name="p")


def _weights(name: str, values: NDArray[np.generic]) -> Weights:
    return Weights(name, values.shape, values.dtype, lambda: values)


def test_a_file_is_what_onnx_would_have_written(tmp_path: Path) -> None:
    arrays = [
        np.arange(12, dtype=np.float32).reshape(3, 4),
        np.float16(0.5).reshape(()),
        np.zeros(0, np.float32),
        np.array([-1, 2**40]),
        np.arange(12, dtype=np.float32).reshape(3, 4).T,
    ]
    weights = [_weights(f"w{number}", values) for number, values in enumerate(arrays)]
    path = tmp_path / "model.onnx"
    write_model(path, _model(), weights)

    expected = _model()
    for number, values in enumerate(arrays):
        expected.graph.initializer.append(numpy_helper.from_array(values, f"w{number}"))
    assert onnx.load(path) == expected
    assert path.stat().st_size == expected.ByteSize()


@given(st.lists(st.integers(0, 300), max_size=5))
def test_lengths_of_any_size_are_read_back(sizes: list[int]) -> None:
    weights = [_weights(str(n), np.full(size, n, np.float32)) for n, size in enumerate(sizes)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        write_model(path, _model(), weights)
        read = [numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer]
    assert [len(values) for values in read] == sizes
    assert all((values == n).all() for n, values in enumerate(read))


def test_a_model_without_weights_is_one_too(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    write_model(path, _model(), [])
    assert onnx.load(path) == _model()


@pytest.mark.parametrize(
    "values", [np.zeros(3, np.float64), np.zeros((3, 1), np.float32)], ids=["dtype", "shape"]
)
def test_weights_that_are_not_as_announced_leave_no_file(
    values: NDArray[np.generic], tmp_path: Path
) -> None:
    announced = Weights("w", (3,), np.float32, lambda: values)
    with pytest.raises(ValueError, match="not as announced"):
        write_model(tmp_path / "model.onnx", _model(), [announced])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_a_write_error(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"missing.model\.onnx cannot be written: No such file"):
        write_model(tmp_path / "missing" / "model.onnx", _model(), [])


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"old")
    wrong = Weights("w", (3,), np.float32, lambda: np.zeros(2, np.float32))
    with pytest.raises(ValueError, match="not as announced"):
        write_model(path, _model(), [wrong])
    assert path.read_bytes() == b"old"
    write_model(path, _model(), [])
    assert onnx.load(path) == _model()
