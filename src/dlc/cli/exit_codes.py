"""What the exit codes of commands mean, for the end of their help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dlc.errors import DlcError


def exit_codes(
    *errors: type[DlcError],
    done: str = "done",
    words: Mapping[type[DlcError], str] | None = None,
) -> str:
    """Return "Exit codes: 0 done, 2 wrong option, ...".

    Args:
        errors: those that the command can end with; none means all there are.
        done: what 0 means.
        words: what is said of an error instead of its own summary.
    """
    said = words or {}
    meanings = {0: done}
    for error in errors or every_error():
        meanings[error.exit_code] = said.get(error, error.summary)
    return f"Exit codes: {', '.join(f'{code} {meanings[code]}' for code in sorted(meanings))}."


def every_error(kind: type[DlcError] = DlcError) -> Iterator[type[DlcError]]:
    """Yield a kind of error and every kind of it."""
    yield kind
    for special in kind.__subclasses__():
        yield from every_error(special)
