"""The swapper and the detector on an NVIDIA GPU: plain session, fixed buffers, CUDA graph.

Weights are random, which changes no time. Without a GPU it says why and ends with exit code 1.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from dlc.graph.names import Rewrite
from dlc.graph.synthetic import write_inswapper
from dlc.host.detect import detect_host
from dlc.host.host import Host
from dlc.host.obstacles import obstacles
from dlc.inference.captured import with_batch_runs
from dlc.inference.fixed_buffers import Device
from dlc.inference.output_check import sample_feed
from dlc.inference.prepared import prepared_model
from dlc.inference.route import ExecutionProvider, Role, Route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.inference.runtime import installed_runtime
from dlc.inference.sessions import open_session
from dlc.media.video.reader import open_target
from dlc.media.video.writer import open_output
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.options import EncodeOptions, Provider, VideoDecoder
from tests.bench import graph_pixels, neural, neural_live
from tests.bench.speed import Spread
from tests.stand_ins import write_detector

BATCHES = (1, 2, 4)
SECONDS = 1.5
ROUNDS = 3
# Multiplications and additions of inswapper_128 for a face, each of which is two operations.
SWAP_OPERATIONS = 2 * 174.6e9
CLIP_FRAMES = 240

Run = Callable[[], object]


@dataclass
class Share:
    """How much of the time the GPU worked, in percent, by NVIDIA's own count."""

    samples: list[int] = field(default_factory=list)


def measure(folder: Path, runs: int, console: Console) -> dict[str, Any]:
    """Measure everything, print tables, and return the figures.

    Raises:
        SystemExit: there is no NVIDIA GPU that ONNX Runtime can use.
    """
    host = detect_host(installed_runtime())
    device = _require_gpu(host)
    folder = folder / "cuda"
    folder.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = _machine(host, device)
    for name, value in figures.items():
        console.print(f"{name}: {value}")
    swapper = folder / "inswapper.onnx"
    if not swapper.exists():
        write_inswapper(swapper)
    files = RewrittenFiles(folder / "cache", DigestCache(folder / "cache" / "digests.json"))
    figures["numerics"] = _numerics(host, swapper, files, console)
    figures["swapper"] = _swapper(host, device, swapper, files, console)
    figures["detector"] = _detector(host, device, folder, console)
    figures["pixels"] = graph_pixels.measure(console, _route(host, Role.SWAPPER), device)
    figures["end_to_end"] = neural.measure(
        folder, runs, console, frames=CLIP_FRAMES, device=device.number
    )
    figures["live"] = neural_live.measure(folder, console, device=device.number)
    figures["video"] = _video(folder, console)
    return figures


def _require_gpu(host: Host) -> Device:
    problems = obstacles(Provider.CUDA, host)
    if problems or host.nvidia.best is None:
        reasons = [str(problem) for problem in problems] or ["nvidia-ml-py shows no GPU"]
        raise SystemExit(f"nothing to measure on: {'; '.join(reasons)}")
    return Device("cuda", host.nvidia.best)


def _machine(host: Host, device: Device) -> dict[str, Any]:
    import pynvml

    pynvml.nvmlInit()
    try:
        driver = pynvml.nvmlSystemGetDriverVersion()
    finally:
        pynvml.nvmlShutdown()
    runtime = f"{host.runtime.version} for CUDA {host.runtime.cuda}"
    return {
        "gpu": str(host.nvidia.gpus[device.number]),
        "driver": driver,
        "onnxruntime": runtime,
    }


def _route(host: Host, role: Role, *, graph: bool = False, **options: str) -> Route:
    """Return the route of CUDA by name, which does not fall back, with options added."""
    route = choose_route(role, host, provider=Provider.CUDA, threads=4)
    first, *others = route.providers
    first = ExecutionProvider(first.name, {**first.options, **options})
    return replace(route, providers=(first, *others), cuda_graph=graph)


def _numerics(
    host: Host, swapper: Path, files: RewrittenFiles, console: Console
) -> dict[str, float]:
    """Compare half precision with single precision, and replays with plain runs.

    Single precision is without TF32 where cuDNN has an algorithm without it for a layer.
    """
    route = _route(host, Role.SWAPPER)
    rewrites = tuple(each for each in route.rewrites if each is not Rewrite.HALF)
    exact = replace(_route(host, Role.SWAPPER, use_tf32="0"), rewrites=rewrites)
    single = open_session(prepared_model(swapper, exact, files), exact)
    half = open_session(prepared_model(swapper, route, files), route)
    captured = _route(host, Role.SWAPPER, graph=True)
    replayed = open_session(prepared_model(swapper, captured, files), captured)
    if replayed.runs is None:
        raise SystemExit("; ".join(map(str, replayed.findings)))
    feed = sample_feed(half, pictures=4)
    expected, found, again = (
        each.run(None, feed)[0].astype(np.float64) for each in (single, half, replayed)
    )
    mean_square = float(np.mean((expected - found) ** 2))
    figures = {
        "fp16_against_fp32_psnr_db": 10 * float(np.log10(255**2 / max(mean_square, 1e-12))),
        "graph_differs_by": float(np.abs(found - again).max()),
    }
    console.print(
        f"half against single precision: PSNR {figures['fp16_against_fp32_psnr_db']:.1f} dB; "
        f"CUDA graph against plain: largest difference {figures['graph_differs_by']:g} of 255"
    )
    return figures


