"""`dlc models`: which models there are, which are installed, and bringing in those that are not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from dlc.cli.arguments.common import JsonOption, QuietOption
from dlc.errors import Cancelled, ModelError, OptionError

if TYPE_CHECKING:
    from rich.console import Console

    from dlc.model_store.spec import License
    from dlc.model_store.store import ModelStore

models_app = typer.Typer(
    name="models", help="List, download and check the models that users install themselves."
)

_NAMES_HELP = "Models as `dlc models list` calls them; buffalo_l means all of that package."

Names = Annotated[list[str], typer.Argument(metavar="NAME...", help=_NAMES_HELP)]
AnyNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help=f"{_NAMES_HELP} Default: every one installed."),
]
OneName = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="A model as `dlc models list` calls it.")
]
YesOption = Annotated[
    bool,
    typer.Option("--yes", metavar="", help="Accept the licenses that are shown; for scripts, too."),
]


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """Show the help where no command is given."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@models_app.command("list")
def list_command(as_json: JsonOption = False) -> None:
    """List the models: what they do, their size and license, and where they are installed."""
    from dlc.cli.reports import models as report

    with _store() as (store, _console):
        listed = report.list_models(store)
        render = report.list_as_json if as_json else report.list_as_text
        typer.echo(render(listed, store))


@models_app.command("pull")
def pull_command(
    names: Names,
    yes: YesOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Download models, show their license once, and check every byte.

    An interrupted download goes on where it stopped. A model that is installed stays as it is.
    """
    from dlc.cli.display.downloads import DownloadDisplay
    from dlc.cli.reports import models as report
    from dlc.model_store.download import Downloader
    from dlc.model_store.pull import Puller

    with _store(quiet=quiet) as (store, console):
        specs = store.catalogue.select(names)
        agree = _accepting(console) if yes else _asking(console)
        with _stoppable(), DownloadDisplay(console, quiet=quiet) as display:
            downloader = Downloader(on_progress=display.update)
            pulled = Puller(store, downloader, agree).pull(specs)
    if not quiet and not as_json:
        typer.echo(report.pulled_as_text(pulled))
    if as_json:
        typer.echo(report.pulled_as_json(pulled))


@models_app.command("verify")
def verify_command(names: AnyNames = None, as_json: JsonOption = False) -> None:
    """Read installed models again and compare every byte with what it should be.

    The exit code is 9 if a file is damaged, or a model that was named is missing.
    """
    from dlc.cli.reports import models as report

    with _store() as (store, console):
        specs = store.catalogue.select(names) if names else list(store.catalogue)
        verdicts = []
        for spec in specs:
            with console.status(f"checking {spec.name}"):
                verdicts += report.verify(store, spec)
    render = report.verdicts_as_json if as_json else report.verdicts_as_text
    typer.echo(render(verdicts))
    wrong = {"damaged", "missing"} if names else {"damaged"}
    if any(verdict.state in wrong for verdict in verdicts):
        # All was said above, and one JSON object is all that programs expect.
        raise typer.Exit(ModelError.exit_code)


@models_app.command("path")
def path_command(name: OneName = None) -> None:
    """Print where a model is, or, without a name, the folder that downloads go to.

    For a model that is not installed it prints that folder too, and the exit code is 9.
    """
    with _store() as (store, console):
        found = store.find(name) if name else None
        typer.echo(found or store.folders.download)
        if name and found is None:
            from dlc.cli.console import say

            spec = store.catalogue.get(name)
            destination = store.destination(spec)
            say(console, f"not installed; `dlc models pull {spec.name}` puts it at {destination}")
            raise typer.Exit(ModelError.exit_code)


@contextmanager
def _store(*, quiet: bool = False) -> Iterator[tuple[ModelStore, Console]]:
    """Open the user's models, and show what is logged meanwhile."""
    from dlc.cli.console import human_console, logging_to
    from dlc.cli.verbosity import Verbosity
    from dlc.model_store.store import ModelStore

    console = human_console()
    with logging_to(console, Verbosity.QUIET if quiet else Verbosity.NORMAL):
        yield ModelStore.of_user(), console


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let Ctrl-C, also at a question, end the command like every other one that is stopped."""
    try:
        yield
    except (KeyboardInterrupt, EOFError) as error:
        message = "stopped; what was downloaded is kept, and the same command continues it"
        raise Cancelled(message) from error


def _show(console: Console, license_: License) -> None:
    from dlc.cli.console import say

    say(console, f"License: {license_.title}", "bold")
    say(console, license_.text)
    say(console, license_.url)


def _accepting(console: Console) -> Callable[[License], None]:
    """Return what shows a license to those who accepted it beforehand."""

    def agree(license_: License) -> None:
        _show(console, license_)

    return agree


def _asking(console: Console) -> Callable[[License], None]:
    """Return what shows a license and asks whether the user accepts it."""

    def agree(license_: License) -> None:
        _show(console, license_)
        if not sys.stdin.isatty():
            message = (
                f"the license {license_.title!r} must be accepted before the download, and there "
                "is nobody to ask: pass --yes to accept it"
            )
            raise OptionError(message)
        answer = console.input("Do you accept it? [y/N] ", markup=False)
        if answer.strip().casefold() not in ("y", "yes"):
            message = f"the license {license_.title!r} was not accepted: nothing is downloaded"
            raise Cancelled(message)

    return agree
