"""ZIP files that hold a model, and ZIP files that mean harm."""

from __future__ import annotations

import struct
from pathlib import Path

import hypothesis
import hypothesis.strategies as st
import pytest

from dlc.errors import ModelError
from dlc.model_store.archive import extract_member
from dlc.model_store.spec import RemoteFile
from tests.model_store.archives import zipped
from tests.model_store.conftest import remote_file


@pytest.fixture
def wanted(content: bytes) -> RemoteFile:
    return remote_file("pack/model.onnx", content)


def extract(archive: bytes, wanted: RemoteFile, tmp_path: Path) -> Path:
    """Extract into a folder of its own; nothing but the model may come into being."""
    (tmp_path / "a.zip").write_bytes(archive)
    destination = tmp_path / "models" / "pack" / "model.onnx"
    try:
        extract_member(tmp_path / "a.zip", wanted, destination)
    finally:
        files = {path for path in tmp_path.rglob("*") if path.is_file()}
        assert files <= {tmp_path / "a.zip", destination}
    return destination


def refused(archive: bytes, wanted: RemoteFile, tmp_path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        extract(archive, wanted, tmp_path)
    assert not (tmp_path / "models" / "pack" / "model.onnx").exists()
    return str(caught.value)


@pytest.mark.parametrize("name", ["model.onnx", "pack/model.onnx", "a/b/c/model.onnx"])
def test_a_member_is_found_in_any_folder(
    name: str, wanted: RemoteFile, content: bytes, tmp_path: Path
) -> None:
    archive = zipped([("other.onnx", b"x"), (name, content), ("readme", b"y")])
    assert extract(archive, wanted, tmp_path).read_bytes() == content


@pytest.mark.parametrize("name", ["../../model.onnx", "/model.onnx", "../model.onnx"])
def test_a_name_that_leads_elsewhere_leads_nowhere(
    name: str, wanted: RemoteFile, content: bytes, tmp_path: Path
) -> None:
    destination = extract(zipped([(name, content)]), wanted, tmp_path)
    assert destination.read_bytes() == content


def test_a_member_of_another_size_is_not_unpacked(
    wanted: RemoteFile, content: bytes, tmp_path: Path
) -> None:
    archive = zipped([("model.onnx", content + b"!"), ("a/model.onnx", content[1:])])
    assert "no model.onnx of 300,000 bytes" in refused(archive, wanted, tmp_path)
    assert extract(zipped([("a/model.onnx", content), ("model.onnx", b"")]), wanted, tmp_path)


def with_stated_size(archive: bytes, size: int) -> bytes:
    """Return a ZIP file of one member whose directory states another unpacked size."""
    directory = archive.index(b"PK\x01\x02")
    local = archive[:22] + struct.pack("<I", size) + archive[26:directory]
    entry = archive[directory : directory + 24] + struct.pack("<I", size)
    return local + entry + archive[directory + 28 :]


def test_a_bomb_that_lies_about_its_size_does_not_go_off(
    wanted: RemoteFile, content: bytes, tmp_path: Path
) -> None:
    bomb = with_stated_size(zipped([("model.onnx", bytes(50_000_000))]), len(content))
    assert len(bomb) < 100_000
    assert "Bad CRC-32" in refused(bomb, wanted, tmp_path)


def test_other_bytes_are_refused(wanted: RemoteFile, content: bytes, tmp_path: Path) -> None:
    archive = zipped([("model.onnx", bytes(len(content)))])
    assert "SHA-256 differs" in refused(archive, wanted, tmp_path)


def test_an_encrypted_member_is_refused(wanted: RemoteFile, content: bytes, tmp_path: Path) -> None:
    archive = bytearray(zipped([("model.onnx", content)]))
    archive[6] |= 1
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refused(bytes(archive), wanted, tmp_path)


@pytest.mark.parametrize("archive", [b"", b"PK", b"<html></html>"])
def test_what_is_no_archive_is_refused(archive: bytes, wanted: RemoteFile, tmp_path: Path) -> None:
    assert "damaged" in refused(archive, wanted, tmp_path)


def test_an_older_file_survives_a_bad_archive(wanted: RemoteFile, tmp_path: Path) -> None:
    destination = tmp_path / "models" / "pack" / "model.onnx"
    destination.parent.mkdir(parents=True)
    destination.write_bytes(b"older")
    with pytest.raises(ModelError):
        extract(b"", wanted, tmp_path)
    assert destination.read_bytes() == b"older"


@hypothesis.given(data=st.data())
def test_flipped_bits_never_do_worse_than_an_error(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytes(range(256)) * 4
    wanted = remote_file("pack/model.onnx", content)
    damaged = bytearray(zipped([("model.onnx", content)]))
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=4)):
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    folder = tmp_path_factory.mktemp("zip")
    try:
        assert extract(bytes(damaged), wanted, folder).read_bytes() == content
    except ModelError as error:
        hypothesis.event(str(error).split(":")[1][:20])
