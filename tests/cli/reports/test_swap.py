"""The end of a run: the same figures as a table and as JSON."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from dlc.cli.reports.swap import result_as_json, show_result
from dlc.workflows.result import Passage, SwapResult
from tests.cli.reports.swap_result import RESULT


def rendered(result: SwapResult = RESULT, *, verbose: bool = False, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    show_result(console, result, verbose=verbose)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_json_is_one_line_with_every_figure() -> None:
    text = result_as_json(RESULT)
    assert "\n" not in text
    assert text.isascii(), "whatever the encoding of standard output, it can be written"
    assert json.loads(text) == {
        "output": str(Path("out/ä [red].mp4")),
        "contact_sheet": str(Path("out/sheet.png")),
        "engine": "mesh",
        "engine_reason": "as asked",
        "models": [
            {
                "role": "swapper",
                "name": "small.onnx",
                "provider": "CPUExecutionProvider",
                "reason": "two threads",
            }
        ],
        "frames": 100,
        "faces": 97,
        "faces_left": 3,
        "passages_left": [
            {"begin": 0.5, "end": 0.5, "faces": 1},
            {"begin": 0.667, "end": 62.5, "faces": 2},
        ],
        "frames_lost": 2,
        "fps": 50.0,
        "seconds": 3.25,
        "processing_seconds": 2.0,
        "stages": [
            {"name": "decode", "items": 100, "busy_seconds": 0.5, "milliseconds_per_item": 5.0},
            {"name": "find", "items": 100, "busy_seconds": 1.5, "milliseconds_per_item": 15.0},
        ],
        "notes": ["sound was encoded again as Opus", "pass --overwrite"],
    }


def test_of_many_passages_the_first_ones_are_named() -> None:
    passages = tuple(Passage(float(at), float(at), 1) for at in range(8))
    line = rendered(replace(RESULT, passages_left=passages)).splitlines()[2]
    assert line.endswith("0:04.00, 0:05.00 and 2 more")


def test_the_table_says_what_was_done_and_where_the_time_went() -> None:
    lines = {line.split()[0]: line for line in rendered(verbose=False).splitlines()}
    assert "100 (2 could not be read)" in lines["frames"]
    assert "97 (3 left as they were)" in lines["faces"]
    assert lines["left"] == "left at   0:00.50, 0:00.67-1:02.50"
    assert "50.0 fps" in lines["speed"]
    assert "find 75 %, decode 25 %" in lines["time"]
    # Of the two notes the second one, with its option as the command line has it.
    assert lines["note"].split(maxsplit=1)[1] == "pass --overwrite"
    assert str(RESULT.contact_sheet) in lines["pictures"]
    assert str(RESULT.output) in lines["output"]


def test_verbose_adds_milliseconds_per_stage() -> None:
    (line,) = (line for line in rendered(verbose=True).splitlines() if line.startswith("find"))
    assert line.split() == ["find", "15.0", "1.50", "75", "%"]
    assert not any(line.startswith("find") for line in rendered(verbose=False).splitlines())


def test_paths_stay_in_one_piece_on_a_narrow_terminal() -> None:
    assert str(RESULT.output) in rendered(verbose=False, width=12)
