from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

from dlc.host.cuda_libraries import find_cuda_libraries, library_names


def test_the_names_follow_cudas_version() -> None:
    assert library_names(13, "linux") == (
        "libcublasLt.so.13",
        "libcublas.so.13",
        "libcudart.so.13",
        "libcurand.so.10",
        "libcudnn.so.9",
    )
    assert library_names(12, "win32") == (
        "cublasLt64_12.dll",
        "cublas64_12.dll",
        "cudart64_12.dll",
        "cudnn64_9.dll",
        "cufft64_11.dll",
    )
    assert "libcufft.so.11" in library_names(12, "linux")


@pytest.mark.parametrize(
    "folder", ["cublas/lib", "cu99/lib", "cublas/bin", "cu99/bin/x86_64"], ids=str
)
def test_libraries_in_the_folders_of_wheels_are_found(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A release of CUDA that no machine has, so that the system's loader finds none of it.
    first, second, *_ = library_names(99, sys.platform)
    place = tmp_path / "nvidia" / folder
    place.mkdir(parents=True)
    (place / first).touch()
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    libraries = find_cuda_libraries((99, 0))
    assert first in libraries.found
    assert second in libraries.missing


def test_on_windows_libraries_are_found_through_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's own search leaves PATH out there, unlike ONNX Runtime's."""
    names = library_names(12, "win32")
    (tmp_path / "cudnn64_9.dll").touch()
    monkeypatch.setattr("dlc.host.cuda_libraries.loads", lambda _name: False)
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("PATH", os.pathsep.join(["nowhere", str(tmp_path)]))
    libraries = find_cuda_libraries((12, 8))
    assert libraries.found == ("cudnn64_9.dll",)
    assert libraries.missing == tuple(name for name in names if name != "cudnn64_9.dll")


@pytest.mark.parametrize(("cuda", "release"), [(98, (9, 10)), (99, None)])
def test_the_release_of_cudnn_is_that_of_the_package_for_this_cuda(
    cuda: int, release: tuple[int, int] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "nvidia_cudnn_cu98-9.10.2.21.dist-info"
    package.mkdir()
    (package / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: nvidia-cudnn-cu98\nVersion: 9.10.2.21\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert find_cuda_libraries((cuda, 0)).cudnn == release


def test_every_library_is_either_found_or_missing() -> None:
    libraries = find_cuda_libraries((13, 0))
    assert sorted(libraries.found + libraries.missing) == sorted(library_names(13, sys.platform))
