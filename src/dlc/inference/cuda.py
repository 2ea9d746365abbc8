"""What CUDA needs before its first session, and why it did not load."""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import os
import sys
from pathlib import Path

import onnxruntime

from dlc.options import Provider

logger = logging.getLogger(__name__)

_LIBRARIES = {
    Provider.CUDA: "onnxruntime_providers_cuda",
    Provider.TENSORRT: "onnxruntime_providers_tensorrt",
}

# Of the severities of ONNX Runtime's log the one that leaves out all others.
_FATAL = 4


def prepare_cuda() -> None:
    """Load CUDA's libraries from where pip puts them, and number GPUs as the driver does.

    ONNX Runtime finds libraries only where the system's loader looks. `preload_dlls` loads them
    from PyTorch's folder on Windows and from the folders of NVIDIA's wheels before it asks the
    loader, after which they are found. Doing it again changes nothing.
    """
    # By default CUDA puts the fastest GPU first, and the driver the first on the bus.
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    # What does not load it would write to standard error by itself; findings say it in one line.
    onnxruntime.set_default_logger_severity(_FATAL)
    if not hasattr(onnxruntime, "preload_dlls"):
        return
    # Its only way to say what failed is to print; standard output belongs to the results of dlc.
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        onnxruntime.preload_dlls()
    for line in said.getvalue().splitlines():
        logger.debug("preload_dlls: %s", line)


def why_not_loaded(provider: Provider) -> str | None:
    """Return what the system's loader says of the provider's library; None if it loads it.

    A session without its provider raises nothing and keeps the reason to itself.

    Args:
        provider: CUDA or TENSORRT.
    """
    folder = Path(onnxruntime.__file__).parent / "capi"
    windows = sys.platform == "win32"
    name = f"{_LIBRARIES[provider]}.dll" if windows else f"lib{_LIBRARIES[provider]}.so"
    try:
        ctypes.CDLL(str(folder / name))
    except OSError as error:
        return str(error)
    return None
