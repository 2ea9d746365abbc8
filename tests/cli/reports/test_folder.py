"""The end of a run over a folder: every file, the totals, and the same as JSON."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from dlc.cli.reports.folder import folder_as_json, show_folder
from dlc.cli.reports.swap import plain_result
from dlc.errors import DamagedInputError
from dlc.pipeline import PipelineReport
from dlc.workflows.result import FolderResult, TargetOutcome
from tests.cli.reports.swap_result import RESULT

FIRST = replace(RESULT, output=Path("out/a [red].mp4"), notes=("unsigned", "no sound"))
SECOND = replace(
    RESULT,
    output=Path("out/b.mp4"),
    frames=50,
    faces=40,
    faces_left=0,
    passages_left=(),
    frames_lost=0,
    processing_seconds=0.5,
    notes=("unsigned",),
)
# It had nothing to do but to join the segments of an earlier run.
JOINED = replace(SECOND, output=Path("out/e.mp4"), pipeline=PipelineReport((), 0.0))
ERROR = DamagedInputError("in/d.mp4 is truncated: pass `allow_damaged=True`")
FOLDER = FolderResult(
    output=Path("out"),
    contact_sheets=Path("sheets"),
    targets=(
        TargetOutcome(Path("in/a [red].mp4"), FIRST.output, FIRST),
        TargetOutcome(Path("in/b.ts"), SECOND.output, SECOND),
        TargetOutcome(Path("in/c.mp4"), Path("out/c.mp4")),
        TargetOutcome(Path("in/d.mp4"), Path("out/d.mp4"), error=ERROR),
    ),
    seconds=65.0,
    notes=("1 file is of no kind that dlc reads, and left out: notes.txt",),
)


def rendered(result: FolderResult = FOLDER, *, verbose: bool = False) -> list[str]:
    console = Console(file=io.StringIO(), width=100)
    show_folder(console, result, verbose=verbose)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_json_is_one_line_with_every_file_and_the_counts() -> None:
    text = folder_as_json(FOLDER)
    assert "\n" not in text
    assert text.isascii()
    assert json.loads(text) == {
        "output": "out",
        "contact_sheets": "sheets",
        "files": [
            {"target": str(Path("in/a [red].mp4")), **plain_result(FIRST)},
            {"target": str(Path("in/b.ts")), **plain_result(SECOND)},
            {
                "target": str(Path("in/c.mp4")),
                "output": str(Path("out/c.mp4")),
                "already_there": True,
            },
            {
                "target": str(Path("in/d.mp4")),
                "error": {
                    "kind": "DamagedInputError",
                    "message": "in/d.mp4 is truncated: pass --allow-damaged",
                    "exit_code": 4,
                },
            },
        ],
        "done": 2,
        "already_there": 1,
        "failed": 1,
        "frames": 150,
        "faces": 137,
        "fps": 60.0,
        "seconds": 65.0,
        "notes": ["1 file is of no kind that dlc reads, and left out: notes.txt"],
    }


def test_the_table_says_what_became_of_every_file() -> None:
    assert [" ".join(line.split()) for line in rendered()[:5]] == [
        "file frames faces fps",
        "a [red].mp4 100 97 50.0 3 faces left as they were, 2 frames could not be read",
        "b.ts 50 40 100.0",
        "c.mp4 already there",
        "d.mp4 damaged input",
    ]


def test_totals_and_notes_follow() -> None:
    assert rendered()[5:] == [
        "files     2 done, 1 already there, 1 failed",
        "frames    150",
        "faces     137 (3 left as they were)",
        "speed     60.0 fps, 1 min 05 s in all",
        "note      1 file is of no kind that dlc reads, and left out: notes.txt",
        "note      unsigned",
        "note      no sound (a [red].mp4)",
        "pictures  sheets",
        "output    out",
    ]


def test_a_note_that_has_the_name_of_its_file_is_not_followed_by_it() -> None:
    jumps = "the clock of b.ts jumps at 1.04 s"
    second = replace(SECOND, notes=(jumps,))
    targets = (FOLDER.targets[0], replace(FOLDER.targets[1], result=second))
    assert f"note      {jumps}" in rendered(replace(FOLDER, targets=targets))


def test_where_nothing_was_done_there_are_no_totals() -> None:
    lines = rendered(replace(FOLDER, targets=FOLDER.targets[2:], notes=()), verbose=True)
    assert lines[3:] == [
        "files     0 done, 1 already there, 1 failed",
        "pictures  sheets",
        "output    out",
    ]


def test_verbose_adds_the_stages_of_all_files_together() -> None:
    targets = (*FOLDER.targets, TargetOutcome(Path("in/e.mp4"), JOINED.output, JOINED))
    lines = rendered(replace(FOLDER, targets=targets), verbose=True)
    (line,) = (line for line in lines if line.startswith("find"))
    assert line.split() == ["find", "15.0", "3.00", "75", "%"]
    assert not any(line.startswith("find") for line in rendered())


def test_verbose_says_that_failed_files_are_not_among_the_stages() -> None:
    note = "stages, without those of files that failed:"
    assert rendered(verbose=True).count(note) == 1
    whole = replace(FOLDER, targets=FOLDER.targets[:2])
    assert note not in rendered(whole, verbose=True)
    assert note not in rendered()


def test_files_that_were_only_joined_leave_no_empty_table_of_stages() -> None:
    targets = (TargetOutcome(Path("in/e.mp4"), JOINED.output, JOINED),)
    lines = rendered(replace(FOLDER, targets=targets), verbose=True)
    assert lines[-1] == "output    out"
