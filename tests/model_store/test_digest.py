from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from dlc.errors import ModelError
from dlc.model_store.digest import DigestCache, sha256_of


@pytest.fixture
def cache(tmp_path: Path) -> DigestCache:
    return DigestCache(tmp_path / "cache" / "digests.json")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"first")
    return path


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def replace_unnoticed(path: Path, content: bytes) -> None:
    """Change a file's bytes and nothing else, which shows whether they were read."""
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(content)
    os.utime(path, ns=times)


def test_a_file_that_did_not_change_is_not_read_again(cache: DigestCache, file: Path) -> None:
    assert cache.digest(file) == digest_of(b"first")
    replace_unnoticed(file, b"other")
    assert cache.digest(file) == digest_of(b"first")
    assert cache.compute(file) == digest_of(b"other")
    assert cache.digest(file) == digest_of(b"other")


def test_it_is_remembered_by_the_next_process(
    cache: DigestCache, file: Path, tmp_path: Path
) -> None:
    cache.digest(file)
    replace_unnoticed(file, b"other")
    assert DigestCache(tmp_path / "cache" / "digests.json").digest(file) == digest_of(b"first")


def test_a_new_time_or_size_has_it_read_again(cache: DigestCache, file: Path) -> None:
    cache.digest(file)
    replace_unnoticed(file, b"longer")
    assert cache.digest(file) == digest_of(b"longer")
    replace_unnoticed(file, b"sooner")
    os.utime(file, ns=(0, 1))
    assert cache.digest(file) == digest_of(b"sooner")


def test_a_link_to_a_file_shares_its_digest(cache: DigestCache, file: Path) -> None:
    cache.digest(file)
    replace_unnoticed(file, b"other")
    (file.parent / "link").symlink_to(file)
    assert cache.digest(file.parent / "link") == digest_of(b"first")


def test_files_that_are_gone_are_forgotten(cache: DigestCache, file: Path, tmp_path: Path) -> None:
    cache.digest(file)
    file.unlink()
    (tmp_path / "next").write_bytes(b"")
    cache.digest(tmp_path / "next")
    entries = json.loads((tmp_path / "cache" / "digests.json").read_text())
    assert list(entries) == [str(tmp_path / "next")]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"%s": 1}'])
def test_a_damaged_cache_costs_nothing_but_time(
    content: bytes, cache: DigestCache, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "digests.json").write_bytes(content.replace(b"%s", bytes(file)))
    assert cache.digest(file) == digest_of(b"first")
    assert json.loads((tmp_path / "cache" / "digests.json").read_text())


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(file: Path) -> None:
    assert DigestCache(file / "below" / "digests.json").digest(file) == digest_of(b"first")


def test_a_file_that_cannot_be_read_is_an_error(cache: DigestCache, tmp_path: Path) -> None:
    for read in (cache.digest, cache.compute, sha256_of):
        with pytest.raises(ModelError, match="cannot be read"):
            read(tmp_path / "none")
    with pytest.raises(ModelError, match="cannot be read"):
        sha256_of(tmp_path)
