"""Opens a model whose runs are captured as CUDA graphs."""

from __future__ import annotations

from dataclasses import replace

import onnxruntime

from dlc.host.host import Finding
from dlc.host.providers import label
from dlc.inference.batch_runs import BatchRuns
from dlc.inference.failures import BINDING_ERRORS, OTHER_ERRORS, plain_message
from dlc.inference.fixed_buffers import Device
from dlc.inference.output_check import sample_feed
from dlc.inference.routed_session import RoutedSession

# Faces of a frame that go through in one run; others are filled up to the next.
BATCH_SIZES = (1, 2, 4)
# The provider's option that lets runs be captured.
CAPTURE = {"enable_cuda_graph": "1"}


def with_batch_runs(session: RoutedSession, device: Device) -> RoutedSession:
    """Return a session whose runs use fixed buffers, and CUDA graphs if it was opened for them.

    Args:
        session: its provider's options may include `CAPTURE`; its route fixes the sizes of inputs
            that the model leaves open, except the number of pictures.
        device: where its provider wants inputs and outputs.

    Raises:
        RuntimeError: ONNX Runtime's errors, of which it is the base of some, and `ValueError`.
    """
    runs = BatchRuns(
        session.session,
        device,
        BATCH_SIZES if _is_open(session.session) else BATCH_SIZES[:1],
        lambda size: sample_feed(session, pictures=size),
    )
    return replace(session, runs=runs)


def on_its_gpu(session: RoutedSession) -> RoutedSession | str:
    """Return the session with its runs in fixed buffers of its GPU, or why that fails.

    The model is run for it: what a session could be opened for does not have to work.

    Args:
        session: on a route for CUDA; opened with the option `CAPTURE` its runs are captured, and if
            that fails it is of no more use.
    """
    number = int(session.route.providers[0].options.get("device_id", "0"))
    try:
        return with_batch_runs(session, Device("cuda", number))
    except (*OTHER_ERRORS, *BINDING_ERRORS) as error:
        return plain_message(error)


def not_captured(session: RoutedSession, reason: str) -> Finding:
    """Return the finding for a model whose runs are not captured."""
    problem = f"its runs on {label(session.route.provider)} are not captured as CUDA graphs"
    remedy = "every run costs more; update onnxruntime-gpu and the driver"
    return Finding(f"{problem} ({reason})", remedy)


def _is_open(session: onnxruntime.InferenceSession) -> bool:
    return not any(isinstance(each.shape[0], int) for each in session.get_inputs())
