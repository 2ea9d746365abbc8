"""What names hold is shown by a terminal, not obeyed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from dlc.cli.printable import printable, shell_word


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("clip 2.mp4", "clip 2.mp4"),
        ("Übung [1] \u4e16\u754c \U0001f468\u200d\U0001f469.mp4", None),
        ("a\x1b]0;title\x07.mp4", r"a\x1b]0;title\x07.mp4"),
        ("two\nlines\tand\r.mp4", r"two\nlines\tand\r.mp4"),
        ("a\x9b31m.mp4", r"a\u009b31m.mp4"),
        ("caf\udce9.mp4", r"caf\xe9.mp4"),
        ("photo\u202egpj.exe", r"photo\u202egpj.exe"),
        ("one\u2028two", r"one\u2028two"),
    ],
)
def test_what_no_terminal_shows_is_escaped(text: str, shown: str | None) -> None:
    assert printable(text) == (text if shown is None else shown)
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize(
    "word",
    [
        "plain",
        "it's here",
        "back\\slash",
        "bell\x07 and it's \\x07 \x1b[31m",
        "caf\udce9 \u202e \x9b",
    ],
)
def test_a_shell_reads_back_what_was_quoted_for_it(word: str) -> None:
    bash = shutil.which("bash")
    if bash is None or sys.platform == "win32":
        pytest.skip("needs bash, and a system whose shells are like it")
    quoted = shell_word(word)
    assert printable(quoted) == quoted
    read = subprocess.run(
        [bash, "-c", f"printf %s {quoted}"],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert read.stdout == os.fsencode(word)


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        (r"clip-people\person1.png=SOURCE.jpg", None),
        (r"C:\films\Übung_2.mp4", None),
        (r"my films\a.mp4", r'"my films\a.mp4"'),
        ("R&D.mp4", '"R&D.mp4"'),
        ("it's.mp4", '"it\'s.mp4"'),
    ],
)
def test_words_of_windows_get_the_quotes_that_its_shells_know(
    word: str, quoted: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert shell_word(word) == (quoted or word)
