from __future__ import annotations

import os

import onnxruntime
import pytest

from dlc.inference.cuda import prepare_cuda, why_not_loaded
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


def test_the_runtime_describes_itself() -> None:
    runtime = installed_runtime()
    assert runtime.version == onnxruntime.__version__
    assert runtime.release >= (1, 24)
    assert "CPUExecutionProvider" in runtime.providers
    assert (runtime.cuda is not None) == ("CUDAExecutionProvider" in runtime.providers)
