from __future__ import annotations

import os
import sys
from pathlib import Path

import onnxruntime
import pytest

from dlc.inference.cuda import prepare_cuda, tensorrt_package, why_not_loaded
from dlc.inference.runtime import installed_runtime
from dlc.options import Provider


def test_preparing_prints_nothing_and_may_be_done_again(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "to be restored")
    monkeypatch.delenv("CUDA_DEVICE_ORDER")
    prepare_cuda()
    prepare_cuda()
    assert os.environ["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    assert capfd.readouterr().out == ""


def test_the_users_own_order_of_gpus_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "FASTEST_FIRST")
    prepare_cuda()
    assert os.environ["CUDA_DEVICE_ORDER"] == "FASTEST_FIRST"


@pytest.mark.parametrize("provider", [Provider.CUDA, Provider.TENSORRT])
@pytest.mark.skipif(
    "CUDAExecutionProvider" in onnxruntime.get_available_providers(), reason="CUDA is built in"
)
def test_a_package_without_the_library_is_told(provider: Provider) -> None:
    reason = why_not_loaded(provider)
    assert reason is not None
    assert f"onnxruntime_providers_{provider}" in reason


def test_what_the_library_needs_is_searched_for_as_onnx_runtime_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without LOAD_WITH_ALTERED_SEARCH_PATH Windows leaves PATH out, and blames what is there."""

    def load(_name: str, *, winmode: int | None = None) -> None:
        if winmode != 0x8:
            raise OSError("Could not find cudnn64_9.dll")

    monkeypatch.setattr("ctypes.CDLL", load)
    assert why_not_loaded(Provider.CUDA) is None


@pytest.mark.parametrize(
    ("cuda", "package"),
    [("13.0", '"tensorrt-cu13<11"'), ("12.8", '"tensorrt-cu12<11"'), ("", '"tensorrt-cu13<11"')],
)
def test_tensorrt_has_a_package_for_each_cuda(
    cuda: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnxruntime, "cuda_version", cuda, raising=False)
    assert tensorrt_package() == package


@pytest.mark.skipif(sys.platform != "linux", reason="names libraries as Linux does")
def test_tensorrts_libraries_are_loaded_from_their_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "tensorrt_libs"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: None, raising=False)
    loaded: list[str] = []

    def load(name: str) -> None:
        loaded.append(name)
        if "plugin" in name:
            raise OSError("no such file")

    monkeypatch.setattr("ctypes.CDLL", load)
    prepare_cuda()
    assert loaded == []
    prepare_cuda(Provider.TENSORRT)
    names = ["libnvinfer.so.10", "libnvinfer_plugin.so.10", "libnvonnxparser.so.10"]
    assert loaded == [str(package / name) for name in names]


@pytest.mark.parametrize(
    ("cuda", "folder", "builtins"),
    [("12.8", "cuda_nvrtc/bin", "128"), ("13.0", "cu13/bin/x86_64", "135")],
)
def test_what_compiles_kernels_is_loaded_on_windows_from_nvidias_packages(
    cuda: str, folder: str, builtins: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cuDNN asks for it by name, and preload_dlls leaves it out on Windows."""
    major = cuda[:2]
    names = [
        f"nvrtc-builtins64_{builtins}.dll",
        f"nvrtc64_{major}0_0.dll",
        f"nvJitLink_{major}0_0.dll",
    ]
    package = tmp_path / "nvidia" / folder
    package.mkdir(parents=True)
    for name in [*names, "nvrtc64_110_0.dll", f"nvrtc64_{major}0_0.alt.dll"]:
        (package / name).touch()
    folders = {"nvidia": [tmp_path / "nvidia"], "torch": []}
    monkeypatch.setattr("dlc.host.cuda_libraries.package_folders", folders.__getitem__)
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: None, raising=False)
    monkeypatch.setattr(onnxruntime, "cuda_version", cuda, raising=False)
    loaded: list[str] = []
    monkeypatch.setattr("ctypes.CDLL", loaded.append)
    monkeypatch.setattr(sys, "platform", "linux")
    prepare_cuda()
    assert loaded == []

    monkeypatch.setattr(sys, "platform", "win32")
    prepare_cuda()
    assert loaded == [str(package / name) for name in names]


def test_the_runtime_describes_itself() -> None:
    runtime = installed_runtime()
    assert runtime.version == onnxruntime.__version__
    assert runtime.release >= (1, 24)
    assert "CPUExecutionProvider" in runtime.providers
    assert (runtime.cuda is not None) == ("CUDAExecutionProvider" in runtime.providers)
