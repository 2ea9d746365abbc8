"""`dlc inspect` as a command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dlc.media.provenance.identity import user_identity
from dlc.media.provenance.manifest import InputDigest, Statement
from dlc.media.provenance.signing import ManifestSigner
from dlc.model_store.folders import Folders
from tests.cli.run import call_dlc
from tests.media.signing import changed, small_file


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    statement = Statement("mesh", {}, (InputDigest("target", "12" * 32),))
    source = small_file(tmp_path / "plain.mp4")
    signer = ManifestSigner(user_identity(Folders.of_user().data), statement, source)
    signer.sign(source, tmp_path / "signed.mp4")
    return tmp_path / "signed.mp4"


def test_people_read_lines(signed: Path) -> None:
    done = call_dlc("inspect", signed)
    assert done.returncode == 0, done.stderr
    assert "signed, intact" in done.stdout
    assert "dlc, self-signed (your own key)" in done.stdout
    assert "target, SHA-256 " + "12" * 32 in done.stdout


def test_programs_read_one_json_object(signed: Path) -> None:
    done = call_dlc("inspect", signed, "--json")
    found = json.loads(done.stdout)
    assert (found["file"], found["intact"], found["note"]) == (str(signed), True, None)
    assert found["manifest"]["source_types"] == ["compositeWithTrainedAlgorithmicMedia"]
    assert found["manifest"]["statement"]["engine"] == "mesh"


def test_a_changed_file_ends_with_an_exit_code_of_its_own(signed: Path) -> None:
    path = changed(signed, signed.with_name("plain.mp4"))
    done = call_dlc("inspect", path)
    assert done.returncode == 16
    assert "NOT INTACT" in done.stdout
    assert "problem   " in done.stdout
    done = call_dlc("inspect", path, "--json")
    assert done.returncode == 16
    assert json.loads(done.stdout)["intact"] is False


def test_a_file_without_a_manifest_says_so(tmp_path: Path) -> None:
    done = call_dlc("inspect", small_file(tmp_path / "plain.mkv"))
    assert done.returncode == 0
    assert "none: this file is not signed" in done.stdout


def test_what_cannot_be_read_is_an_input_error(tmp_path: Path) -> None:
    assert call_dlc("inspect", tmp_path / "missing.mp4").returncode == 3
