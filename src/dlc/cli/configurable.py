"""Gives every command `--config` and `--show-config`, whatever its other options are."""

# Typer reads the annotations of a function that is made here, so they must not wait as text.
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from dlc.cli.config import commands_of, read_config
from dlc.cli.config_text import config_as_toml, in_ascii
from dlc.cli.encoding import writes_utf8
from dlc.media.files.paths import named_path

_PANEL = "Configuration"

Read = Callable[[Mapping[str, Any]], None]


def _require_nothing(context: typer.Context, asked: bool) -> bool:
    # Nothing is done, so nothing is missing; the command lives no longer than this run.
    for parameter in context.command.params if asked else ():
        parameter.required = False
    return asked


_ShowConfigOption = Annotated[
    bool,
    typer.Option(
        "--show-config",
        callback=_require_nothing,
        is_eager=True,
        help="Print the options as such a file and exit.",
        rich_help_panel=_PANEL,
    ),
]


def configurable(root: Any, on_read: Read | None = None) -> Any:
    """Add the two options to all commands and return the command line.

    The command line wins over the file, and both over the defaults.

    Args:
        root: what `typer.main.get_command` makes of an app.
        on_read: called with the file's values for the running command, before it runs.
    """
    for path, command in commands_of(root):
        command.params += _options(root, path, on_read)
        command.callback = _showing(command, path)
    return root


def _options(root: Any, path: tuple[str, ...], on_read: Read | None) -> list[Any]:
    """Return the two options, as Typer makes those of a command."""

    def load(context: typer.Context, file: Path | None) -> None:
        if file is not None:
            values = context.default_map = read_config(file, root, context).get(path, {})
            if on_read is not None:
                on_read(values)

    def carrier(
        _config: Annotated[
            Path | None,
            typer.Option(
                "--config",
                parser=named_path,
                metavar="TOML",
                callback=load,
                is_eager=True,
                expose_value=False,
                help="Read options from a file; the command line wins.",
                rich_help_panel=_PANEL,
            ),
        ] = None,
        show_config: _ShowConfigOption = False,
    ) -> None:
        """Carry the options: Typer makes them of a function's parameters."""
        del show_config

    app = typer.Typer(add_completion=False)
    app.command()(carrier)
    return list(typer.main.get_command(app).params)


def _showing(command: Any, path: tuple[str, ...]) -> Callable[..., Any]:
    """Return a callback that runs a command or, if asked, only prints its configuration."""
    run = command.callback

    @functools.wraps(run)
    def run_or_show(*, show_config: bool, **values: Any) -> Any:
        if show_config:
            toml = config_as_toml(path, command, values)
            typer.echo(toml if writes_utf8() else in_ascii(toml))
            return None
        return run(**values)

    return run_or_show
