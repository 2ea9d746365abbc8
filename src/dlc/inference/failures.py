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
# What its Python code raises in addition, for a provider's library or option, or as it cannot read
# a message, which quotes bytes of a damaged file.
BINDING_ERRORS = (RuntimeError, ValueError)

_CODE = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ")
# "CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=... ; expr=...",
# preceded by template arguments and followed by a stack.
_CUDA_FAILURE = re.compile(r"\bCU\w+ failure \d+: .*?(?= ;)", re.DOTALL)
_SOURCE_PLACE = re.compile(r"(?<!\S)\S+\.(?:cc|h):\d+ .*?\) (?=[A-Z])", re.DOTALL)
# Of ONNX Runtime's own allocator, of CUDA, and of cuBLAS and cuDNN.
_LACKS_MEMORY = re.compile(r"Failed to allocate memory|out of memory|ALLOC_FAILED")
# What to do about it on a device with memory of its own.
FREE_MEMORY = "close other programs that use the GPU's memory"


def plain_message(error: Exception) -> str:
    """Return an error's message without its code and places in ONNX Runtime's source."""
    text = str(error)
    if isinstance(error, UnicodeDecodeError):
        text = error.object.decode(errors="replace")
    failure = _CUDA_FAILURE.search(text)
    message = failure[0] if failure else _CODE.sub("", text.strip())
    message = _SOURCE_PLACE.sub("", message)
    return " ".join(message.split()).rstrip(".")


def lacks_memory(reason: str) -> bool:
    """Return whether a message from `plain_message` says that memory ran out, as on a GPU."""
    return _LACKS_MEMORY.search(reason) is not None
