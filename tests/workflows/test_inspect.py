"""What files say about themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from dlc.errors import InputError
from dlc.media.provenance.identity import user_identity
from dlc.media.provenance.manifest import Statement
from dlc.media.provenance.marking import noted_comment, noted_xmp, synthetic_note
from dlc.media.provenance.signing import ManifestSigner
from dlc.model_store.folders import Folders
from dlc.workflows.inspect import inspect
from tests.media.image.heif_files import heic
from tests.media.material import Clip, make
from tests.media.signing import changed, small_file


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    source = make(tmp_path / "plain.mp4", Clip(metadata={"comment": noted_comment("a holiday")}))
    signer = ManifestSigner(user_identity(Folders.of_user().data), Statement("mesh"), source)
    signer.sign(source, tmp_path / "signed.mp4")
    return tmp_path / "signed.mp4"


def test_a_file_that_this_user_signed(signed: Path) -> None:
    inspection = inspect(signed)
    assert inspection.is_intact
    assert inspection.manifest is not None
    assert inspection.manifest.is_own
    assert inspection.note == synthetic_note()


def test_a_file_that_was_changed(signed: Path) -> None:
    inspection = inspect(changed(signed, signed.with_name("plain.mp4")))
    assert not inspection.is_intact


@pytest.mark.parametrize("extension", ["mp4", "mkv", "avi", "mov"])
def test_the_note_of_a_video_without_a_manifest(tmp_path: Path, extension: str) -> None:
    path = make(
        tmp_path / f"file.{extension}", Clip(metadata={"comment": noted_comment("a holiday")})
    )
    inspection = inspect(path)
    assert inspection.manifest is None
    assert inspection.note == synthetic_note()
    assert inspection.is_intact


@pytest.mark.parametrize("extension", ["mp4", "png", "bmp", "heic", "avif"])
def test_a_file_that_says_nothing(tmp_path: Path, extension: str) -> None:
    inspection = inspect(small_file(tmp_path / f"file.{extension}"))
    assert (inspection.manifest, inspection.note) == (None, None)


def test_no_library_is_needed_to_inspect_heic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    (tmp_path / "file.heic").write_bytes(heic(picture, xmp=noted_xmp(None)))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert inspect(tmp_path / "file.heic").note == synthetic_note()


def test_what_is_no_picture_and_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    with pytest.raises(InputError):
        inspect(tmp_path / "text.mp4")
    with pytest.raises(InputError, match="no such file"):
        inspect(tmp_path / "missing.mp4")
