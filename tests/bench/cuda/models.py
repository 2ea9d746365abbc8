"""The swapper and the detector on a GPU, mode by mode, and how exact half precision is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Column, Table

from dlc.graph.names import Rewrite
from dlc.inference.captured import CAPTURE
from dlc.inference.fixed_buffers import FixedBuffers
from dlc.inference.output_check import sample_feed
from dlc.inference.prepared import prepared_model
from dlc.inference.routed_session import RoutedSession
from dlc.inference.sessions import open_session
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.role import Role
from tests.bench.cuda import timing
from tests.bench.cuda.card import SWAP_OPERATIONS, least_milliseconds
from tests.bench.cuda.modes import Mode, Opened, Subject, open_modes
from tests.bench.failures import FAILURES, not_measured
from tests.stand_ins import write_detector

BATCHES = (1, 2, 4)
# As many as the other sizes of captured runs, so that each of them is compared.
_PICTURES = 4
_RUNS_TO_REPLAY = 4

Row = dict[str, Any]


def numerics(subject: Subject, swapper: Path, files: RewrittenFiles, console: Console) -> Row:
    """Compare half with single precision, and replayed runs with plain ones.

    Single precision is without TF32 where cuDNN has an algorithm without it for a layer.
    """
    comparisons: dict[str, Callable[[], float]] = {
        "fp16_against_fp32_psnr_db": partial(_half_against_single, subject, swapper, files),
        "replay_against_same_session": partial(_replay_against_plain, subject, swapper, files),
        "graph_against_other_session": partial(_graph_against_plain, subject, swapper, files),
    }
    figures: Row = {}
    for name, compare in comparisons.items():
        try:
            figures[name] = compare()
        except FAILURES as error:
            figures[name] = not_measured(error)
    table = Table("numerics", "", box=None)
    for name, label in {
        "fp16_against_fp32_psnr_db": "half against single precision, PSNR in dB",
        "replay_against_same_session": "CUDA graph against no graph, largest difference of 255",
        "graph_against_other_session": "the same, in sessions of their own",
    }.items():
        found = figures[name]
        table.add_row(label, found["not_measured"] if isinstance(found, dict) else f"{found:.4g}")
    console.print(table)
    return figures


def swapper_rows(
    subject: Subject,
    model: Path,
    console: Console,
    *,
    batches: Sequence[int] = BATCHES,
    seconds: float = timing.SECONDS,
    wanted: Sequence[Mode] | None = None,
    keep: Callable[[list[Row]], None] = lambda _: None,
    caption: str = "",
) -> list[Row]:
    """Time a prepared swapper in every mode, for several numbers of faces a run.

    Args:
        subject: on what.
        model: the swapper, rewritten for the subject's route.
        console: where the table goes.
        batches: faces a run.
        seconds: for which each mode runs, in each of several rounds.
        wanted: the modes; None for all.
        keep: takes the rows that there are after each number of faces.
        caption: what stands below the table.
    """
    opened = open_modes(subject, Role.SWAPPER, model, wanted)
    rows: list[Row] = []
    for batch in batches:
        more: Row = {"batch": batch}
        for row in _rows(opened, subject, batch, seconds):
            rows.append({**more, **row})
            if "milliseconds" in row:
                rows[-1].update(_of_the_limit(subject, row["milliseconds"].median / batch))
        keep(rows)
    # Names of modes are long, and differ at their ends.
    modes = Column("swapper", overflow="fold")
    table = Table(modes, "faces a run", "ms a face", "TFLOP/s", "of the limit", "GPU busy, %",
                  box=None, caption=caption)  # fmt: skip
    for row in rows:
        if "not_measured" in row:
            table.add_row(row["mode"], str(row["batch"]), row["not_measured"])
            continue
        limit = row["share_of_limit"]
        table.add_row(
            row["mode"], str(row["batch"]), f"{row['ms_per_face']:.3f}", f"{row['teraflops']:.0f}",
            "unknown" if limit is None else f"{limit:.0%}", _busy(row),
        )  # fmt: skip
    console.print(table)
    _print_notes(rows, console)
    return rows


def detector_rows(
    subject: Subject,
    folder: Path,
    console: Console,
    *,
    seconds: float = timing.SECONDS,
    wanted: Sequence[Mode] | None = None,
    caption: str = "",
) -> list[Row]:
    """Time SCRFD, or a stand-in where it is not at hand, in every mode."""
    model = Path(__file__).parents[4] / "shared" / "data" / "scrfd_2.5g_kps.onnx"
    if not model.is_file():
        model = write_detector(folder / "detector.onnx")
    opened = open_modes(subject, Role.DETECTOR, model, wanted)
    rows = [{"model": model.stem, **row} for row in _rows(opened, subject, 1, seconds)]
    table = Table(f"detector {model.stem}, 640x640", "ms", "GPU busy, %", box=None, caption=caption)
    for row in rows:
        if "not_measured" in row:
            table.add_row(row["mode"], row["not_measured"])
        else:
            table.add_row(row["mode"], f"{row['milliseconds']:.3f}", _busy(row))
    console.print(table)
    _print_notes(rows, console)
    return rows


def _rows(opened: Sequence[Opened], subject: Subject, batch: int, seconds: float) -> list[Row]:
    runs: dict[str, timing.Run] = {}
    for each in opened:
        if each.session is not None:
            feed = sample_feed(each.session, pictures=batch)
            runs[each.name] = partial(each.session.run, None, feed)
    times = timing.alternate(runs, subject.device, seconds=seconds)
    return [
        {
            "mode": each.name,
            "options": dict(each.mode.options),
            "notes": [*each.notes, *_divided(each, batch)],
            **times.get(each.name, each.failure),
        }
        for each in opened
    ]


def _divided(opened: Opened, batch: int) -> tuple[str, ...]:
    """Return a note if several faces do not go through in one run of that size."""
    runs = None if opened.session is None else opened.session.runs
    if runs is None or batch in runs.sizes:
        return ()
    return (f"{batch} faces in runs of {' and '.join(map(str, runs.sizes))}",)


def _of_the_limit(subject: Subject, milliseconds: float) -> Row:
    """Return a time a face beside the least that the arithmetic allows."""
    gpus = subject.host.nvidia.gpus
    least = least_milliseconds(gpus[subject.device.number].name) if gpus else None
    return {
        "ms_per_face": milliseconds,
        "teraflops": SWAP_OPERATIONS / milliseconds / 1e9,
        "share_of_limit": None if least is None else least / milliseconds,
    }


def _busy(row: Row) -> str:
    return "unknown" if row["busy_percent"] is None else f"{row['busy_percent']:.0f}"


def _print_notes(rows: Sequence[Row], console: Console) -> None:
    notes = dict.fromkeys((row["mode"], note) for row in rows for note in row["notes"])
    for mode, note in notes:
        console.print(f"{mode}: {note}", markup=False)


def _open(
    subject: Subject, swapper: Path, files: RewrittenFiles, *, graph: bool = False
) -> RoutedSession:
    route = subject.route(Role.SWAPPER, graph=graph)
    return open_session(prepared_model(swapper, route, files), route)


def _half_against_single(subject: Subject, swapper: Path, files: RewrittenFiles) -> float:
    half = _open(subject, swapper, files)
    if Rewrite.HALF not in half.route.rewrites:
        raise ValueError("dlc does not use half precision here")
    rewrites = tuple(each for each in half.route.rewrites if each is not Rewrite.HALF)
    exact = replace(subject.route(Role.SWAPPER, use_tf32="0"), rewrites=rewrites)
    single = open_session(prepared_model(swapper, exact, files), exact)
    one, other = _outputs(single, half)
    mean_square = float(np.mean((one - other) ** 2))
    return 10 * float(np.log10(255**2 / max(mean_square, 1e-12)))


def _replay_against_plain(subject: Subject, swapper: Path, files: RewrittenFiles) -> float:
    """Compare a replay with an uncaptured run of the same session: the same algorithms."""
    route = subject.route(Role.SWAPPER, **CAPTURE)
    session = open_session(prepared_model(swapper, route, files), route)
    feed = sample_feed(session, pictures=_PICTURES)
    buffers = FixedBuffers(session.session, subject.device, feed)
    for _ in range(_RUNS_TO_REPLAY):
        found = buffers.run(feed)
    return float(np.abs(buffers.first[0].astype(np.float64) - found[0]).max())


def _graph_against_plain(subject: Subject, swapper: Path, files: RewrittenFiles) -> float:
    """Compare sessions, each of which has chosen its own algorithms."""
    plain, graph = _open(subject, swapper, files), _open(subject, swapper, files, graph=True)
    one, other = _outputs(plain, graph)
    return float(np.abs(one - other).max())


def _outputs(*sessions: RoutedSession) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    feed = sample_feed(sessions[0], pictures=_PICTURES)
    return [session.run(None, feed)[0].astype(np.float64) for session in sessions]
