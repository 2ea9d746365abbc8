"""`dlc models`: lists, downloads, checks and finds the models that users install."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from dlc.cli.arguments.common import JsonOption, QuietOption
from dlc.cli.verbosity import Verbosity
from dlc.errors import Cancelled, ModelError, OptionError

if TYPE_CHECKING:
    from rich.console import Console

    from dlc.model_store.spec import License

models_app = typer.Typer(
    name="models", help="List, download and check the models that you install yourself."
)

_NAMES_HELP = "Names from `dlc models list`; buffalo_l means all models of that package."


def _names_from(start: str) -> list[str]:
    """Return what a shell completes the beginning of a name to."""
    from dlc.model_store.catalog import Catalog

    return [spec.name for spec in Catalog.shipped() if spec.name.startswith(start)]


# Not required, so that the error of a missing one can tell which there are.
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME", autocompletion=_names_from, help=_NAMES_HELP),
]
AnyNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME", autocompletion=_names_from, help=f"{_NAMES_HELP} Default: all."),
]
OneName = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME", autocompletion=_names_from, help="A name from `dlc models list`."
    ),
]
YesOption = Annotated[
    bool,
    typer.Option("--yes", help="Accept the licenses shown, without asking; for scripts."),
]


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """Show the help where no command is given."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@models_app.command("list")
def list_command(as_json: JsonOption = False) -> None:
    """List the models: what they do, their size and license, and where they are installed."""
    from dlc.cli.reports.models import list_as_json, list_as_text
    from dlc.workflows.models import list_models

    with _console():
        listed = list_models()
    typer.echo(list_as_json(listed) if as_json else list_as_text(listed))


@models_app.command("pull")
def pull_command(
    names: Names = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Download models, show each license once, and check every byte.

    An interrupted download continues where it stopped. Installed models are left alone.
    """
    from dlc.cli.display.downloads import DownloadDisplay
    from dlc.cli.reports.pull import pulled_as_json, pulled_as_text
    from dlc.workflows.pulling import pull_models

    with _console(quiet=quiet) as console:
        # With --yes a license is only shown.
        agree = partial(_show if yes else _ask, console)
        with _stoppable(), DownloadDisplay(console, quiet=quiet) as display:
            pulled = pull_models(names or (), agree=agree, progress=display.update)
    if as_json:
        typer.echo(pulled_as_json(pulled))
    elif not quiet:
        typer.echo(pulled_as_text(pulled))


@models_app.command("verify")
def verify_command(names: AnyNames = None, as_json: JsonOption = False) -> None:
    """Check every byte of the installed models.

    The exit code is 9 if a file is damaged or a named model is missing.
    """
    from dlc.cli.reports.models import verification_as_json, verification_as_text
    from dlc.workflows.models import verify_models

    with _console() as console, console.status("checking") as status:
        result = verify_models(names or (), progress=lambda name: status.update(f"checking {name}"))
    typer.echo(verification_as_json(result) if as_json else verification_as_text(result))
    if not result.passed:
        # The report says it all; programs expect no second JSON object.
        raise typer.Exit(ModelError.exit_code)


@models_app.command("path")
def path_command(name: OneName = None) -> None:
    """Print a model's path, or, without a name, the folder that downloads go to.

    If the model is not installed, print that folder, too, and exit with code 9.
    """
    from dlc.cli.console import say
    from dlc.workflows.models import download_folder, locate_model

    with _console() as console:
        if name is None:
            typer.echo(download_folder())
            return
        location = locate_model(name)
        typer.echo(location.path or download_folder())
        if location.path is None:
            pull = f"`dlc models pull {location.name}`"
            say(console, f"not installed; {pull} puts it at {location.destination}")
            raise typer.Exit(ModelError.exit_code)


@contextmanager
def _console(*, quiet: bool = False) -> Iterator[Console]:
    """Return the console for people, and show there what is logged meanwhile."""
    from dlc.cli.console import human_console, logging_to

    console = human_console()
    with logging_to(console, Verbosity.QUIET if quiet else Verbosity.NORMAL):
        yield console


@contextmanager
def _stoppable() -> Iterator[None]:
    """Report Ctrl-C, also at a question, like a stop of any other command."""
    try:
        yield
    except (KeyboardInterrupt, EOFError) as error:
        message = "stopped; what was downloaded is kept, and the same command continues it"
        raise Cancelled(message) from error


def _show(console: Console, license_: License) -> None:
    """Show a license."""
    from dlc.cli.console import say

    say(console, f"License: {license_.title}", "bold")
    say(console, license_.text)
    say(console, license_.url)


def _ask(console: Console, license_: License) -> None:
    """Show a license, and raise unless the user accepts it."""
    _show(console, license_)
    answer = _answer(console) if sys.stdin.isatty() else None
    if answer is None:
        raise OptionError(
            f"the license {license_.title!r} must be accepted before the download, but there is no "
            "terminal to ask on: pass --yes to accept it"
        )
    if answer.strip().casefold() not in ("y", "yes"):
        raise Cancelled(f"the license {license_.title!r} was not accepted: nothing is downloaded")


def _answer(console: Console) -> str | None:
    """Return what the user types; None where nobody can."""
    try:
        return console.input("Do you accept it? [y/N] ", markup=False)
    except EOFError:
        # Windows takes NUL for a terminal, which is what programs without one read.
        if sys.platform == "win32":
            return None
        raise
