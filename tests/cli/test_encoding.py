"""Names of files in outputs whose encoding lacks them."""

from __future__ import annotations

import io
import sys

import pytest

from dlc.cli.encoding import take_any_name

NAME = "клип ü.mp4"


class Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _the_user_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)


def written(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    encoding: str,
    errors: str = "strict",
    kind: type[io.BytesIO] = io.BytesIO,
    name: str = NAME,
) -> bytes:
    """Return what becomes of a name in a standard output of `platform`."""
    output = kind()
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding, errors))
    take_any_name()
    sys.stdout.write(name)
    sys.stdout.flush()
    return output.getvalue()


def test_files_and_pipes_are_utf8_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(monkeypatch, "win32", "cp1252") == NAME.encode()


def test_a_terminal_keeps_its_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    cp1251 = written(monkeypatch, "win32", "cp1251", kind=Terminal)
    assert cp1251 == NAME.replace("ü", r"\xfc").encode("cp1251")


def test_what_a_locale_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    latin = written(monkeypatch, "linux", "latin-1")
    assert latin == rb"\u043a\u043b\u0438\u043f" + " ü.mp4".encode("latin-1")


def test_bytes_that_are_no_text_stay_where_python_lets_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = written(monkeypatch, "linux", "utf-8", "surrogateescape", name="caf\udce9.mp4")
    assert kept == b"caf\xe9.mp4"


def test_the_user_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    with pytest.raises(UnicodeEncodeError):
        written(monkeypatch, "win32", "cp1252")


def test_other_outputs_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", None)
    take_any_name()
