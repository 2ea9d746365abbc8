"""Finds the files that dlc ships in its `models` folder."""

from __future__ import annotations

from pathlib import Path

from dlc.errors import ModelError


def builtin_model(name: str) -> Path:
    """Return the path of a shipped model file, such as "face_mesh.onnx".

    A wheel has the folder inside the package; a source checkout, including an editable install, has
    it next to `src`.

    Raises:
        ModelError: the file is missing.
    """
    package = Path(__file__).resolve().parents[1]
    folders = (package / "models", package.parent.parent / "models")
    for folder in folders:
        path = folder / name
        if path.is_file():
            return path
    raise ModelError(
        f"The built-in model file {name} is missing from {folders[0]} and {folders[1]}: "
        "the installation is incomplete; install dlc again."
    )
