"""`dlc live` as it is typed: help, usage errors, and what is not needed for them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from dlc.cli.arguments.live import parse_cadence, parse_size
from dlc.cli.display.display import Display, LineDisplay
from dlc.cli.display.live import TableDisplay, live_display_for
from dlc.cli.display.live_log import StatsLog
from dlc.cli.reports.live import describe_live, show_live_result
from dlc.errors import OptionError, OutputError, WriteError
from dlc.options import Engine
from dlc.pipeline.report import PipelineReport, StageReport
from dlc.workflows.live.result import LiveEnd, LiveResult
from dlc.workflows.live.stats import LiveStats
from tests.cli.run import call_dlc

STATS = LiveStats(75.2, 30.04, 29.6, 30.0, 27.4, 41.6, 3, 2.0, 2, 0, 0)
SILENT = LiveStats(1.0, 0.0, 0.0, 0.0, None, None, 0, 0.0, 0, 4, 5)


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100)


def written(to: Console) -> str:
    assert isinstance(to.file, io.StringIO)
    return to.file.getvalue()


def test_sizes_and_cadences() -> None:
    assert parse_size("--resolution", "1280x720") == (1280, 720)
    assert [parse_cadence(text) for text in ("auto", "AUTO", "1", "12")] == [None, None, 1, 12]
    for text in ("1280", "x720", "1280x", "-1x2", "12,5x3"):
        with pytest.raises(OptionError, match="--resolution"):
            parse_size("--resolution", text)
    for text in ("0", "-1", "often", "2.5", ""):
        with pytest.raises(OptionError, match="--detection-every"):
            parse_cadence(text)


def test_a_line_tells_everything() -> None:
    assert describe_live(STATS) == (
        "1 min 15 s: 30.0 fps captured, 29.6 processed, 30.0 shown, "
        "latency 27 ms (95 %: 42 ms), 3 dropped, 2.0 detections a second, 2 faces"
    )
    assert describe_live(SILENT).endswith("latency unknown, 0 dropped, 0.0 detections a second, "
                                          "0 faces, 4 hidden, 5 refused")  # fmt: skip


def test_what_suits_the_console() -> None:
    assert isinstance(live_display_for(console(terminal=True), quiet=False), TableDisplay)
    assert isinstance(live_display_for(console(terminal=False), quiet=False), LineDisplay)
    # All others are kinds of it.
    assert type(live_display_for(console(terminal=True), quiet=True)) is Display


def test_the_table_shows_every_figure() -> None:
    terminal = console(terminal=True)
    with TableDisplay(terminal) as table:
        table.update(STATS)
    text = written(terminal)
    for figure in ("30.0 fps", "29.6 fps", "27 ms (95 %: 42 ms)", "3 frames", "2.0 a second"):
        assert figure in text


def test_what_a_run_has_to_tell_comes_at_its_end() -> None:
    pipeline = PipelineReport((StageReport("find", 4, 0.1),), 2.0)
    result = LiveResult(
        "camera 0", Engine.MESH, "as asked", (), None, 4, 3, LiveEnd.SOURCE, STATS, pipeline,
        ("nobody was recognized",),
    )  # fmt: skip
    terminal = console(terminal=False)
    show_live_result(terminal, result, verbose=True)
    first, _, *rest = written(terminal).splitlines()
    assert first == "4 frames, 3 faces swapped; the source ended"
    assert rest == ["nobody was recognized", "  find: 25.0 ms a frame"]


def test_lines_come_now_and_then() -> None:
    patient = console(terminal=False)
    with live_display_for(patient, quiet=False) as lines:
        lines.update(STATS)
        lines.update(STATS)
    # The first one comes at once: it tells that the camera delivers.
    assert written(patient).splitlines() == [describe_live(STATS)]


def test_every_second_is_a_line_of_json_with_units_in_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "stats.jsonl"
    with StatsLog(path) as log:
        log.write(STATS)
        assert len(path.read_text().splitlines()) == 1, "at once, to be read while it grows"
        log.write(SILENT)
    first, second = map(json.loads, path.read_text().splitlines())
    assert first["latency_p95_ms"] == 41.6
    assert first["capture_fps"] == 30.04
    assert first["dropped_frames"] == 3
    assert second["latency_p50_ms"] is None


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="choose another file"), StatsLog(tmp_path / "no" / "a"):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_log_that_is_full_is_named() -> None:
    with (
        pytest.raises(WriteError, match="/dev/full cannot be written any further"),
        StatsLog(Path("/dev/full")) as log,
    ):
        log.write(STATS)


HIDDEN = ["--source", "a.jpg", "--preview", "--no-face", "blank"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--source"),
        (["--source", "a.jpg"], "--virtual-cam"),
        (["--source", "a.jpg", "--preview", "--virtual-size", "64x64"], "--virtual-cam"),
        (["--source", "a.jpg", "--preview", "--virtual-fit", "crop"], "--virtual-fit has no"),
        (["--source", "a.jpg", "--preview", "--resolution", "large"], "--resolution"),
        (["--source", "a.jpg", "--preview", "--detection-every", "0"], "--detection-every"),
        (["--source", "a.jpg", "--preview", "--no-face", "hide"], "--no-face"),
        ([*HIDDEN, "--opacity", "0.5"], "--opacity 0.5"),
        ([*HIDDEN, "--detection-every", "5"], "--detection-every 5"),
        (["--source", "a.jpg", "--preview", "--label", "x" * 81], "label"),
        (["--source", "a.jpg", "--preview", "--sign-cert", "a.pem"], "go together"),
        (["--source", "a.jpg", "--preview", "--quiet", "--verbose"], "--verbose"),
    ],
)
def test_a_wrong_command_line_is_one_clear_line(arguments: list[str], words: str) -> None:
    run = call_dlc("live", *arguments)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("dlc: ")
    assert len(run.stderr.splitlines()) == 1
    assert words in run.stderr


@pytest.mark.parametrize("empty", ["--source", "--camera", "--output", "--json-lines"])
def test_an_empty_name_is_not_the_current_folder(
    empty: str, astronaut_file: Path, tmp_path: Path
) -> None:
    names = {
        "--source": astronaut_file,
        "--camera": "lavfi:testsrc",
        "--output": tmp_path / "a.mp4",
    }
    names[empty] = ""
    run = call_dlc("live", *(word for pair in names.items() for word in pair))
    assert run.returncode == 2
    assert "from a variable that is not set" in run.stderr
    assert list(tmp_path.iterdir()) == []
