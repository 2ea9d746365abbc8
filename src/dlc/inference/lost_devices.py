"""Sessions on a GPU that has stopped answering."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable

import numpy as np
import onnxruntime

from dlc.inference.failures import BINDING_ERRORS, OTHER_ERRORS, lacks_memory, plain_message
from dlc.inference.fixed_buffers import Device


def let_go(sessions: Iterable[onnxruntime.InferenceSession], device: Device) -> None:
    """Let sessions with captured CUDA graphs be destroyed, or keep them for good if they cannot be.

    ONNX Runtime destroys graphs in a destructor that throws if CUDA returns an error, which ends
    the process (`CudaGraphSet::Clear`). After most errors, CUDA returns the same one for any call.

    Args:
        sessions: those that are about to lose their last owner.
        device: where they run.
    """
    if _answers(device):
        return
    for session in sessions:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(session))


def _answers(device: Device) -> bool:
    """Return whether numbers can be copied to a device, or only its memory is full."""
    try:
        onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(1), device.kind, device.number)
    except (*OTHER_ERRORS, *BINDING_ERRORS) as error:
        return lacks_memory(plain_message(error))
    return True
