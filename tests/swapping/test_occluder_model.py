from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from dlc.errors import ModelError
from dlc.model_store.contracts import check_contract
from dlc.model_store.role import Role
from dlc.swapping.occluder_model import OccluderModel
from tests.stand_ins import BLUE, write_occluder
from tests.swapping.occluders import open_occluder


@pytest.fixture(scope="module", params=[1, "unk__5"])
def model(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> OccluderModel:
    path = tmp_path_factory.mktemp("occluder") / "occluder.onnx"
    return open_occluder(write_occluder(path, batch=request.param))


def crop_of(color: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.full((256, 256, 3), color, np.uint8)


def test_blue_is_the_first_channel_and_covers(model: OccluderModel) -> None:
    assert model.side == 256
    assert not model.visible(crop_of(BLUE)).any()
    assert (model.visible(crop_of(BLUE[::-1])) == 1).all()


def test_a_mask_is_where_the_picture_is(model: OccluderModel) -> None:
    crop = crop_of((90, 120, 180))
    crop[40:60, 200:230] = BLUE
    visible = model.visible(crop)
    assert visible.shape == (256, 256)
    assert visible.dtype == np.float32
    rows, columns = np.nonzero(visible < 0.5)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (40, 59, 200, 229)


def constant_model(path: Path, value: float, element: int = TensorProto.FLOAT) -> Path:
    """Write an occluder whose mask is the same value everywhere."""
    shape = (1, 256, 256)
    node = helper.make_node("Gather", ["input", "first"], ["one"], axis=3)
    zero = helper.make_node("Mul", ["one", "zero"], ["nothing"])
    last = helper.make_node("Add", ["nothing", "value"], ["output"])
    graph = helper.make_graph(
        [node, zero, last],
        "constant",
        [helper.make_tensor_value_info("input", element, (*shape, 3))],
        [helper.make_tensor_value_info("output", element, (*shape, 1))],
        [
            helper.make_tensor("first", TensorProto.INT64, [1], [0]),
            helper.make_tensor("zero", element, [], [0.0]),
            helper.make_tensor("value", element, [], [value]),
        ],
    )
    opset = helper.make_opsetid("", 13)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    return path


@pytest.mark.parametrize(("value", "expected"), [(1.25, 1.0), (-0.5, 0.0), (0.25, 0.25)])
@pytest.mark.parametrize("element", [TensorProto.FLOAT, TensorProto.FLOAT16])
def test_a_mask_goes_from_0_to_1_in_either_precision(
    value: float, expected: float, element: int, tmp_path: Path
) -> None:
    model = open_occluder(constant_model(tmp_path / "constant.onnx", value, element))
    visible = model.visible(crop_of(BLUE))
    assert visible.dtype == np.float32
    assert (visible == expected).all()


def test_what_is_no_mask_is_refused(tmp_path: Path) -> None:
    model = open_occluder(constant_model(tmp_path / "broken.onnx", float("nan")))
    with pytest.raises(ModelError, match=r"occluder model .*broken\.onnx is unusable"):
        model.visible(crop_of(BLUE))


def test_an_output_of_another_shape_is_refused(tmp_path: Path) -> None:
    shape = (1, 256, 256, 3)
    graph = helper.make_graph(
        [helper.make_node("Transpose", ["input"], ["output"], perm=[0, 3, 1, 2])],
        "planes",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)],
    )
    path = tmp_path / "planes.onnx"
    opset = helper.make_opsetid("", 13)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    check_contract(path, Role.OCCLUDER)
    with pytest.raises(ModelError, match=r"planes\.onnx gives 1 x 3 x 256 x 256 .*models pull"):
        open_occluder(path).visible(crop_of(BLUE))
