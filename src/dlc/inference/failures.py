"""What ONNX Runtime raises, sorted by who is to blame, and its messages made readable."""

from __future__ import annotations

import re

from onnxruntime.capi import onnxruntime_pybind11_state as ort

# Its classes share no base of their own. These are about the file, whatever was to run it.
FILE_ERRORS = (ort.InvalidGraph, ort.InvalidProtobuf, ort.NoModel, ort.NoSuchFile)
# These can be about the file, about the provider, or about the values that a run was given.
OTHER_ERRORS = (
    ort.EngineError,
    ort.EPFail,
    ort.Fail,
    ort.InvalidArgument,
    ort.NotImplemented,
    ort.RuntimeException,
)
# What Python's part of it raises on top, for a provider's library or option.
BINDING_ERRORS = (RuntimeError, ValueError)

_CODE = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ")
# "CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=... ; expr=...",
# after template arguments and before a stack.
_CUDA_FAILURE = re.compile(r"\bCU\w+ failure \d+: .*?(?= ;)", re.DOTALL)
_SOURCE_PLACE = re.compile(r"^\S+\.(?:cc|h):\d+ .*?\) (?=[A-Z])", re.DOTALL)


def plain_message(error: Exception) -> str:
    """Return an error's message without its code and without the place in ONNX Runtime's source."""
    failure = _CUDA_FAILURE.search(str(error))
    message = failure[0] if failure else _CODE.sub("", str(error).strip())
    message = _SOURCE_PLACE.sub("", message)
    return " ".join(message.split()).rstrip(".")
