"""The `dlc` command: its subcommands, its version, and what happens to errors."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments.live import LIVE_EPILOG, LIVE_HELP
from dlc.cli.arguments.swap import SWAP_EPILOG, SWAP_HELP
from dlc.cli.configurable import configurable
from dlc.cli.encoding import escape_what_is_lacking
from dlc.cli.faces import FACES_HELP, faces_command
from dlc.cli.failure import FailureReporter
from dlc.cli.inspect import INSPECT_HELP, inspect_command
from dlc.cli.live import live_command
from dlc.cli.models import models_app
from dlc.cli.optimize import OPTIMIZE_EPILOG, OPTIMIZE_HELP, optimize_command
from dlc.cli.probe import PROBE_HELP, probe_command
from dlc.cli.swap import swap_command
from dlc.cli.switches import without_values
from dlc.errors import DlcError, InputError, OutputError, resource_error
from dlc.media.files.failures import is_disk_full, unwritable

# What shells report of a program that SIGPIPE ended. Python ignores the signal, and it stays so: a
# server that hangs up must not end dlc.
UNREAD_EXIT_CODE = 141

app = typer.Typer(
    name="dlc",
    context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]},
)
app.command("swap", help=SWAP_HELP, epilog=SWAP_EPILOG)(swap_command)
app.command("live", help=LIVE_HELP, epilog=LIVE_EPILOG)(live_command)
app.command("faces", help=FACES_HELP)(faces_command)
app.command("probe", help=PROBE_HELP)(probe_command)
app.command("inspect", help=INSPECT_HELP)(inspect_command)
app.add_typer(models_app)
app.command("optimize-models", help=OPTIMIZE_HELP, epilog=OPTIMIZE_EPILOG)(optimize_command)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"dlc {version('dlc')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def dlc(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Swap faces in videos, pictures and live streams; headless, works without downloads."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command line and end the process with the exit code of what happened."""
    escape_what_is_lacking()
    arguments = sys.argv[1:]
    reporter = FailureReporter.for_arguments(arguments)
    # The last resort for unforeseen errors: a line instead of a traceback.
    sys.excepthook = reporter.crash
    command = without_values(configurable(typer.main.get_command(app), reporter.learn))
    try:
        code = command.main(arguments, prog_name="dlc", standalone_mode=False)
    except SystemExit as end:
        # So Typer and Rich end where nobody reads on, as in `dlc probe | head -1`.
        if not isinstance(end.__context__, BrokenPipeError):
            raise
        code = UNREAD_EXIT_CODE
    except typer.TyperException as error:
        code = reporter.usage(error)
    except DlcError as error:
        code = reporter.failure(error)
    except Exception as error:
        if _is_unread(error):
            _drop_output()
            code = UNREAD_EXIT_CODE
        elif (known := _known(error, arguments)) is not None:
            code = reporter.failure(known)
        else:
            raise
    sys.exit(code)


def _is_unread(error: Exception) -> bool:
    """Whether nobody reads on in Windows, which Typer does not know of.

    Writing to a pipe whose reader has gone is an invalid argument there, and it names no file.
    """
    if sys.platform != "win32" or not isinstance(error, OSError):
        return False
    return error.errno == errno.EINVAL and error.filename is None


def _drop_output() -> None:
    """Send to nowhere what standard output still has to write when the process ends."""
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())


def _known(error: Exception, arguments: Sequence[str]) -> DlcError | None:
    """Return what to say of an error that may arise anywhere; None if it is an unforeseen one."""
    # Outputs have errors of their own when they are written.
    if isinstance(error, OSError) and is_disk_full(error):
        return unwritable(Path(error.filename or "standard output"), error)
    if isinstance(error, OSError) and "--install-completion" in arguments:
        return OutputError(
            f"{error.filename} cannot be written ({error.strerror}): dlc --show-completion prints "
            "what your shell has to read when it starts"
        )
    # Only the current folder has no name, and libraries ask for it when they are loaded.
    if isinstance(error, FileNotFoundError) and error.filename is None:
        return InputError("the current folder is gone: change to one that is there")
    # Each library reports a lack of memory in its own way.
    return resource_error(error, "this run")
