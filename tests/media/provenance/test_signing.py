"""Signed files, read back by what `dlc inspect` reads them with."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from dlc.errors import ProvenanceError, WriteError
from dlc.media.provenance.identity import Identity, read_identity, user_identity
from dlc.media.provenance.inspection import Manifest, read_manifest
from dlc.media.provenance.kinds import can_be_signed
from dlc.media.provenance.manifest import InputDigest, Statement
from dlc.media.provenance.signing import ManifestSigner
from tests.media.material import assert_same_planes
from tests.media.signing import DAY, changed, issued, small_file

SIGNED = ("mp4", "m4v", "mov", "gif", "jpg", "jpeg", "png", "webp", "tif", "tiff")
STATEMENT = Statement("mesh", {"faces": "all"}, (InputDigest("target", "0" * 64),))


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return user_identity(tmp_path_factory.mktemp("identity"))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return small_file(tmp_path / "target.mkv")


def signed(path: Path, identity: Identity, target: Path, statement: Statement = STATEMENT) -> Path:
    output = path.with_name(f"signed{path.suffix}")
    ManifestSigner(identity, statement, target).sign(path, output)
    return output


def manifest_of(path: Path, own: bytes | None = None) -> Manifest:
    manifest = read_manifest(path, own)
    assert manifest is not None
    return manifest


@pytest.mark.parametrize("extension", SIGNED)
def test_signed_files_are_intact_and_say_what_they_are(
    tmp_path: Path, identity: Identity, target: Path, extension: str
) -> None:
    path = small_file(tmp_path / f"file.{extension}")
    assert can_be_signed(path)
    manifest = manifest_of(signed(path, identity, target), identity.certificates)
    assert manifest.is_intact
    assert manifest.is_own
    assert manifest.signer == "dlc, self-signed"
    assert manifest.generator.startswith("dlc ")
    assert manifest.actions == ("c2pa.opened", "c2pa.edited")
    assert manifest.source_types == ("compositeWithTrainedAlgorithmicMedia",)
    assert manifest.statement == STATEMENT.as_json()
    assert manifest.earlier == ()


@pytest.mark.parametrize("extension", SIGNED)
def test_a_changed_byte_is_noticed(
    tmp_path: Path, identity: Identity, target: Path, extension: str
) -> None:
    path = small_file(tmp_path / f"file.{extension}")
    copy = changed(signed(path, identity, target), path)
    manifest = manifest_of(copy, identity.certificates)
    assert manifest.problems[0].startswith("the file was changed after it was signed")
    assert not manifest.is_own


def test_a_changed_statement_is_noticed(tmp_path: Path, identity: Identity, target: Path) -> None:
    path = signed(small_file(tmp_path / "file.mp4"), identity, target)
    content = path.read_bytes()
    assert content.count(b"dmesh") == 1
    path.write_bytes(content.replace(b"dmesh", b"dmash"))
    assert not manifest_of(path, identity.certificates).is_intact


def test_pictures_and_sound_stay_as_they_are(
    tmp_path: Path, identity: Identity, target: Path
) -> None:
    video = small_file(tmp_path / "file.mp4")
    assert_same_planes(video, signed(video, identity, target))
    for extension in ("jpg", "png", "webp", "tiff"):
        picture = small_file(tmp_path / f"file.{extension}")
        before, after = (
            cv2.imread(str(path)) for path in (picture, signed(picture, identity, target))
        )
        assert np.array_equal(before, after)


def test_no_name_of_a_file_or_folder_gets_into_the_manifest(
    tmp_path: Path, identity: Identity
) -> None:
    folder = tmp_path / "secretfolder"
    folder.mkdir()
    path, target = small_file(folder / "secretname.mp4"), small_file(folder / "secretname.mkv")
    content = signed(path, identity, target).read_bytes()
    assert b"dlc.swap" in content
    assert b"secret" not in content


def test_what_was_not_made_of_a_file_was_created(tmp_path: Path, identity: Identity) -> None:
    statement = Statement("mesh", {}, (InputDigest("source", "0" * 64),))
    signer = ManifestSigner(identity, statement, None)
    signer.sign(small_file(tmp_path / "file.mp4"), tmp_path / "out.mp4")
    manifest = manifest_of(tmp_path / "out.mp4")
    assert manifest.is_intact
    assert manifest.actions == ("c2pa.created",)
    assert manifest.source_types == ("compositeWithTrainedAlgorithmicMedia",)
    assert manifest.statement == statement.as_json()


@pytest.mark.parametrize("extension", ["mp4", "heic", "avif"])
def test_the_targets_history_is_carried_on(
    tmp_path: Path, identity: Identity, target: Path, extension: str
) -> None:
    path = small_file(tmp_path / f"file.{extension}")
    once = signed(path, identity, target).rename(tmp_path / f"once.{extension}")
    assert manifest_of(once).is_intact
    path = small_file(tmp_path / "file.png") if extension != "mp4" else path
    twice = manifest_of(signed(path, identity, once))
    assert twice.is_intact
    assert len(twice.earlier) == 1
    assert twice.earlier[0].startswith("dlc ")


@pytest.mark.parametrize(("extension", "name"), [("jpg", "photo.heic"), ("heic", "photo.jpg")])
def test_the_history_is_that_of_the_picture_whatever_its_name(
    tmp_path: Path, identity: Identity, target: Path, extension: str, name: str
) -> None:
    path = small_file(tmp_path / f"file.{extension}")
    misnamed = signed(path, identity, target).rename(tmp_path / name)
    assert manifest_of(misnamed).is_intact
    twice = manifest_of(signed(small_file(tmp_path / "file.png"), identity, misnamed))
    assert twice.is_intact
    assert len(twice.earlier) == 1


def test_a_target_whose_manifest_is_damaged_is_no_obstacle(
    tmp_path: Path, identity: Identity, target: Path
) -> None:
    path = small_file(tmp_path / "file.mp4")
    damaged = signed(path, identity, target).rename(tmp_path / "damaged.mp4")
    content = damaged.read_bytes()
    place = content.index(b"jumb") + 40
    damaged.write_bytes(content[:place] + bytes(300) + content[place + 300 :])
    signer = ManifestSigner(identity, STATEMENT, damaged)
    assert signer.notes == ["the target's own provenance manifest is damaged and not kept"]
    signer.sign(path, tmp_path / "out.mp4")
    assert manifest_of(tmp_path / "out.mp4").is_intact


def test_an_issued_certificate_signs_and_is_named(tmp_path: Path, target: Path) -> None:
    identity = read_identity(*issued(tmp_path))
    manifest = manifest_of(signed(small_file(tmp_path / "file.jpg"), identity, target))
    assert manifest.is_intact
    assert manifest.signer == "A studio"
    assert not manifest.is_own


@pytest.mark.parametrize(("until", "for_signing"), [(-DAY, True), (DAY, False)])
def test_a_certificate_that_may_not_sign_is_refused_before_any_work(
    tmp_path: Path, target: Path, until: timedelta, for_signing: bool
) -> None:
    identity = read_identity(*issued(tmp_path, until=until, for_signing=for_signing))
    with pytest.raises(ProvenanceError, match="certificate cannot be used"):
        ManifestSigner(identity, STATEMENT, target)


def test_what_is_no_such_file_cannot_be_signed(
    tmp_path: Path, identity: Identity, target: Path
) -> None:
    path = tmp_path / "file.mp4"
    path.write_bytes(b"no video at all" * 100)
    with pytest.raises(ProvenanceError, match="pass `signed=False`"):
        signed(path, identity, target)


def test_a_disk_without_room_for_the_signed_file_is_called_full(
    tmp_path: Path, identity: Identity, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = ManifestSigner(identity, STATEMENT, target)
    path = small_file(tmp_path / "file.mp4")
    full = shutil.disk_usage(tmp_path)._replace(free=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    with pytest.raises(WriteError, match="free some space"):
        signer.sign(path, tmp_path / "no such folder" / "out.mp4")


def test_files_without_a_manifest_have_none(tmp_path: Path) -> None:
    for name in ("file.mp4", "file.mkv", "file.png", "file.bmp"):
        assert read_manifest(small_file(tmp_path / name)) is None
