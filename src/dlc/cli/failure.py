"""How a failure looks: one line for people, one JSON object for programs, and an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import typer

from dlc.cli.flags import with_flags
from dlc.cli.printable import one_line, printable
from dlc.cli.reports.error import error_as_json
from dlc.cli.usage import wrong_usage
from dlc.errors import Cancelled, DlcError


@dataclass(slots=True)
class FailureReporter:
    """Reports failures the way the user asked for.

    Attributes:
        as_json: put a JSON object on standard output too.
        with_traceback: show where the failure came from.
        dashed: what was typed as an option and may be the name of a file.
    """

    as_json: bool
    with_traceback: bool
    dashed: str | None = None

    @classmethod
    def for_arguments(cls, arguments: Sequence[str]) -> FailureReporter:
        """Read the options from the raw arguments: a failure to parse them is reported as well."""
        options = list(arguments)
        if "--" in options:
            options = options[: options.index("--")]
        dashed = next(filter(_may_be_a_file, options), None)
        return cls("--json" in options, "--verbose" in options, dashed)

    def learn(self, values: Mapping[str, Any]) -> None:
        """Heed a configuration file's values, by the names of a command's parameters."""
        self.as_json = self.as_json or values.get("as_json") is True
        self.with_traceback = self.with_traceback or values.get("verbose") is True

    def usage(self, error: typer.TyperException) -> int:
        """Report a wrong command line; return the exit code."""
        wrong, hint = wrong_usage(error), "see --help"
        if self.dashed is not None and wrong.startswith("No such option"):
            hint += f"; if {self.dashed} is a file, write ./{self.dashed}, or -- before all files"
        self._report("UsageError", f"{wrong} ({hint})", error.exit_code)
        return error.exit_code

    def failure(self, error: DlcError) -> int:
        """Report an error of dlc; return the exit code.

        Where no other error is behind it, its message is all that there is to say.
        """
        if self.with_traceback and error.__cause__ and not isinstance(error, Cancelled):
            traceback.print_exception(error, file=sys.stderr)
        self._report(type(error).__name__, with_flags(str(error)), error.exit_code)
        return error.exit_code

    def crash(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Report an unforeseen error; has the signature of `sys.excepthook`."""
        if self.with_traceback:
            traceback.print_exception(kind, error, trace, file=sys.stderr)
        hint = "" if self.with_traceback else "; --verbose shows where"
        message = f"unexpected {kind.__name__}: {error}{hint}"
        self._report(kind.__name__, message, DlcError.exit_code)

    def _report(self, kind: str, message: str, exit_code: int) -> None:
        line = one_line(message)
        # Where one of the two takes nothing, the other and the exit code tell it.
        with suppress(OSError):
            typer.secho(f"dlc: {printable(line)}", err=True, fg=typer.colors.RED)
        if self.as_json:
            with suppress(OSError):
                typer.echo(error_as_json(kind, line, exit_code))


def _may_be_a_file(argument: str) -> bool:
    return argument.startswith("-") and "=" not in argument and bool(Path(argument).suffix)
