"""Runs a function in a process of its own that may crash, hang or eat memory."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

# Nothing in a test may take the machine down; what needs more than this has failed anyway.
_ADDRESS_SPACE = 8 << 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case.

    Attributes:
        verdict: what the function returned, "crash" or "hang".
        detail: the rest of what it returned, or the signal.
        seconds: how long it took.
        peak_mib: its highest resident memory, what it inherited included.
    """

    verdict: str
    detail: str
    seconds: float
    peak_mib: float


def run_isolated(case: Callable[[], tuple[str, str]], limit: float) -> Outcome:
    """Run `case` in a fork of this process, which must have no other threads.

    Args:
        case: returns a verdict and details.
        limit: seconds after which it is ended.
    """
    reading, writing = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if not child:
        os.close(reading)
        _run_and_exit(case, writing)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], limit)
    if not ready:
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read() if ready else b""
    _, status, usage = os.wait4(child, 0)
    seconds, peak = time.monotonic() - began, usage.ru_maxrss / 1024
    if not ready:
        return Outcome("hang", f"ended after {limit:g} s", seconds, peak)
    if not said:
        return Outcome("crash", f"exit status {os.waitstatus_to_exitcode(status)}", seconds, peak)
    verdict, detail = json.loads(said)
    return Outcome(verdict, detail, seconds, peak)


def _run_and_exit(case: Callable[[], tuple[str, str]], pipe: int) -> None:
    """Tell the parent what `case` returns, and end without what a fork must not do."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    verdict, detail = case()
    os.write(pipe, json.dumps([verdict, detail[:400]]).encode())
    os._exit(0)
