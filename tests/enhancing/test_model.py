from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import helper

from dlc.enhancing.model import EnhancerModel
from dlc.enhancing.swapped_face import SwappedFace
from dlc.errors import ModelError
from tests.enhancing.sharpeners import SIDE, open_enhancer, write_broken
from tests.graph.gfpgan import GfpganOptions, gfpgan_model
from tests.inference.small_models import write_model


def test_the_sharpener_sharpens(model: EnhancerModel, swapped: SwappedFace) -> None:
    crop = swapped.crop(SIDE)
    levels = crop.astype(np.float64)
    fine = levels - cv2.GaussianBlur(levels, (0, 0), 1.0)
    coarse = levels - cv2.GaussianBlur(levels, (0, 0), SIDE / 85)
    expected = np.clip(levels + 1.5 * fine + 0.4 * coarse, 0, 255)
    # The model's kernels are cut off earlier.
    assert np.abs(model.enhance(crop) - expected).max() < 4


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_colors_and_their_range_survive(tmp_path: Path, channel: int) -> None:
    node = helper.make_node("Identity", ["image"], ["output"])
    model = open_enhancer(write_model(tmp_path / "same.onnx", node, (1, 3, SIDE, SIDE)))
    crop = np.zeros((SIDE, SIDE, 3), np.uint8)
    crop[..., channel] = np.arange(SIDE) % 256
    np.testing.assert_array_equal(model.enhance(crop), crop)


def test_it_takes_red_first_and_values_around_zero(tmp_path: Path) -> None:
    # 1 is added to the first channel, which is half of its range.
    add = onnx.numpy_helper.from_array(np.float32([1, 0, 0]).reshape(1, 3, 1, 1), "add")
    node = helper.make_node("Add", ["image", "add"], ["output"])
    path = write_model(tmp_path / "red.onnx", node, (1, 3, SIDE, SIDE), weights=[add])
    out = open_enhancer(path).enhance(np.full((SIDE, SIDE, 3), 51, np.uint8))
    assert out[0, 0, :2].tolist() == [51, 51]
    assert out[0, 0, 2] in (178, 179)


def test_a_model_of_gfpgans_shape_runs(tmp_path: Path) -> None:
    path = tmp_path / "gfpgan.onnx"
    onnx.save(gfpgan_model(GfpganOptions(side=256)), path)
    model = open_enhancer(path)
    assert model.side == 256
    assert model.enhance(np.zeros((256, 256, 3), np.uint8)).shape == (256, 256, 3)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    model = open_enhancer(write_broken(tmp_path / "broken.onnx"))
    with pytest.raises(ModelError, match=r"enhancer model .*broken\.onnx is unusable"):
        model.enhance(np.zeros((SIDE, SIDE, 3), np.uint8))
