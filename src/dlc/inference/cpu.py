"""ONNX Runtime sessions on the CPU."""

from __future__ import annotations

from pathlib import Path

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from dlc.errors import ModelError

# What ONNX Runtime raises for a file that is no model, a damaged one, or one it cannot run. These
# classes share no base of their own.
_LOAD_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
)


def create_session(path: Path, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """Load an ONNX file for the CPU.

    Args:
        path: the model file.
        threads: threads one run may use, the calling one included.

    Raises:
        ModelError: the file is missing, damaged, or not a model ONNX Runtime can run.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Idle workers would otherwise spin for a while after every run, on cores that decoding,
    # encoding and the other stages need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except _LOAD_ERRORS as error:
        raise ModelError(
            f"The model file {path} cannot be loaded ({error}). "
            "Restore the file, or install dlc again if it came with it."
        ) from error
