"""What there is, what is installed, and what is wrong with it, without a command line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dlc.errors import OptionError
from dlc.model_store.catalog import Catalog
from dlc.model_store.download import DownloadProgress
from dlc.model_store.folders import Folders
from dlc.model_store.licenses import GPEN, INSIGHTFACE
from dlc.model_store.role import Role
from dlc.model_store.spec import License, ModelSpec, RemoteFile
from dlc.model_store.store import ModelStore
from dlc.workflows.models import (
    State,
    Verdict,
    list_models,
    locate_model,
    pull_models,
    verify_models,
)
from tests.model_store.server import FileServer

CONTENT = bytes(range(256)) * 8


def spec(name: str, license_: License, url: str) -> ModelSpec:
    digest = hashlib.sha256(CONTENT).hexdigest()
    remote = RemoteFile(f"{name}.onnx", len(CONTENT), digest, (url,))
    return ModelSpec(name, Role.SWAPPER, license_, remote)


def store_at(folder: Path, url: str = "http://127.0.0.1:9/") -> ModelStore:
    """Return two models that may lie in two folders."""
    search = (folder / "other", folder / "models")
    folders = Folders(search, search[1], folder / "data", folder / "cache")
    specs = [spec("face", INSIGHTFACE, url), spec("gpen", GPEN, url)]
    return ModelStore(Catalog(specs), folders)


def put(folder: Path, name: str, content: bytes = CONTENT) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.onnx").write_bytes(content)
    return folder / f"{name}.onnx"


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return store_at(tmp_path)


def test_the_list_has_whole_files_before_damaged_ones(store: ModelStore, tmp_path: Path) -> None:
    put(tmp_path / "other", "face", b"")
    whole = put(tmp_path / "models", "face")
    store.licenses.accept(INSIGHTFACE)
    listed = list_models(store)
    face, gpen = listed.models
    assert face.copy is not None
    assert (face.copy.path, face.copy.damage, face.accepted) == (whole, None, True)
    assert (gpen.copy, gpen.accepted) == (None, False)
    assert (listed.search, listed.download) == (store.folders.search, tmp_path / "models")

    whole.unlink()
    damaged = list_models(store).models[0].copy
    assert damaged is not None
    assert damaged.damage == "has 0 bytes instead of 2,048"


def test_every_byte_is_verified_and_the_remedy_is_named(store: ModelStore, tmp_path: Path) -> None:
    path = put(tmp_path / "models", "face", bytes(len(CONTENT)))
    told: list[str] = []
    result = verify_models(progress=told.append, store=store)
    assert told == ["face", "gpen"]
    assert not result.passed
    face, gpen = result.verdicts
    assert (face.state, face.path) == (State.DAMAGED, path)
    assert face.remedy == "dlc models pull face"
    assert gpen == Verdict("gpen", State.MISSING, None, remedy="dlc models pull gpen")

    put(tmp_path / "other", "face")
    first, second = verify_models(["face"], store=store).verdicts
    assert first.state is State.INTACT
    assert second.remedy == "delete it; another copy is intact"


def test_what_is_missing_fails_only_where_it_was_named(store: ModelStore, tmp_path: Path) -> None:
    put(tmp_path / "models", "face")
    assert verify_models(store=store).passed
    assert verify_models(["face"], store=store).passed
    assert not verify_models(["gpen"], store=store).passed


def test_a_model_is_located_or_its_destination_is(store: ModelStore, tmp_path: Path) -> None:
    destination = tmp_path / "models" / "face.onnx"
    assert locate_model("face", store).path is None
    assert locate_model("face", store).destination == destination
    assert put(tmp_path / "models", "face") == locate_model("face.onnx", store).path
    with pytest.raises(OptionError, match="did you mean face"):
        locate_model("fase", store)


def test_pulling_asks_for_each_license_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    asked: list[License] = []
    told: list[DownloadProgress] = []
    with FileServer(CONTENT) as server:
        store = store_at(tmp_path, server.url())
        with pytest.raises(OptionError, match="accept the license"):
            pull_models(["face"], store=store)
        pulled = pull_models(["face"], agree=asked.append, progress=told.append, store=store)
    assert [(each.path, each.downloaded) for each in pulled] == [
        (tmp_path / "models" / "face.onnx", True)
    ]
    assert asked == [INSIGHTFACE]
    assert told[-1].received == len(CONTENT)
