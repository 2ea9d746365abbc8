from __future__ import annotations

from pathlib import Path

import onnx
import pytest
from onnx import TensorProto

from dlc.errors import ModelError
from dlc.graph.coreml.partitions import predict_partitions
from dlc.graph.stored_weights import read_without_kernels
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.basic_graph import basic_optimized

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wide") / "wide.onnx"
    write_inswapper(path, InswapperOptions(width=8))
    return path


def optimized(path: Path) -> onnx.ModelProto:
    model = read_without_kernels(path)
    return onnx.ModelProto.FromString(basic_optimized(model.SerializeToString(), path.parent))


def test_a_division_of_one_is_merged_with_its_product(wide: Path) -> None:
    # 1 / deviation * x becomes x / deviation in each of the twelve styled convolutions.
    assert len(onnx.load(wide).graph.node) == 226
    model = optimized(wide)
    assert len(model.graph.node) == 214
    found = predict_partitions(model, (1, 24))
    assert (found.partitions, found.supported) == (14, 200)


def test_weights_outside_stay_outside(wide: Path) -> None:
    tensors = optimized(wide).graph.initializer
    assert any(tensor.data_location == TensorProto.EXTERNAL for tensor in tensors)


def test_a_model_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        basic_optimized(b"no model", tmp_path)


@pytest.mark.parametrize("name", ["scrfd_500m_kps.onnx", "scrfd_2.5g_kps.onnx"])
def test_a_real_detector_is_one_piece_only_where_its_input_is_fixed(name: str) -> None:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    model = read_without_kernels(path)
    before = predict_partitions(optimized(path), (1, 24))
    assert before.partitions > 1
    kinds = {node.operator for node in before.unsupported}
    assert kinds == {"Gather", "Unsqueeze", "Concat", "Resize", "Reshape"}
    for size in model.graph.input[0].type.tensor_type.shape.dim[2:]:
        size.dim_value = 640
    content = basic_optimized(model.SerializeToString(), path.parent)
    after = predict_partitions(onnx.ModelProto.FromString(content), (1, 24))
    assert (after.partitions, after.unsupported) == (1, ())
