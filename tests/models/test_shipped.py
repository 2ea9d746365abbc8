"""The shipped files are those the README describes and compute what LiteRT computes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from dlc.inference.cpu import create_session

MODELS = {
    "face_detection": (-1.0, 1.0),
    "face_mesh": (0.0, 1.0),
    "iris": (0.0, 1.0),
    "palm_detection": (0.0, 1.0),
    "hand_landmark": (0.0, 1.0),
}
# Pixels of the models' inputs, or logits. Weights rounded to fp16 explain this much; a wrong pad or
# axis moves outputs by whole pixels.
TOLERANCE = {
    "face_detection": 0.001,
    "face_mesh": 0.06,
    "iris": 0.02,
    "palm_detection": 0.001,
    "hand_landmark": 0.001,
}
# The side at which a model of any size was trained, and LiteRT ran it.
TRAINED_SIZE = 192


def size_of(session: object) -> int:
    size = session.get_inputs()[0].shape[2]  # type: ignore[attr-defined]
    return size if isinstance(size, int) else TRAINED_SIZE


@pytest.fixture
def recorded() -> dict[str, NDArray[np.float32]]:
    with np.load(Path(__file__).with_name("litert_outputs.npz")) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("name", MODELS)
def test_outputs_agree_with_litert(
    name: str,
    models_folder: Path,
    recorded: dict[str, NDArray[np.float32]],
    script: Callable[[str], ModuleType],
) -> None:
    session = create_session(models_folder / f"{name}.onnx")
    image = script("seeded").seeded_image(0, size_of(session), *MODELS[name])
    outputs = [output.name for output in session.get_outputs()]
    assert {f"{name}.{output}" for output in outputs} == {
        key for key in recorded if key.startswith(f"{name}.")
    }
    for output, values in zip(outputs, session.run(outputs, {"image": image}), strict=True):
        expected = recorded[f"{name}.{output}"]
        assert values.shape == expected.shape
        np.testing.assert_allclose(values, expected, rtol=0, atol=TOLERANCE[name])


@pytest.mark.parametrize("name", MODELS)
def test_a_batch_gives_what_its_images_give_alone(
    name: str, models_folder: Path, script: Callable[[str], ModuleType]
) -> None:
    session = create_session(models_folder / f"{name}.onnx")
    images = [
        script("seeded").seeded_image(seed, size_of(session), *MODELS[name]) for seed in (3, 4)
    ]
    together = session.run(None, {"image": np.concatenate(images)})
    for index, image in enumerate(images):
        for both, alone in zip(together, session.run(None, {"image": image}), strict=True):
            np.testing.assert_allclose(both[index], alone[0], rtol=0, atol=1e-3)


@pytest.mark.parametrize("name", MODELS)
def test_weights_are_stored_in_half_the_space(name: str, models_folder: Path) -> None:
    model = onnx.load(models_folder / f"{name}.onnx")
    onnx.checker.check_model(model, full_check=True)
    assert model.opset_import[0].version == 17
    weights = [item for item in model.graph.initializer if len(item.dims) == 4]
    assert weights
    assert {item.data_type for item in weights} == {onnx.TensorProto.FLOAT16}


def test_the_readme_gives_sizes_and_digests(models_folder: Path) -> None:
    text = (models_folder / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+\.(?:onnx|npz)) \| (\d+) \| ([0-9a-f]{64}) \|$", text, re.MULTILINE)
    shipped = {path.name for path in models_folder.iterdir() if path.suffix in (".onnx", ".npz")}
    assert {name for name, _, _ in rows} == shipped
    for name, size, digest in rows:
        content = (models_folder / name).read_bytes()
        assert len(content) == int(size)
        assert hashlib.sha256(content).hexdigest() == digest


def test_the_models_stay_below_nine_megabytes(models_folder: Path) -> None:
    assert sum((models_folder / f"{name}.onnx").stat().st_size for name in MODELS) < 9e6


def test_palms_are_sought_in_pictures_of_any_size(
    models_folder: Path, script: Callable[[str], ModuleType]
) -> None:
    session = create_session(models_folder / "palm_detection.onnx")
    for size, anchors in ((96, 504), (128, 896), (192, 2016)):
        image = script("seeded").seeded_image(0, size, 0.0, 1.0)
        boxes, scores = session.run(["boxes", "scores"], {"image": image})
        assert boxes.shape == (1, anchors, 18)
        assert scores.shape == (1, anchors)


def test_the_mean_face_is_symmetric_and_one_face_width_wide(models_folder: Path) -> None:
    with np.load(models_folder / "mean_face.npz") as arrays:
        mean = arrays["mean_face"]
    with np.load(models_folder / "face_topology.npz") as arrays:
        mirror = arrays["mirror"]
    assert mean.dtype == np.float32
    np.testing.assert_allclose(mean[mirror] * [-1, 1, 1], mean, rtol=0, atol=1e-6)
    assert mean[454, 0] - mean[234, 0] == pytest.approx(1.0, abs=1e-6)
    assert mean[10, 2] == pytest.approx(mean[152, 2], abs=1e-6)
    # The tip of the nose is nearest to the viewer, the chin below the eyes.
    assert mean[:, 2].argmin() in (1, 4)
    assert mean[152, 1] > mean[33, 1]


def test_the_foreground_network_is_small_and_sees_batches_as_it_sees_single_faces(
    models_folder: Path, script: Callable[[str], ModuleType]
) -> None:
    path = models_folder / "foreground.onnx"
    assert path.stat().st_size < 320_000
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert model.opset_import[0].version == 17
    session = create_session(path)
    images = [script("seeded").seeded_image(seed, 128, 0.0, 1.0) for seed in (3, 4)]
    (together,) = session.run(["mattes"], {"image": np.concatenate(images)})
    assert together.shape == (2, 2, 128, 128)
    for both, image in zip(together, images, strict=True):
        (alone,) = session.run(["mattes"], {"image": image})
        np.testing.assert_allclose(both, alone[0], rtol=0, atol=1e-3)
