"""Runs on a GPU timed in turn, with how busy it was meanwhile."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dlc.inference.fixed_buffers import Device
from tests.bench.cuda.card import nvml_handle
from tests.bench.failures import FAILURES, not_measured
from tests.bench.speed import Spread

SECONDS = 1.5
ROUNDS = 3
_WARM_UP = 10

Run = Callable[[], object]


@dataclass
class Share:
    """How much of the time the GPU worked, in percent, by NVIDIA's own count."""

    samples: list[int] = field(default_factory=list)


def alternate(
    runs: Mapping[str, Run], device: Device, *, seconds: float = SECONDS
) -> dict[str, dict[str, Any]]:
    """Time every run for a while, in turn and again, so that what slows one slows all.

    Returns:
        Milliseconds a run and the GPU's busy share in percent, None where the driver does not tell;
        or why a run could not be timed.
    """
    times: dict[str, list[float]] = {name: [] for name in runs}
    shares: dict[str, list[int]] = {name: [] for name in runs}
    failed: dict[str, dict[str, Any]] = {}
    # The first round warms up: plans are made, memory is touched for the first time.
    for count in range(1 + ROUNDS):
        for name, run in runs.items():
            if name in failed:
                continue
            try:
                if not count:
                    _warm_up(run)
                    continue
                with busy_share(device, after=seconds / 2) as share:
                    times[name].append(_milliseconds(run, seconds))
            except FAILURES as error:
                failed[name] = not_measured(error)
            else:
                shares[name] += share.samples
    return {name: failed.get(name) or _figures(times[name], shares[name]) for name in runs}


@contextmanager
def busy_share(device: Device, after: float) -> Iterator[Share]:
    """Ask every 50 ms how busy a GPU is; NVIDIA's own window is up to a second.

    Args:
        device: the GPU; what is none, or a part of one in MIG mode, has no samples.
        after: seconds to let pass first: what is left of the time before would count as well.
    """
    share, done = Share(), threading.Event()
    if device.kind != "cuda":
        yield share
        return
    watcher = threading.Thread(target=_watch, args=(device, after, share, done))
    watcher.start()
    try:
        yield share
    finally:
        done.set()
        watcher.join()


def _watch(device: Device, after: float, share: Share, done: threading.Event) -> None:
    import pynvml

    try:
        pynvml.nvmlInit()
        handle = nvml_handle(pynvml, device)
        done.wait(after)
        while not done.wait(0.05):
            share.samples.append(int(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu))
        pynvml.nvmlShutdown()
    except pynvml.NVMLError:
        # The times are right without it.
        share.samples.clear()


def _warm_up(run: Run) -> None:
    for _ in range(_WARM_UP):
        run()


def _milliseconds(run: Run, seconds: float) -> float:
    began, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < seconds or not count:
        run()
        count += 1
    return 1000 * passed / count


def _figures(times: list[float], shares: list[int]) -> dict[str, Any]:
    busy = statistics.fmean(shares) if shares else None
    return {"milliseconds": Spread.of(times), "busy_percent": busy}
