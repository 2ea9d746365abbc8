"""Finds the libraries on this machine that ONNX Runtime's CUDA provider needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dlc.host.host import CudaLibraries, two_numbers
from dlc.host.package_folders import package_folders
from dlc.shared_library import loads

_LAZY_FFT = 13


def find_cuda_libraries(cuda: tuple[int, int]) -> CudaLibraries:
    """Search for the libraries where ONNX Runtime's `preload_dlls` does.

    That is PyTorch's folder on Windows, the folders of NVIDIA's wheels, then wherever the system's
    loader looks (LD_LIBRARY_PATH, ld.so.cache, PATH).

    Args:
        cuda: the CUDA release that ONNX Runtime was built for.
    """
    folders = list(library_folders())
    if sys.platform == "win32":
        # ONNX Runtime's loader looks here, but Python's does not (ctypes' `winmode`).
        folders += map(Path, os.get_exec_path())
    names = library_names(cuda[0], sys.platform)
    found = tuple(
        name
        for name in names
        if any((folder / name).is_file() for folder in folders) or loads(name)
    )
    missing = tuple(name for name in names if name not in found)
    return CudaLibraries(found, missing, _cudnn_release(cuda[0]))


def library_folders() -> Iterator[Path]:
    """Yield folders of packages that may hold libraries, for CUDA 12 and 13 alike."""
    for root in package_folders("nvidia"):
        for pattern in ("*/lib", "*/bin", "*/bin/*"):
            yield from root.glob(pattern)
    if sys.platform == "win32":
        for root in package_folders("torch"):
            yield root / "lib"


def library_names(cuda_major: int, platform: str) -> tuple[str, ...]:
    """Return the file names of the libraries, dependencies first.

    cuFFT is listed only for CUDA 12: later packages load it when a model computes a Fourier
    transform. cuRAND and cuDNN have their own version numbers.

    Args:
        cuda_major: 12 or 13.
        platform: as in `sys.platform`.
    """
    fft = cuda_major - 1
    if platform == "win32":
        major = str(cuda_major)
        names = [f"cublasLt64_{major}", f"cublas64_{major}", f"cudart64_{major}", "cudnn64_9"]
        names += [f"cufft64_{fft}"] if cuda_major < _LAZY_FFT else []
        return tuple(f"{name}.dll" for name in names)
    names = [f"cublasLt.so.{cuda_major}", f"cublas.so.{cuda_major}", f"cudart.so.{cuda_major}"]
    names += ["curand.so.10", "cudnn.so.9"]
    names += [f"cufft.so.{fft}"] if cuda_major < _LAZY_FFT else []
    return tuple(f"lib{name}" for name in names)


def _cudnn_release(cuda_major: int) -> tuple[int, int] | None:
    try:
        return two_numbers(version(f"nvidia-cudnn-cu{cuda_major}"))
    except PackageNotFoundError:
        return None
