"""Opens a model whose runs are captured as CUDA graphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import onnxruntime

from dlc.host.host import Finding
from dlc.host.providers import label
from dlc.inference.batch_runs import BatchRuns
from dlc.inference.failures import (
    BINDING_ERRORS,
    FREE_MEMORY,
    OTHER_ERRORS,
    lacks_memory,
    plain_message,
)
from dlc.inference.fixed_buffers import Device
from dlc.inference.output_check import sample_feed
from dlc.inference.routed_session import RoutedSession

# Opens a model again, or returns why that fails.
Opener = Callable[[], RoutedSession | str]

# Numbers of faces that run together, besides single ones; others are padded to the next size.
_LARGER_BATCHES = (2, 4)
# The provider option that enables capturing runs.
CAPTURE = {"enable_cuda_graph": "1"}


def with_batch_runs(
    session: RoutedSession, device: Device, another: Opener | None = None
) -> RoutedSession:
    """Return a session that runs with fixed buffers, and CUDA graphs if opened for them.

    Args:
        session: its provider options may include `CAPTURE`; its route fixes the input sizes that
            the model leaves open, except the number of pictures.
        device: where its provider expects inputs and outputs.
        another: opens it again for every batch size; None runs pictures one by one.

    Raises:
        RuntimeError: ONNX Runtime's errors (it is the base class of some), and `ValueError`.
    """
    runs = BatchRuns(session.session, device, lambda size: sample_feed(session, pictures=size))
    findings = session.findings
    if another is not None and _is_open(session.session):
        findings += _add_larger(runs, another, session)
    runs.check()
    return replace(session, runs=runs, findings=findings)


def on_its_gpu(session: RoutedSession, another: Opener | None = None) -> RoutedSession | str:
    """Return the session with runs in fixed buffers on its GPU, or why that fails.

    This runs the model, as a session that opens does not necessarily work.

    Args:
        session: on a route for CUDA; if it was opened with the option `CAPTURE`, its runs are
            captured, and it is unusable if that fails.
        another: as in `with_batch_runs`.
    """
    number = int(session.route.providers[0].options.get("device_id", "0"))
    try:
        return with_batch_runs(session, Device("cuda", number), another)
    except (*OTHER_ERRORS, *BINDING_ERRORS) as error:
        return plain_message(error)


def not_captured(session: RoutedSession, reason: str) -> Finding:
    """Return the finding about a model whose runs are not captured."""
    problem = f"its runs on {label(session.route.provider)} are not captured as CUDA graphs"
    return Finding(f"{problem} ({reason})", f"every run costs more; {_remedy(reason)}")


def _add_larger(runs: BatchRuns, another: Opener, session: RoutedSession) -> tuple[Finding, ...]:
    """Add the batches of several pictures, and return findings if that fails."""
    for size in _LARGER_BATCHES:
        reason = _why_not_added(runs, size, another())
        if reason is not None:
            provider = label(session.route.provider)
            problem = f"{provider} runs batches of at most {runs.sizes[-1]} ({reason})"
            return (Finding(problem, _remedy(reason)),)
    return ()


def _remedy(reason: str) -> str:
    return FREE_MEMORY if lacks_memory(reason) else "update onnxruntime-gpu and the driver"


def _why_not_added(runs: BatchRuns, size: int, opened: RoutedSession | str) -> str | None:
    if isinstance(opened, str):
        return opened
    try:
        runs.add(size, opened.session)
    except (*OTHER_ERRORS, *BINDING_ERRORS) as error:
        return plain_message(error)
    return None


def _is_open(session: onnxruntime.InferenceSession) -> bool:
    return not any(isinstance(each.shape[0], int) for each in session.get_inputs())
