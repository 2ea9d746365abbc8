"""A file has its old content or the new one, and nothing else stays beside it."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from dlc.atomic_write import atomic_write, atomic_write_text


def test_a_file_is_replaced_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(b"old")
    with atomic_write(path, synced=True) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(b"old")

    def stop_halfway() -> None:
        with atomic_write(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_halfway()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_a_file_that_a_scanner_looks_at_gets_its_name_after_it(
    platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.json"
    refusals = iter(range(3))

    def replace(source: Path, target: Path) -> None:
        if next(refusals, None) is not None:
            raise PermissionError(errno.EACCES, "Access is denied")
        os.replace(source, target)  # noqa: PTH105 - the method is replaced

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "replace", replace)
    if platform == "win32":
        atomic_write_text(path, "new")
        assert path.read_text() == "new"
    else:
        with pytest.raises(PermissionError):
            atomic_write_text(path, "new")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="permissions are another matter elsewhere")
def test_a_secret_is_one_from_its_first_byte_on(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    with atomic_write(path, mode=0o600):
        (unfinished,) = tmp_path.iterdir()
        assert unfinished.name.startswith(".key.pem.")
        assert unfinished.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="permissions are another matter elsewhere")
def test_other_files_get_the_permissions_that_files_have_here(tmp_path: Path) -> None:
    atomic_write_text(tmp_path / "new" / "file.txt", "é")
    (tmp_path / "other.txt").write_text("")
    assert (tmp_path / "new" / "file.txt").read_bytes() == "é".encode()
    modes = {path.stat().st_mode for path in tmp_path.rglob("*.txt")}
    assert len(modes) == 1


def test_what_cannot_be_written_is_the_system_s_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "missing" / "file"):
        pass
    assert list(tmp_path.iterdir()) == []