def _swapper(
    host: Host, device: Device, swapper: Path, files: RewrittenFiles, console: Console
) -> list[dict[str, Any]]:
    model = prepared_model(swapper, _route(host, Role.SWAPPER), files)
    sessions = _modes(host, device, Role.SWAPPER, model)
    rows = []
    for batch in BATCHES:
        feed = sample_feed(sessions["plain session"], pictures=batch)
        runs = {name: partial(session.run, None, feed) for name, session in sessions.items()}
        times = _alternate(runs, device)
        rows += [{"batch": batch, "mode": name, **found} for name, found in times.items()]
    table = Table("swapper", "faces a run", "ms a face", "TFLOP/s", "GPU busy, %", box=None)
    for row in rows:
        row["ms_per_face"] = row["milliseconds"].median / row["batch"]
        row["teraflops"] = SWAP_OPERATIONS / row["ms_per_face"] / 1e9
        table.add_row(
            row["mode"], str(row["batch"]), f"{row['ms_per_face']:.3f}",
            f"{row['teraflops']:.0f}", f"{row['busy_percent']:.0f}",
        )  # fmt: skip
    console.print(table)
    return rows


def _detector(host: Host, device: Device, folder: Path, console: Console) -> list[dict[str, Any]]:
    model = Path(__file__).parents[3] / "shared" / "data" / "scrfd_2.5g_kps.onnx"
    if not model.is_file():
        model = write_detector(folder / "detector.onnx")
    sessions = _modes(host, device, Role.DETECTOR, model)
    feed = sample_feed(sessions["plain session"])
    runs = {name: partial(session.run, None, feed) for name, session in sessions.items()}
    times = _alternate(runs, device)
    table = Table(f"detector {model.stem}, 640x640", "ms", "GPU busy, %", box=None)
    for name, found in times.items():
        table.add_row(name, f"{found['milliseconds']:.3f}", f"{found['busy_percent']:.0f}")
    console.print(table)
    return [{"model": model.stem, "mode": name, **found} for name, found in times.items()]


def _modes(host: Host, device: Device, role: Role, model: Path) -> dict[str, RoutedSession]:
    plain = open_session(model, _route(host, role))
    graph = open_session(model, _route(host, role, graph=True))
    if graph.runs is None:
        raise SystemExit("; ".join(map(str, graph.findings)))
    fixed = with_batch_runs(open_session(model, _route(host, role)), device)
    return {"plain session": plain, "fixed buffers": fixed, "CUDA graph": graph}


def _alternate(runs: Mapping[str, Run], device: Device) -> dict[str, dict[str, Any]]:
    """Time every run for a while, in turn and again, so that what slows one slows all."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    shares: dict[str, list[int]] = {name: [] for name in runs}
    for run in runs.values():
        for _ in range(10):
            run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            with _busy_share(device) as share:
                times[name].append(_milliseconds(run))
            shares[name] += share.samples
    return {
        name: {
            "milliseconds": Spread.of(times[name]),
            "busy_percent": float(np.mean(shares[name])) if shares[name] else float("nan"),
        }
        for name in runs
    }


def _milliseconds(run: Run) -> float:
    began, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < SECONDS:
        run()
        count += 1
    return 1000 * passed / count


def _video(folder: Path, console: Console) -> dict[str, dict[str, float]]:
    """Copy a clip with software and with the GPU's own decoder and encoder, in turn."""
    _, clip = neural.inputs(folder / "copied.mp4", CLIP_FRAMES)
    ways = {
        "software": (VideoDecoder.SOFTWARE, None),
        "NVDEC": (VideoDecoder.NVDEC, None),
        "NVENC": (VideoDecoder.SOFTWARE, "h264_nvenc"),
        "NVDEC and NVENC": (VideoDecoder.NVDEC, "h264_nvenc"),
    }
    fps: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (decoder, encoder) in ways.items():
            fps[name].append(_copy(clip, folder / "copy.mp4", decoder, encoder))
    table = Table("copying 1920x1080", "frames a second", box=None)
    for name, values in fps.items():
        table.add_row(name, f"{Spread.of(values):.0f}")
    console.print(table)
    return {name: {"fps": Spread.of(values).median} for name, values in fps.items()}


def _copy(clip: Path, output: Path, decoder: VideoDecoder, encoder: str | None) -> float:
    began = time.perf_counter()
    with (
        open_target(clip, decoder=decoder) as reader,
        open_output(output, reader, EncodeOptions(encoder=encoder), overwrite=True) as writer,
    ):
        for frame in reader:
            writer.write(frame)
    return CLIP_FRAMES / (time.perf_counter() - began)


@contextmanager
def _busy_share(device: Device) -> Iterator[Share]:
    """Ask every 50 ms how busy a GPU is; NVIDIA's own window is up to a second.

    CUDA's numbers are the driver's unless CUDA_VISIBLE_DEVICES chooses among them.
    """
    import pynvml

    share, done = Share(), threading.Event()
    pynvml.nvmlInit()
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    number = int(chosen[device.number]) if chosen[0].isdecimal() else device.number
    handle = pynvml.nvmlDeviceGetHandleByIndex(number)

    def watch() -> None:
        # What is left of the time before would be counted as well.
        done.wait(SECONDS / 2)
        while not done.wait(0.05):
            share.samples.append(int(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield share
    finally:
        done.set()
        watcher.join()
        pynvml.nvmlShutdown()
