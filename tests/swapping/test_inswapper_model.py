from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import onnx
import pytest
from insightface.model_zoo.inswapper import INSwapper
from numpy.typing import NDArray

from dlc.errors import ModelError
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.cpu import create_session
from dlc.model_store.skim import skim_emap
from dlc.swapping.inswapper_model import InswapperModel, identity_latent
from tests.swapping.inswappers import noise_crops, open_swapper, random_embedding


def test_inputs_are_told_apart_by_their_rank(tmp_path: Path) -> None:
    path, exchanged = tmp_path / "swapper.onnx", tmp_path / "exchanged.onnx"
    write_inswapper(path, InswapperOptions(width=2))
    model = onnx.load(path)
    model.graph.input.reverse()
    onnx.save(model, exchanged)
    latent = identity_latent([random_embedding()], skim_emap(path))
    (crop,) = noise_crops(1)
    (expected,) = InswapperModel(open_swapper(path)).swap_crops([crop], latent)
    (swapped,) = InswapperModel(open_swapper(exchanged)).swap_crops([crop], latent)
    np.testing.assert_array_equal(swapped, expected)
    assert swapped.shape == (128, 128, 3)
    assert swapped.dtype == np.uint8


@pytest.mark.parametrize("open_sizes", [False, True])
def test_faces_share_a_run_only_where_the_file_leaves_their_number_open(
    open_sizes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=2))
    if open_sizes:
        _open_batch(path)
    session = open_swapper(path)
    model = InswapperModel(session)
    latent = identity_latent([random_embedding()], skim_emap(path))
    crops = noise_crops(3)
    expected = [model.swap_crops([crop], latent)[0] for crop in crops]

    runs: list[int] = []
    run = type(session).run

    def counted(self, names, feed):  # type: ignore[no-untyped-def]
        runs.append(len(next(iter(feed.values()))))
        return run(self, names, feed)

    monkeypatch.setattr(type(session), "run", counted)
    swapped = model.swap_crops(crops, latent)
    assert runs == ([3] if open_sizes else [1, 1, 1])
    assert len(swapped) == 3
    for crop, alone in zip(swapped, expected, strict=True):
        assert np.abs(crop.astype(int) - alone).max() <= 1
    assert not np.array_equal(swapped[0], swapped[1])
    assert model.swap_crops([], latent) == []


def test_half_precision_that_overflows_is_an_error_and_no_black_face(tmp_path: Path) -> None:
    path = tmp_path / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=2, half=True, overflowing=True))
    model = InswapperModel(open_swapper(path))
    latent = identity_latent([random_embedding()], skim_emap(path))
    with pytest.raises(ModelError, match=r"output is NaN .* take the one in single precision"):
        model.swap_crops(noise_crops(1), latent)


def test_a_file_whose_inputs_are_half_precision_too_works(tmp_path: Path) -> None:
    path, narrow = tmp_path / "swapper.onnx", tmp_path / "half.onnx"
    write_inswapper(path, InswapperOptions(width=2, half=True))
    _take_casts_away(path, narrow)
    latent = identity_latent([random_embedding()], skim_emap(path))
    crops = noise_crops(1)
    (expected,) = InswapperModel(open_swapper(path)).swap_crops(crops, latent)
    (swapped,) = InswapperModel(open_swapper(narrow)).swap_crops(crops, latent)
    np.testing.assert_allclose(swapped, expected, rtol=0, atol=1.5)


@pytest.mark.parametrize("seed", range(3))
def test_an_identity_is_insightfaces(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=1, seed=seed))
    emap = INSwapper(str(path), create_session(path)).emap
    embedding = random_embedding(seed)
    expected = embedding @ emap
    expected /= np.linalg.norm(expected)
    latent = identity_latent([embedding], skim_emap(path))
    assert latent.dtype == np.float32
    np.testing.assert_allclose(latent, expected, rtol=0, atol=1e-6)


def test_several_photos_count_the_same_whatever_the_length_of_their_embeddings() -> None:
    first, second = random_embedding(1), random_embedding(2)
    emap = np.eye(512, dtype=np.float32)
    latent = identity_latent([first, 20 * second], emap)
    assert math.isclose(np.linalg.norm(latent), 1, rel_tol=1e-5)
    assert math.isclose(latent @ first, latent @ second, rel_tol=1e-4)
    np.testing.assert_allclose(identity_latent([first, first], emap), first, atol=1e-6)


@pytest.mark.parametrize(
    "embeddings",
    [
        [np.zeros(512, np.float32)],
        [np.full(512, np.nan, np.float32)],
        [np.full(512, np.inf, np.float32)],
        [random_embedding(), -random_embedding()],
    ],
    ids=["zero", "NaN", "infinite", "opposite"],
)
def test_embeddings_that_give_no_identity_are_refused(
    embeddings: list[NDArray[np.float32]],
) -> None:
    with pytest.raises(ModelError, match=r"no identity.*dlc models verify"):
        identity_latent(embeddings, np.eye(512, dtype=np.float32))


def _open_batch(path: Path) -> None:
    model = onnx.load(path)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "faces"
    onnx.save(model, path)


def _take_casts_away(path: Path, target: Path) -> None:
    """Write a half-precision stand-in whose inputs and outputs are half precision as well."""
    model = onnx.load(path)
    graph = model.graph
    casts = [node for node in graph.node if node.op_type == "Cast"]
    names = {node.output[0]: node.input[0] for node in casts if node.output[0] != "output"}
    last = next(node for node in casts if node.output[0] == "output")
    for node in casts:
        graph.node.remove(node)
    for node in graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = names.get(name, name)
        for index, name in enumerate(node.output):
            node.output[index] = "output" if name == last.input[0] else name
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
    onnx.save(model, target)
