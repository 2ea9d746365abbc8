"""Keys and certificates."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography import x509

from dlc.errors import ProvenanceError
from dlc.media.provenance.identity import (
    IDENTITY_FILE,
    own_certificate,
    read_identity,
    user_identity,
)
from tests.full_disk import largest_file
from tests.media.signing import issued

posix = pytest.mark.skipif(os.name != "posix", reason="there are no such permissions")


def test_an_identity_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = user_identity(folder)
    assert user_identity(folder) == first
    assert own_certificate(folder) == first.certificates
    assert first.algorithm == "es256"
    assert [path.name for path in folder.iterdir()] == [IDENTITY_FILE]
    assert user_identity(tmp_path / "another").key != first.key


@posix
def test_the_key_is_the_users_alone(tmp_path: Path) -> None:
    user_identity(tmp_path)
    path = tmp_path / IDENTITY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(ProvenanceError, match="chmod 600"):
        user_identity(tmp_path)


def test_the_certificate_tells_nothing_about_its_owner(tmp_path: Path) -> None:
    certificate = x509.load_pem_x509_certificate(user_identity(tmp_path).certificates)
    assert {name.value for name in certificate.subject} == {"dlc", "dlc, self-signed"}
    assert certificate.subject == certificate.issuer
    extensions = {extension.oid for extension in certificate.extensions}
    assert x509.SubjectAlternativeName.oid not in extensions


def test_the_key_is_not_shown(tmp_path: Path) -> None:
    assert "PRIVATE" not in repr(user_identity(tmp_path))


def test_a_damaged_identity_says_what_to_do(tmp_path: Path) -> None:
    user_identity(tmp_path)
    path = tmp_path / IDENTITY_FILE
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(ProvenanceError, match="delete it"):
        user_identity(tmp_path)
    assert own_certificate(tmp_path) is None


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ProvenanceError, match="cannot be read or made"):
        user_identity(tmp_path / "file" / "folder")


def test_a_full_disk_is_not_told_to_be_a_closed_folder(tmp_path: Path) -> None:
    with largest_file(100), pytest.raises(ProvenanceError, match="free some space, or pass"):
        user_identity(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nobody_has_a_certificate_before_the_first_run(tmp_path: Path) -> None:
    assert own_certificate(tmp_path) is None


def test_an_issued_identity_is_read_with_its_chain(tmp_path: Path) -> None:
    identity = read_identity(*issued(tmp_path))
    assert identity.certificates.count(b"BEGIN CERTIFICATE") == 2
    assert identity.algorithm == "es384"


def test_a_certificate_and_a_foreign_key_do_not_go_together(tmp_path: Path) -> None:
    certificate, _ = issued(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    _, key = issued(other)
    with pytest.raises(ProvenanceError, match="not the certificate's"):
        read_identity(certificate, key)


@pytest.mark.parametrize("damaged", [0, 1])
def test_files_that_are_no_pem_are_refused(tmp_path: Path, damaged: int) -> None:
    paths = issued(tmp_path)
    paths[damaged].write_bytes(b"hello")
    with pytest.raises(ProvenanceError, match="give PEM files"):
        read_identity(*paths)


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    certificate, key = issued(tmp_path)
    key.unlink()
    with pytest.raises(ProvenanceError, match=r"studio\.key cannot be read"):
        read_identity(certificate, key)
