from __future__ import annotations

import pytest

from dlc.errors import ModelError
from dlc.model_store.builtin import builtin_model

SHIPPED = [
    "face_detection.onnx",
    "face_mesh.onnx",
    "foreground.onnx",
    "iris.onnx",
    "palm_detection.onnx",
    "hand_landmark.onnx",
    "face_topology.npz",
    "mean_face.npz",
]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_files_are_found(name: str) -> None:
    path = builtin_model(name)
    assert path.is_absolute()
    assert path.name == name
    assert path.stat().st_size > 0


def test_a_missing_file_says_what_to_do() -> None:
    with pytest.raises(ModelError, match=r"no_such_model\.onnx is missing.*install dlc again"):
        builtin_model("no_such_model.onnx")
