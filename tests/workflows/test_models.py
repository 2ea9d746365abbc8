"""What there is, what is installed, and what is wrong with it, without a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import OptionError
from dlc.model_store.licenses import INSIGHTFACE
from dlc.model_store.store import ModelStore
from dlc.workflows.models import (
    State,
    Verdict,
    list_models,
    locate_model,
    verify_models,
)
from tests.workflows.stores import CONTENT, small_store


def put(folder: Path, name: str, content: bytes = CONTENT) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.onnx").write_bytes(content)
    return folder / f"{name}.onnx"


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return small_store(tmp_path)


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
