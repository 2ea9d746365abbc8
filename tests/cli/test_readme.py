"""README.md names the options there are, its commands can be typed, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from dlc.cli.app import app
from dlc.cli.config import commands_of
from dlc.cli.configurable import configurable

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ["README.md", "PERFORMANCE.md", "models/README.md"]
COMMANDS = [line[4:] for line in README.splitlines() if line.startswith("    dlc ")]
# Typer adds these.
OTHERS = {"--help", "--install-completion"}


def commands() -> dict[str, Any]:
    """Return every command by what is typed after `dlc`."""
    known = commands_of(configurable(typer.main.get_command(app)))
    return {" ".join(path): command for path, command in known}


def flags_of(name: str) -> set[str]:
    options = [each for each in commands()[name].params if each.param_type_name == "option"]
    return {flag for option in options for flag in option.opts}


def test_every_option_is_named_and_every_one_that_is_named_exists() -> None:
    flags = set().union(*map(flags_of, commands()))
    assert len(flags) > 70
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - OTHERS == flags


@pytest.mark.parametrize("name", ["swap", "live", "optimize-models", "probe"])
def test_the_table_of_a_command_has_its_own_options_and_no_foreign_ones(name: str) -> None:
    section = README.partition(f"\n## `dlc {name}`\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`--[^ ].*?`) \| ", section, re.MULTILINE)
    named = {flag for cell in cells for flag in re.findall(r"--[a-z][a-z-]+", cell)}
    shared = flags_of("swap") if name != "swap" else set()
    assert flags_of(name) - shared - {"--config", "--show-config"} <= named <= flags_of(name)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_can_be_typed(line: str) -> None:
    _, *words = shlex.split(line)
    depth = 2 if words[0] == "models" else 1
    commands()[" ".join(words[:depth])].make_context(line, words[depth:])


def anchors(text: str) -> set[str]:
    """Return what GitHub lets links jump to."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    document = ROOT / name
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)", text)
    assert links
    for path, anchor in links:
        file = document.parent / path if path else document
        assert file.is_file(), path
        assert not anchor or anchor in anchors(file.read_text(encoding="utf-8")), anchor
