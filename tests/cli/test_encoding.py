"""Names of files in outputs whose encoding lacks them."""

from __future__ import annotations

import io
import sys
import tomllib

import pytest

from dlc.cli.encoding import escape_what_is_lacking
from tests.cli.run import run_dlc

NAME = "клип ü \U0001f600.mp4"


def written(monkeypatch: pytest.MonkeyPatch, encoding: str, errors: str, name: str) -> bytes:
    """Return what becomes of a name in a standard output."""
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding, errors))
    escape_what_is_lacking()
    sys.stdout.write(name)
    sys.stdout.flush()
    return output.getvalue()


def test_what_an_encoding_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = written(monkeypatch, "cp1252", "strict", NAME)
    assert plain == rb"\u043a\u043b\u0438\u043f" + b" \xfc " + rb"\U0001f600.mp4"


def test_bytes_that_are_no_text_stay_where_python_lets_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert written(monkeypatch, "utf-8", "surrogateescape", "caf\udce9") == b"caf\xe9"


def test_other_outputs_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", None)
    escape_what_is_lacking()


@pytest.mark.parametrize("encoding", ["cp1252:strict", "utf-8"])
def test_a_configuration_is_read_again_whatever_it_is_printed_in(
    encoding: str,
) -> None:
    run = run_dlc(
        *("swap", NAME, "clip.mp4", "out.mp4", "--show-config"),
        changes={"PYTHONIOENCODING": encoding},
    )
    assert run.returncode == 0, run.stderr
    assert tomllib.loads(run.stdout)["swap"]["source"] == NAME
    assert run.stdout.isascii() == (encoding != "utf-8")
