"""Files that Windows would not replace."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dlc.errors import OutputError
from dlc.media.files.atomic import AtomicFile
from dlc.media.files.held import why_held
from dlc.media.files.outputs import check_path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"old")
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], object]:
    """Return a context in which a file is open; where that forbids nothing, it is made to."""

    @contextmanager
    def context(path: Path) -> Iterator[None]:
        def refuse(source: Path, target: Path) -> Path:
            if path in (source, Path(target)):
                raise PermissionError(13, "Access is denied", str(path))
            os.replace(source, target)  # noqa: PTH105 - the method is replaced
            return Path(target)

        with path.open("rb"), monkeypatch.context() as patch:
            if os.name != "nt":
                patch.setattr(sys, "platform", "win32")
                patch.setattr(Path, "rename", refuse)
                patch.setattr(Path, "replace", refuse)
            yield

    return context


@pytest.mark.skipif(os.name == "nt", reason="it does not hold there")
def test_elsewhere_what_is_open_may_be_replaced(film: Path) -> None:
    with film.open("rb"):
        assert why_held(film) is None
        check_path(film, [], overwrite=True)


def test_what_is_open_is_told_before_there_is_anything_to_write(
    film: Path, opened: Callable[[Path], object]
) -> None:
    with opened(film):
        assert why_held(film) == "is open in another program"
        with pytest.raises(OutputError, match=r"film\.mp4 is open in another program: free it"):
            check_path(film, [], overwrite=True)
    assert film.read_bytes() == b"old"
    check_path(film, [], overwrite=True)


def test_what_may_not_be_written_to_is_told(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "access", lambda path, _mode: path != film)
    with pytest.raises(OutputError, match=r"film\.mp4 is read-only"):
        check_path(film, [], overwrite=True)


def test_a_name_that_is_free_is_held_by_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert why_held(tmp_path / "film.mp4") is None


def test_what_was_opened_meanwhile_costs_the_new_file_no_more_than_its_name(
    film: Path, opened: Callable[[Path], object]
) -> None:
    second = film.with_name("film-2.mp4")
    second.write_bytes(b"somebody else's")
    output = AtomicFile(film, overwrite=True)
    output.write(b"new")

    with (
        opened(film),
        pytest.raises(OutputError, match=r"open in another.*the result is in .*film-3\.mp4"),
    ):
        output.commit()

    kept = film.with_name("film-3.mp4")
    assert sorted(film.parent.iterdir()) == [second, kept, film]
    assert (film.read_bytes(), kept.read_bytes()) == (b"old", b"new")
    assert second.read_bytes() == b"somebody else's"
