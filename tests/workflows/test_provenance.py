"""What is settled about signing before a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import ProvenanceError
from dlc.media.provenance.inspection import read_manifest
from dlc.options import (
    CaptureOptions,
    EncodeOptions,
    Engine,
    FaceChoice,
    LiveOptions,
    ProvenanceOptions,
    SwapOptions,
)
from dlc.workflows.provenance import Provenance, prepare_provenance
from tests.media.signing import issued, small_file
from tests.resident import leave_free_memory, only_glibc, resident_mib


def prepared(folder: Path, *outputs: str, options: SwapOptions | None = None) -> Provenance:
    photo, target = small_file(folder / "photo.png"), small_file(folder / "target.mp4")
    paths = [folder / name for name in outputs]
    return prepare_provenance([photo], target, paths, Engine.MESH, options or SwapOptions())


def test_only_outputs_with_room_for_a_manifest_are_signed(tmp_path: Path) -> None:
    provenance = prepared(tmp_path, "out.mkv", "sheet.png")
    assert provenance.notes == (".mkv has no room for a signed provenance manifest",)
    assert provenance.finish_for(tmp_path / "out.mkv") is None
    assert provenance.finish_for(tmp_path / "sheet.png") is not None


@only_glibc
def test_memory_that_a_run_has_freed_is_given_back_before_signing(tmp_path: Path) -> None:
    finish = prepared(tmp_path, "out.png").finish_for(tmp_path / "out.png")
    assert finish is not None
    end = leave_free_memory(32)
    before = resident_mib()
    finish(small_file(tmp_path / "plain.png"), tmp_path / "out.png")
    assert before - resident_mib() > 16
    assert end


def test_no_key_is_made_where_nothing_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    unsigned = SwapOptions(provenance=ProvenanceOptions(signed=False))
    assert prepared(tmp_path, "out.bmp").signer is None
    assert prepared(tmp_path, "out.mp4", options=unsigned).signer is None
    assert not (tmp_path / "data").exists()
    assert prepared(tmp_path, "out.mp4").signer is not None
    assert (tmp_path / "data" / "dlc" / "signing.pem").is_file()


def test_a_certificate_of_the_users_choice_and_the_options_that_matter(tmp_path: Path) -> None:
    certificate, key = issued(tmp_path)
    options = SwapOptions(
        faces=FaceChoice.LEFT,
        start=1.5,
        encoding=EncodeOptions(height=360),
        provenance=ProvenanceOptions(signed=True, certificate=certificate, key=key),
    )
    finish = prepared(tmp_path, "out.mp4", options=options).finish_for(tmp_path / "out.mp4")
    assert finish is not None
    finish(small_file(tmp_path / "plain.mp4"), tmp_path / "out.mp4")
    manifest = read_manifest(tmp_path / "out.mp4")
    assert manifest is not None
    assert manifest.signer == "A studio"
    assert manifest.statement is not None
    chosen = {"faces": "left", "start": 1.5, "end": None, "height": 360}
    assert manifest.statement["options"] == chosen


def test_a_recording_says_whether_it_is_mirrored(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    options = LiveOptions(output=output, capture=CaptureOptions(mirror=True))
    photo = small_file(tmp_path / "photo.png")
    finish = prepare_provenance([photo], None, [output], Engine.MESH, options).finish_for(output)
    assert finish is not None
    finish(small_file(tmp_path / "plain.mp4"), output)
    manifest = read_manifest(output)
    assert manifest is not None
    assert manifest.statement is not None
    assert manifest.statement["options"] == {"faces": "all", "no_face": "pass", "mirror": True}


def test_a_key_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"
    options = SwapOptions(
        provenance=ProvenanceOptions(signed=True, certificate=missing, key=missing)
    )
    with pytest.raises(ProvenanceError, match=r"missing\.pem cannot be read"):
        prepared(tmp_path, "out.mp4", options=options)
