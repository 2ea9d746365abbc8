"""What CUDA and TensorRT need before their first session, and why they did not load."""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import sys
from pathlib import Path

import onnxruntime

from dlc.host.cuda_libraries import library_folders
from dlc.host.nvidia import number_gpus_by_bus
from dlc.host.package_folders import package_folders
from dlc.inference.runtime import installed_runtime
from dlc.options import Provider

logger = logging.getLogger(__name__)

_LIBRARIES = {
    Provider.CUDA: "onnxruntime_providers_cuda",
    Provider.TENSORRT: "onnxruntime_providers_tensorrt",
}
# The major version that the provider links to (in the wheel of onnxruntime-gpu 1.31.1), and its
# libraries, dependencies first.
_TENSORRT = 10
_TENSORRT_LIBRARIES = ("nvinfer", "nvinfer_plugin", "nvonnxparser")

# What compiles kernels at run time, dependencies first; {} is the major version of CUDA. cuDNN,
# cuBLAS, cuFFT and ONNX Runtime ask for it by name when a model needs it.
_COMPILER_LIBRARIES = ("nvrtc-builtins64_{}*.dll", "nvrtc64_{}0_0.dll", "nvJitLink_{}0_0.dll")

# LOAD_WITH_ALTERED_SEARCH_PATH: makes Windows search PATH for dependencies too, as ONNX Runtime
# does (core/platform/windows/env.cc). Other systems ignore it.
_AS_ONNX_RUNTIME = 0x8

# The severity that silences everything else in ONNX Runtime's log.
_FATAL = 4


def prepare_cuda(provider: Provider = Provider.CUDA) -> None:
    """Load the libraries of CUDA, and of TensorRT if needed, from where pip installs them.

    ONNX Runtime finds libraries only where the system's loader looks. `preload_dlls` first tries
    PyTorch's folder on Windows and the folders of NVIDIA's wheels, then the loader, so that CUDA's
    libraries are found; it does not load TensorRT's, nor NVRTC on Windows. Calling this again
    changes nothing.

    Args:
        provider: CUDA or TENSORRT.
    """
    number_gpus_by_bus()
    # It would report failures on standard error itself; findings say the same in one line.
    onnxruntime.set_default_logger_severity(_FATAL)
    if not hasattr(onnxruntime, "preload_dlls"):
        return
    # It reports failures only by printing, but standard output is for the results of dlc.
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        onnxruntime.preload_dlls()
    for line in said.getvalue().splitlines():
        logger.debug("preload_dlls: %s", line)
    if sys.platform == "win32":
        _load_compiler()
    if provider is Provider.TENSORRT:
        _load_tensorrt()


def tensorrt_package() -> str:
    """Return the pip package for the TensorRT provider of the installed ONNX Runtime."""
    return f'"tensorrt-cu{_cuda_major()}<{_TENSORRT + 1}"'


def why_not_loaded(provider: Provider) -> str | None:
    """Return the system loader's complaint about the provider's library; None if it loads.

    A session that cannot load its provider neither raises nor gives a reason.

    Args:
        provider: CUDA or TENSORRT.
    """
    folder = Path(onnxruntime.__file__).parent / "capi"
    windows = sys.platform == "win32"
    name = f"{_LIBRARIES[provider]}.dll" if windows else f"lib{_LIBRARIES[provider]}.so"
    try:
        ctypes.CDLL(str(folder / name), winmode=_AS_ONNX_RUNTIME)
    except OSError as error:
        return str(error)
    return None


def _cuda_major() -> str:
    return (installed_runtime().cuda or "13").partition(".")[0]


def _load_compiler() -> None:
    """Load NVRTC from where pip puts it: Windows looks among what is loaded, then in PATH."""
    folders = list(library_folders())
    for pattern in _COMPILER_LIBRARIES:
        found = (path for folder in folders for path in folder.glob(pattern.format(_cuda_major())))
        if path := next(found, None):
            _load(path)


def _load_tensorrt() -> None:
    folders = package_folders("tensorrt_libs")
    if not folders:
        # It may be installed system-wide.
        return
    (folder,) = folders
    for library in _TENSORRT_LIBRARIES:
        windows = sys.platform == "win32"
        name = f"{library}_{_TENSORRT}.dll" if windows else f"lib{library}.so.{_TENSORRT}"
        _load(folder / name)


def _load(library: Path) -> None:
    try:
        ctypes.CDLL(str(library))
    except OSError as error:
        # Whatever needs it says so itself.
        logger.debug("%s", error)
