from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from dlc.faces.crop import to_tensor
from dlc.graph.names import FINITE_OUTPUT
from dlc.graph.passes.half_precision import HALF_PRECISION
from dlc.graph.passes.instance_norm import INSTANCE_NORM
from dlc.graph.passes.open_batch import OPEN_BATCH
from dlc.graph.passes.pixels import PIXELS
from dlc.graph.rewrite import CUDA_PASSES, apply_passes
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.cpu import create_session

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def swapper(tmp_path_factory: pytest.TempPathFactory) -> onnx.ModelProto:
    path = tmp_path_factory.mktemp("pixels") / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=4))
    return onnx.load(path)


def crops(count: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (count, 128, 128, 3), np.uint8)


def identities(count: int) -> NDArray[np.float32]:
    vector = np.random.default_rng(1).standard_normal((count, 512)).astype(np.float32)
    return vector / np.linalg.norm(vector, axis=1, keepdims=True)


def by_the_host(model: onnx.ModelProto, bgr: Pixels) -> Pixels:
    """Swap as insightface does: planes in, planes out, and rounded down."""
    feed = {"target": to_tensor(list(bgr)), "source": identities(len(bgr))}
    (planes,) = create_session(model.SerializeToString()).run(None, feed)
    rgb = np.clip(255 * planes, 0, 255).astype(np.uint8)
    return rgb.transpose(0, 2, 3, 1)[..., ::-1]


def test_pixels_come_out_to_the_bit_as_the_host_makes_them(swapper: onnx.ModelProto) -> None:
    wrapped, count = PIXELS.apply_counting(swapper)
    assert count == 1
    onnx.checker.check_model(wrapped, full_check=True)
    session = create_session(wrapped.SerializeToString())
    target, output = session.get_inputs()[0], session.get_outputs()[0]
    assert (target.name, target.type, target.shape) == ("target", "tensor(uint8)", [1, 128, 128, 3])
    assert (output.name, output.type, output.shape) == ("output", "tensor(uint8)", [1, 128, 128, 3])
    pixels, means = session.run(None, {"target": crops(1), "source": identities(1)})
    np.testing.assert_array_equal(pixels, by_the_host(swapper, crops(1)))
    assert pixels.std() > 1
    assert means.shape == (1,)
    assert np.isfinite(means).all()


def test_several_faces_go_through_at_once(swapper: onnx.ModelProto) -> None:
    opened, _ = apply_passes(swapper, [OPEN_BATCH])
    wrapped, _ = apply_passes(swapper, [OPEN_BATCH, PIXELS])
    session = create_session(wrapped.SerializeToString())
    pixels, means = session.run(None, {"target": crops(3), "source": identities(3)})
    np.testing.assert_array_equal(pixels, by_the_host(opened, crops(3)))
    assert means.shape == (3,)


def test_around_half_precision_the_arithmetic_on_pixels_stays_single(
    swapper: onnx.ModelProto,
) -> None:
    wrapped, changes = apply_passes(swapper, CUDA_PASSES)
    assert list(changes.values()) == [1, 12, 142, 1]
    session = create_session(wrapped.SerializeToString())
    pixels, _ = session.run(None, {"target": crops(2), "source": identities(2)})
    opened, _ = apply_passes(swapper, [OPEN_BATCH, INSTANCE_NORM, HALF_PRECISION])
    np.testing.assert_array_equal(pixels, by_the_host(opened, crops(2)))


def test_nan_shows_though_pixels_cannot_hold_it(swapper: onnx.ModelProto) -> None:
    wrapped = PIXELS.apply(swapper)
    session = create_session(wrapped.SerializeToString())
    nobody = np.full((1, 512), np.nan, np.float32)
    pixels, means = session.run(None, {"target": crops(1), "source": nobody})
    assert pixels.dtype == np.uint8
    assert np.isnan(means).all()
    assert session.get_outputs()[1].name == FINITE_OUTPUT


def test_the_matrix_for_embeddings_stays_last(swapper: onnx.ModelProto) -> None:
    wrapped, _ = apply_passes(swapper, CUDA_PASSES)
    last = wrapped.graph.initializer[-1]
    assert (last.name, last.data_type) == ("emap", TensorProto.FLOAT)


def test_other_models_are_left_alone(tmp_path: Path) -> None:
    picture = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 8, 8])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "one", [picture], [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    assert PIXELS.apply_counting(model) == (model, 0)
    write_inswapper(tmp_path / "half.onnx", InswapperOptions(width=1))
    narrow = onnx.load(tmp_path / "half.onnx")
    for value in (*narrow.graph.input, *narrow.graph.output):
        value.type.tensor_type.elem_type = TensorProto.FLOAT16
    assert PIXELS.apply_counting(narrow) == (narrow, 0)
