"""ONNX Runtime's errors, sorted by cause, and their messages made readable."""

from __future__ import annotations

import re

from onnxruntime.capi import onnxruntime_pybind11_state as ort

# ONNX Runtime's classes share no base. These concern the file, whatever the provider.
FILE_ERRORS = (ort.InvalidGraph, ort.InvalidProtobuf, ort.NoModel, ort.NoSuchFile)
# These may concern the file, the provider, or the inputs of a run.
OTHER_ERRORS = (
    ort.EngineError,
    ort.EPFail,
    ort.Fail,
    ort.InvalidArgument,
    ort.NotImplemented,
    ort.RuntimeException,
)
# What its Python code raises in addition, for a provider's library or option.
BINDING_ERRORS = (RuntimeError, ValueError)

_CODE = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ")
# "CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=... ; expr=...",
# preceded by template arguments and followed by a stack.
_CUDA_FAILURE = re.compile(r"\bCU\w+ failure \d+: .*?(?= ;)", re.DOTALL)
_SOURCE_PLACE = re.compile(r"^\S+\.(?:cc|h):\d+ .*?\) (?=[A-Z])", re.DOTALL)


def plain_message(error: Exception) -> str:
    """Return an error's message without its code and its place in ONNX Runtime's source."""
    failure = _CUDA_FAILURE.search(str(error))
    message = failure[0] if failure else _CODE.sub("", str(error).strip())
    message = _SOURCE_PLACE.sub("", message)
    return " ".join(message.split()).rstrip(".")
