from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import ModelError, WriteError
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import Entry, RewrittenFiles, recorded_key


@pytest.fixture
def files(tmp_path: Path) -> RewrittenFiles:
    return RewrittenFiles(tmp_path / "cache", DigestCache(tmp_path / "digests.json"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"a model")
    return path


def keep(files: RewrittenFiles, entry: Entry) -> None:
    files.make_room(entry)
    entry.path.write_bytes(b"rewritten")
    files.keep(entry, {"difference": 0.0}, written=True)


def test_the_name_tells_model_and_target(files: RewrittenFiles, source: Path) -> None:
    entry = files.entry(source, "coreml", (1, 3, 640, 640), ())
    assert entry.path.name == "model_coreml.onnx"
    assert entry.path.parent.name.endswith("-1x3x640x640")
    assert files.folder in entry.path.parents


def test_the_key_covers_content_target_shape_and_facts(files: RewrittenFiles, source: Path) -> None:
    keys = {
        files.entry(source, "coreml", None, ("1.32.0",)).key,
        files.entry(source, "coreml", None, ("1.32.1",)).key,
        files.entry(source, "coreml", (1, 3, 640, 640), ("1.32.0",)).key,
        files.entry(source, "cuda", None, ("1.32.0",)).key,
    }
    source.write_bytes(b"another model")
    keys.add(files.entry(source, "coreml", None, ("1.32.0",)).key)
    assert len(keys) == 5
    assert all(len(key) == 32 and key.isalnum() for key in keys)


def test_an_update_takes_the_place_of_what_it_makes_stale(
    files: RewrittenFiles, source: Path
) -> None:
    old = files.entry(source, "coreml", None, ("1.31.0",))
    keep(files, old)
    assert files.lookup(old) is not None
    new = files.entry(source, "coreml", None, ("1.32.0",))
    assert new.path == old.path
    assert files.lookup(new) is None
    keep(files, new)
    assert files.lookup(old) is None


def test_a_file_without_its_record_is_none(files: RewrittenFiles, source: Path) -> None:
    entry = files.entry(source, "coreml", None, ())
    keep(files, entry)
    assert recorded_key(entry.path) == entry.key
    files.make_room(entry)
    assert recorded_key(entry.path) is None
    assert files.lookup(entry) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"\xff", b"{}", b'{"key": 3}'])
def test_a_damaged_record_counts_for_nothing(
    files: RewrittenFiles, source: Path, content: bytes
) -> None:
    entry = files.entry(source, "coreml", None, ())
    keep(files, entry)
    entry.record.write_bytes(content)
    assert files.lookup(entry) is None
    assert recorded_key(entry.path) is None


def test_that_there_was_nothing_to_do_is_known_too(files: RewrittenFiles, source: Path) -> None:
    entry = files.entry(source, "coreml", None, ())
    files.keep(entry, {"changes": {}}, written=False)
    found = files.lookup(entry)
    assert found is not None
    assert found["sha256"] is None
    assert recorded_key(entry.path) is None


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path, source: Path) -> None:
    (tmp_path / "file").touch()
    files = RewrittenFiles(tmp_path / "file", DigestCache(tmp_path / "digests.json"))
    entry = files.entry(source, "coreml", None, ())
    with pytest.raises(WriteError, match="cannot be written"):
        files.make_room(entry)
    with pytest.raises(WriteError, match="cannot be written"):
        files.keep(entry, {}, written=False)


def test_a_missing_model_is_an_error(files: RewrittenFiles, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        files.entry(tmp_path / "none.onnx", "coreml", None, ())
