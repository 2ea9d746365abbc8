"""A server of model files, and folders of a user who has nothing yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dlc.model_store.catalog import Catalog
from dlc.model_store.folders import Folders
from dlc.model_store.licenses import INSIGHTFACE
from dlc.model_store.role import Role
from dlc.model_store.spec import ModelSpec, RemoteFile
from dlc.model_store.store import ModelStore
from tests.model_store.server import FileServer

PROXIES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def content() -> bytes:
    """Return 300 kB that no compression and no accident brings forth."""
    return np.random.default_rng(3).bytes(300_000)


@pytest.fixture
def server(content: bytes) -> Iterator[FileServer]:
    with FileServer(content) as server:
        yield server


def remote_file(file: str, content: bytes, *urls: str) -> RemoteFile:
    return RemoteFile(file, len(content), hashlib.sha256(content).hexdigest(), urls)


@pytest.fixture
def remote(server: FileServer, content: bytes) -> RemoteFile:
    """Return the description of the file that the server has."""
    return remote_file("model.onnx", content, server.url())


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    search = tuple(tmp_path / name for name in ("checkout", "named", "data/models", "insightface"))
    return Folders(search, search[2], tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def spec(remote: RemoteFile) -> ModelSpec:
    return ModelSpec("model", Role.SWAPPER, INSIGHTFACE, remote)


@pytest.fixture
def store(spec: ModelSpec, folders: Folders) -> ModelStore:
    """Return a store that knows the server's file and nothing else."""
    return ModelStore(Catalog([spec]), folders)
