from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from dlc.errors import ModelError, OptionError
from dlc.model_store.catalog import Catalog
from dlc.model_store.folders import Folders
from dlc.model_store.licenses import INSIGHTFACE
from dlc.model_store.role import Role
from dlc.model_store.spec import ModelSpec
from dlc.model_store.store import Check, ModelStore
from tests.model_store.conftest import remote_file


def put(folder: Path, content: bytes, name: str = "model.onnx") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_is_nowhere_is_missing(store: ModelStore) -> None:
    assert store.find("model") is None
    with pytest.raises(ModelError, match=r"not installed; `dlc models pull model`"):
        store.require("model")


@pytest.mark.parametrize("place", range(4))
def test_every_folder_is_searched(
    place: int, store: ModelStore, folders: Folders, content: bytes
) -> None:
    path = put(folders.search[place], content)
    assert store.find("model") == store.find("model.onnx") == path
    assert store.require("model") == path


def test_the_first_folder_wins(store: ModelStore, folders: Folders, content: bytes) -> None:
    paths = [put(folder, content) for folder in reversed(folders.search)]
    assert store.require("model") == store.find("model") == paths[-1]


@pytest.mark.parametrize("place", ["pack/a.onnx", "a.onnx", "pack/pack/a.onnx"])
def test_a_packed_model_may_lie_in_three_ways(place: str, folders: Folders, content: bytes) -> None:
    spec = ModelSpec("a", Role.DETECTOR, INSIGHTFACE, remote_file("pack/a.onnx", content))
    path = put(folders.search[3], content, place)
    store = ModelStore(Catalog([spec]), folders)
    assert store.require("a") == path
    assert store.destination(spec) == folders.download / "pack" / "a.onnx"


def test_a_file_of_another_size_is_passed_over_and_told(
    store: ModelStore, folders: Folders, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    short = put(folders.search[0], content[:-1])
    with caplog.at_level(logging.WARNING, "dlc"):
        assert store.find("model") is None
    assert f"{short} is passed over: it has 299,999 bytes instead of 300,000" in caplog.text
    intact = put(folders.search[3], content)
    assert store.find("model") == store.require("model") == intact


def test_a_file_with_other_bytes_is_found_but_not_used(
    store: ModelStore, folders: Folders, content: bytes
) -> None:
    wrong = put(folders.search[0], bytes(len(content)))
    assert store.find("model") == wrong
    with pytest.raises(ModelError) as caught:
        store.require("model")
    message = str(caught.value)
    assert "the model model is damaged" in message
    assert f"{wrong} has other bytes" in message
    assert "`dlc models pull model` downloads it" in message
    intact = put(folders.search[2], content)
    assert store.require("model") == intact


def test_an_unchanged_file_is_hashed_once(
    store: ModelStore, folders: Folders, spec: ModelSpec, content: bytes
) -> None:
    path = put(folders.search[0], content)
    store.require("model")
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(bytes(len(content)))
    os.utime(path, ns=times)
    assert store.require("model") == path
    assert [copy.damage is None for copy in store.copies(spec, Check.BYTES)] == [False]
    with pytest.raises(ModelError, match="damaged"):
        store.require("model")


def test_a_file_reached_in_two_ways_is_one_copy(
    store: ModelStore, folders: Folders, spec: ModelSpec, content: bytes
) -> None:
    path = put(folders.search[1], content)
    folders.search[3].parent.mkdir(parents=True, exist_ok=True)
    folders.search[3].symlink_to(folders.search[1])
    assert list(store.files(spec)) == [path]


def test_a_folder_with_a_models_name_is_no_model(store: ModelStore, folders: Folders) -> None:
    (folders.search[0] / "model.onnx").mkdir(parents=True)
    assert store.find("model") is None


def test_unknown_names_are_wrong_options(store: ModelStore) -> None:
    for look in (store.find, store.require):
        with pytest.raises(OptionError, match="no model is called"):
            look("nonsense")


def test_the_users_own_models_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLC_MODELS", str(tmp_path))
    sham = put(tmp_path, b"", "GPEN-BFR-256.onnx")
    with sham.open("r+b") as file:
        file.truncate(75_715_262)
    store = ModelStore.of_user()
    assert store.find("GPEN-BFR-256") == sham
    with pytest.raises(ModelError, match=r"GPEN-BFR-256 is damaged.*dlc models pull GPEN-BFR-256"):
        store.require("GPEN-BFR-256")
