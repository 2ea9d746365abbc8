"""Options out of a TOML file: for every command, checked to the last key, and read back."""

from __future__ import annotations

import json
import tomllib
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from dlc.cli.app import app
from dlc.cli.config import Parameter, commands_of, parameters_of, read_config
from dlc.cli.config_text import config_as_toml
from dlc.cli.configurable import configurable
from dlc.errors import InputError, OptionError
from tests.cli.run import call_dlc


def command_line() -> Any:
    return configurable(typer.main.get_command(app))


COMMANDS = dict(commands_of(command_line()))


def context_of(path: tuple[str, ...]) -> typer.Context:
    command = COMMANDS[path]
    return typer.Context(command, info_name=" ".join(path))


def read(file: Path, content: str) -> dict[tuple[str, ...], dict[str, Any]]:
    file.write_text(content, "utf-8")
    return read_config(file, command_line(), context_of(("swap",)))


def other_than_default(parameter: Parameter) -> Any:
    """Return a value that a parameter takes and does not have anyway."""
    kind = parameter.type_descriptor.annotation
    if kind is bool:
        return not parameter.default
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(choice.value for choice in kind if choice is not parameter.default)
    if kind in (int, float):
        low = parameter.min if parameter.min is not None else 1
        return next(n for n in (low, low + 1) if n != parameter.default)
    return [f"{parameter.name}.x"] if get_args(kind) else f"{parameter.name}.x"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_parameter_of_every_command_can_be_set(
    path: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = COMMANDS[path]
    wanted = {key: other_than_default(each) for key, each in parameters_of(command).items()}
    assert wanted
    file = tmp_path / "dlc.toml"
    values = {each.name: wanted[key] for key, each in parameters_of(command).items()}
    file.write_text(config_as_toml(path, command, values))
    arguments = [*path, "--config", str(file), "--show-config"]
    command_line().main(arguments, prog_name="dlc", standalone_mode=False)
    shown: Any = tomllib.loads(capsys.readouterr().out)
    for name in path:
        shown = shown[name]
    assert shown == wanted


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_what_is_shown_is_read_back(
    path: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command_line().main([*path, "--show-config"], prog_name="dlc", standalone_mode=False)
    first = capsys.readouterr().out
    file = tmp_path / "dlc.toml"
    file.write_text(first)
    arguments = [*path, "--config", str(file), "--show-config"]
    command_line().main(arguments, prog_name="dlc", standalone_mode=False)
    assert capsys.readouterr().out == first


def test_what_is_typed_wins(tmp_path: Path) -> None:
    file = tmp_path / "dlc.toml"
    file.write_text('[swap]\nquality = 30\npreset = "quality"\n')
    run = call_dlc("swap", "--config", file, "--quality", "21", "--show-config")
    shown = tomllib.loads(run.stdout)["swap"]
    assert (shown["quality"], shown["preset"]) == (21.0, "quality")


def test_a_command_runs_by_its_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "dlc.toml"
    file.write_text(f'[inspect]\nfile = "{(tmp_path / "no.mp4").as_posix()}"\njson = true\n')
    run = call_dlc("inspect", "--config", file)
    assert run.returncode == 3
    assert "no.mp4" in run.stderr
    told = json.loads(run.stdout)["error"]
    assert (told["kind"], told["exit_code"]) == ("InputError", 3)


def test_a_wrong_command_line_is_reported_as_its_file_asks_for(tmp_path: Path) -> None:
    file = tmp_path / "dlc.toml"
    file.write_text("[swap]\njson = true\n[probe]\njson = false\n")
    run = call_dlc("swap", "--config", file, "--quality", "99", "a.jpg", "b.mp4", "c.mp4")
    assert json.loads(run.stdout)["error"]["exit_code"] == run.returncode == 2
    run = call_dlc("probe", "--config", file, "--threads", "0")
    assert (run.returncode, run.stdout) == (2, "")


def test_a_file_with_a_typing_error_stops_the_run_with_an_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "dlc.toml"
    file.write_text("[swap]\nqualty = 3\n")
    run = call_dlc("swap", "--config", file, "a.jpg", "b.mp4", "c.mp4")
    assert run.returncode == 2
    assert f"{file}: 'qualty' in [swap] is not an option; did you mean 'quality'?" in run.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[swap]\nno_audio = true", "did you mean 'no-audio'"),
        ("[swapp]\nquality = 3", "'swapp' is not a command; did you mean 'swap'"),
        ("[models.pul]\nyes = true", "'models.pul' is not a command; did you mean 'pull'"),
        ("quality = 3", "'quality' is not a command's table"),
        ("swap = 3", r"'swap' is a command: write \[swap\]"),
        ('[swap]\nquality = "3"', r"'quality' in \[swap\] is '3'; give a number"),
        ("[swap]\nquality = true", "'quality' .* is True; give a number"),
        ("[swap]\nthreads = 1.5", "'threads' .* is 1.5; give a whole number"),
        ("[swap]\noverwrite = 1", "'overwrite' .* is 1; give true or false"),
        ("[swap]\nlabel = 5", "'label' .* is 5; give text in quotation marks"),
        ("[swap]\npreset = 1", 'one of "fast", "balanced", "quality"'),
        ('[swap]\npreset = "slow"', r"'preset' in \[swap\]: .*'slow' is not one of"),
        ("[swap]\nquality = 99", r"'quality' in \[swap\]: .*less than or equal to 51"),
        ('[models.pull]\nnames = "all"', "an array of text"),
        ("[models.pull]\nnames = [1]", "an array of text"),
        ('[swap]\nconfig = "other.toml"', "'config' in .* is not an option"),
        ("[swap", "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_named(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "dlc.toml"
    with pytest.raises(OptionError, match=said) as raised:
        read(file, content)
    assert str(file) in str(raised.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_may_be_one_that_windows_wrote(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "dlc.toml"
    file.write_text('[swap]\nlabel = "gefälscht"\n', encoding, newline="\r\n")
    found = read_config(file, command_line(), context_of(("swap",)))
    assert found == {("swap",): {"label": "gefälscht"}}


def test_a_file_that_is_not_there_is_no_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_config(tmp_path / "no.toml", command_line(), context_of(("swap",)))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_the_file(text: str) -> None:
    shown = config_as_toml(("swap",), COMMANDS[("swap",)], {"label": text})
    assert tomllib.loads(shown)["swap"]["label"] == text


def test_a_name_that_no_file_can_hold_is_an_error() -> None:
    name = "caf\udce9.jpg"
    with pytest.raises(OptionError, match=r"is not UTF-8.*on the command line"):
        config_as_toml(("swap",), COMMANDS[("swap",)], {"source": Path(name)})
