from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper

from dlc.compositing.paste_back import face_mask, paste_back
from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.face import Face
from dlc.swapping.inswapper import InswapperSwapper
from dlc.swapping.pixel_boost import interleaved, interleaved_parts
from tests.faces.pictures import Picture
from tests.swapping.inswappers import open_swapper, random_embedding

EMAP = np.eye(512, dtype=np.float32)


@given(st.integers(1, 4), st.integers(1, 9), st.integers(1, 9))
def test_parts_put_together_are_the_whole(factor: int, height: int, width: int) -> None:
    shape = (height * factor, width * factor, 3)
    crop = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    parts = interleaved_parts(crop, factor)
    assert len(parts) == factor**2
    assert {part.shape for part in parts} == {(height, width, 3)}
    np.testing.assert_array_equal(interleaved(parts, factor), crop)


def test_every_part_shows_the_whole_face() -> None:
    crop = np.arange(16, dtype=np.uint8).reshape(4, 4, 1).repeat(3, axis=2)
    first, second, third, _ = interleaved_parts(crop, 2)
    np.testing.assert_array_equal(first[..., 0], [[0, 2], [8, 10]])
    np.testing.assert_array_equal(second[..., 0], [[1, 3], [9, 11]])
    np.testing.assert_array_equal(third[..., 0], [[4, 6], [12, 14]])


@pytest.fixture(scope="module")
def negative(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model with inswapper's inputs that makes the negative of a face, whoever it is."""
    path = tmp_path_factory.mktemp("negative") / "negative.onnx"
    nodes = [
        helper.make_node("Constant", [], ["one"], value_float=1.0),
        helper.make_node("Constant", [], ["none"], value_float=0.0),
        helper.make_node("Sub", ["one", "target"], ["inverted"]),
        helper.make_node("ReduceSum", ["source"], ["person"], keepdims=0),
        helper.make_node("Mul", ["person", "none"], ["nobody"]),
        helper.make_node("Add", ["inverted", "nobody"], ["output"]),
    ]
    picture = (1, 3, 128, 128)
    graph = helper.make_graph(
        nodes,
        "negative",
        [
            helper.make_tensor_value_info("target", TensorProto.FLOAT, picture),
            helper.make_tensor_value_info("source", TensorProto.FLOAT, (1, 512)),
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, picture)],
    )
    opset = helper.make_opsetid("", 13)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    return path


@pytest.mark.parametrize("side", [None, 256, 512])
def test_a_boosted_face_is_the_models_of_every_pixel_at_its_place(
    side: int | None, negative: Path, group: NDArray[np.uint8]
) -> None:
    target = Picture(group)
    points = np.array([[300, 300], [390, 310], [345, 360], [310, 400], [375, 405]], np.float32)
    face = Face(np.array([260, 240, 430, 450], np.float32), points, 0.9)
    swapper = InswapperSwapper(open_swapper(negative), EMAP, side)
    swapper.prepare([(target, Face(face.box, points, 0.9, embedding=random_embedding()))])
    patches = swapper.swap(target, [face, face])

    made = side or 128
    matrix = arcface_matrix(points, made)
    assert matrix is not None
    crop = 255 - aligned_crop(target, matrix, made)
    expected = paste_back(crop, face_mask(made), matrix, target.width, target.height)
    assert expected is not None
    for patch in patches:
        assert patch is not None
        assert patch.box == expected.box
        np.testing.assert_array_equal(patch.alpha, expected.alpha)
        # The model's numbers are rounded down.
        assert np.abs(patch.bgr.astype(int) - expected.bgr).max() <= 2


def test_the_boost_stays_with_another_source(negative: Path, group: NDArray[np.uint8]) -> None:
    swapper = InswapperSwapper(open_swapper(negative), EMAP, 256)
    points = np.array([[300, 300], [390, 310], [345, 360], [310, 400], [375, 405]], np.float32)
    face = Face(np.zeros(4, np.float32), points, 0.9, embedding=random_embedding())
    target = Picture(group)
    results = []
    for each in (swapper, swapper.another()):
        each.prepare([(target, face)])
        (patch,) = each.swap(target, [face])
        assert patch is not None
        results.append(patch.bgr)
    np.testing.assert_array_equal(*results)
