"""A user's model folders: with files of the right names and sizes, or with two small models."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dlc.model_store.catalog import Catalog
from dlc.model_store.folders import Folders
from dlc.model_store.licenses import GPEN, INSIGHTFACE
from dlc.model_store.role import Role
from dlc.model_store.spec import License, ModelSpec, RemoteFile
from dlc.model_store.store import ModelStore

CONTENT = bytes(range(256)) * 8


def store_of(folder: Path) -> ModelStore:
    """Return the shipped catalog over empty folders."""
    models = folder / "models"
    folders = Folders((models,), models, folder / "data", folder / "cache")
    return ModelStore(Catalog.shipped(), folders)


def install(store: ModelStore, name: str) -> Path:
    """Put a file of a model's size where the model belongs; its bytes are zeros on no disk."""
    spec = store.catalog.get(name)
    path = store.destination(spec)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(spec.remote.size)
    return path


def _spec(name: str, license_: License, url: str) -> ModelSpec:
    digest = hashlib.sha256(CONTENT).hexdigest()
    remote = RemoteFile(f"{name}.onnx", len(CONTENT), digest, (url,))
    return ModelSpec(name, Role.SWAPPER, license_, remote)


def small_store(folder: Path, url: str = "http://127.0.0.1:9/") -> ModelStore:
    """Return two models that may lie in two folders."""
    search = (folder / "other", folder / "models")
    folders = Folders(search, search[1], folder / "data", folder / "cache")
    specs = [_spec("face", INSIGHTFACE, url), _spec("gpen", GPEN, url)]
    return ModelStore(Catalog(specs), folders)
