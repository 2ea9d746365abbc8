"""Messages name options as Python has them; the command line shows flags."""

from __future__ import annotations

import ast
import dataclasses
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from rich.console import Console

import dlc
import dlc.options
from dlc.cli.app import app
from dlc.cli.config import commands_of
from dlc.cli.console import logging_to
from dlc.cli.flags import FLAGS, NAMED_OPTION, with_flags
from dlc.cli.verbosity import Verbosity

LIBRARY = Path(dlc.__file__).parent
# Flags of pip, which messages tell users to run.
OTHERS = {"--force-reinstall", "--upgrade"}


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("choose another name or pass `overwrite=True`", "... or pass --overwrite"),
        ("pass `audio=False`, or leave out `encoder`", "pass --no-audio, or leave out --encoder"),
        ("try `provider='cpu'` or `opacity=0.5`", "try --provider cpu or --opacity 0.5"),
        ("`dlc models verify`, or the group `video`", "`dlc models verify`, or the group `video`"),
    ],
)
def test_options_become_flags(message: str, shown: str) -> None:
    assert with_flags(message).endswith(shown.removeprefix("..."))


def test_warnings_show_flags_too(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(Console(stderr=True), Verbosity.NORMAL):
        logging.getLogger("dlc.somewhere").warning("try `provider='cpu'`")
    assert capsys.readouterr().err == "warning: try --provider cpu\n"


def test_every_flag_and_every_name_exists() -> None:
    commands = dict(commands_of(typer.main.get_command(app))).values()
    flags = {flag for command in commands for each in command.params for flag in each.opts}
    assert set(FLAGS.values()) <= flags
    options = [thing for thing in vars(dlc.options).values() if dataclasses.is_dataclass(thing)]
    fields = {field.name for thing in options for field in dataclasses.fields(thing)}
    assert {name.partition("=")[0] for name in FLAGS} <= fields


def messages_of(module: ast.Module) -> Iterator[str]:
    """Yield every text that is no docstring, with what is filled in as X."""
    docstrings = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    parts = {
        id(part)
        for node in ast.walk(module)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values
            )
        elif isinstance(node, ast.Constant) and id(node) not in docstrings | parts:
            yield str(node.value)


def test_the_library_names_no_flag_and_only_options_that_have_one() -> None:
    library = [path for path in LIBRARY.rglob("*.py") if LIBRARY / "cli" not in path.parents]
    assert len(library) > 200
    for path in library:
        for message in messages_of(ast.parse(path.read_text(encoding="utf-8"))):
            assert set(re.findall(r"(?<!\S)--[a-z][a-z-]+", message)) <= OTHERS, (path, message)
            for whole, name, _ in NAMED_OPTION.findall(message):
                is_option = whole in FLAGS or name in FLAGS
                # A name that is filled in later, or that of a group of users.
                assert is_option or "X" in name or name == "video", (path, message)
