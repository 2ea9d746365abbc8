"""The end of a run over a folder: a table and totals for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dlc.cli.flags import with_flags
from dlc.cli.printable import one_line, printable
from dlc.cli.reports.error import plain_error
from dlc.cli.reports.swap import plain_result, show_rows, stage_table
from dlc.cli.times import format_duration
from dlc.counted import listed
from dlc.pipeline.report import merged
from dlc.workflows.result import FolderResult, TargetOutcome

_NAMED = 3


def folder_as_json(result: FolderResult) -> str:
    """Return the result as one line of ASCII JSON; paths as text, times in seconds."""
    sheets = result.contact_sheets
    return json.dumps(
        {
            "output": str(result.output),
            "contact_sheets": None if sheets is None else str(sheets),
            "files": [_plain(outcome) for outcome in result.targets],
            **_counts(result),
            "frames": sum(each.frames for each in result.results),
            "faces": sum(each.faces for each in result.results),
            "fps": round(result.fps, 3),
            "seconds": round(result.seconds, 3),
            "notes": list(map(with_flags, result.notes)),
        }
    )


def show_folder(console: Console, result: FolderResult, *, verbose: bool) -> None:
    """Print what became of every file, the totals and, if `verbose`, where the time went."""
    console.print(_table(result))
    show_rows(console, _rows(result))
    # One that only joined the segments of an earlier run had no stages.
    reports = [each.pipeline for each in result.results if each.pipeline.stages]
    if verbose and reports:
        if result.errors:
            console.print("stages, without those of files that failed:")
        console.print(stage_table(merged(reports)))


def _plain(outcome: TargetOutcome) -> dict[str, Any]:
    target = {"target": str(outcome.target)}
    if outcome.result is not None:
        return target | plain_result(outcome.result)
    if outcome.error is None:
        return target | {"output": str(outcome.output), "already_there": True}
    message = one_line(with_flags(str(outcome.error)))
    kind = type(outcome.error).__name__
    return target | plain_error(kind, message, outcome.error.exit_code)


def _counts(result: FolderResult) -> dict[str, int]:
    return {
        "done": len(result.results),
        "already_there": sum(each.was_there for each in result.targets),
        "failed": len(result.errors),
    }


def _table(result: FolderResult) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("file", overflow="fold")
    for title in ("frames", "faces", "fps"):
        table.add_column(title, justify="right")
    table.add_column("")
    for outcome in result.targets:
        table.add_row(Text(printable(outcome.target.name)), *_cells(outcome))
    return table


def _cells(outcome: TargetOutcome) -> tuple[str, str, str, Text]:
    done = outcome.result
    if done is not None:
        remarks = [f"{done.faces_left} faces left as they were"] if done.faces_left else []
        if done.frames_lost:
            remarks.append(f"{done.frames_lost} frames could not be read")
        remark = Text(", ".join(remarks))
        return str(done.frames), str(done.faces), f"{done.fps:.1f}", remark
    if outcome.error is None:
        return "", "", "", Text("already there", "dim")
    return "", "", "", Text(outcome.error.summary, "red")


def _rows(result: FolderResult) -> Iterator[tuple[str, str]]:
    done = result.results
    counts = {name.replace("_", " "): count for name, count in _counts(result).items()}
    parts = [f"{count} {name}" for name, count in counts.items() if count or name == "done"]
    yield "files", ", ".join(parts)
    if done:
        left = sum(each.faces_left for each in done)
        kept = f" ({left} left as they were)" if left else ""
        yield "frames", str(sum(each.frames for each in done))
        yield "faces", f"{sum(each.faces for each in done)}{kept}"
        yield "speed", f"{result.fps:.1f} fps, {format_duration(result.seconds)} in all"
    for note in (*result.notes, *_notes_on(result.targets)):
        yield "note", with_flags(note)
    if result.contact_sheets is not None:
        yield "pictures", str(result.contact_sheets)
    yield "output", str(result.output)


def _notes_on(outcomes: tuple[TargetOutcome, ...]) -> Iterator[str]:
    """Yield the notes on files, each once with the names of the files, unless it has their name."""
    named: dict[str, list[TargetOutcome]] = {}
    done = [(each, each.result.notes) for each in outcomes if each.result is not None]
    for outcome, notes in done:
        for note in notes:
            named.setdefault(note, []).append(outcome)
    for note, noted in named.items():
        names = listed([outcome.output.name for outcome in noted], _NAMED)
        says_whose = len(noted) == len(done) or noted[0].target.name in note
        yield note if says_whose else f"{note} ({names})"
