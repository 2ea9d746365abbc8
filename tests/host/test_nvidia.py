from __future__ import annotations

import ctypes
import sys
from dataclasses import replace
from types import ModuleType

import pytest

from dlc.host.host import Nvidia, NvidiaGpu
from dlc.host.nvidia import Card, find_nvidia, visible_gpus
from tests.host import machines

_CARDS = [
    Card("GPU-aa11-0000", machines.RTX_3060),
    Card("GPU-ab22-0000", machines.RTX_4090),
    Card("GPU-cc33-0000", machines.GTX_1060),
]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (None, [machines.RTX_3060, machines.RTX_4090, machines.GTX_1060]),
        ("1", [machines.RTX_4090]),
        ("2, 0", [machines.GTX_1060, machines.RTX_3060]),
        ("GPU-cc", [machines.GTX_1060]),
        ("GPU-a", []),
        ("0,7,1", [machines.RTX_3060]),
        ("-1", []),
        ("0,-1,1", [machines.RTX_3060]),
        ("", []),
    ],
)
def test_cuda_sees_the_gpus_that_its_variable_names(
    chosen: str | None, expected: list[NvidiaGpu]
) -> None:
    assert list(visible_gpus(_CARDS, chosen)) == expected


_DIVIDED = replace(_CARDS[1], divided=True)
_PART = NvidiaGpu("NVIDIA H100 80GB HBM3 MIG 1g.10gb", (9, 0))


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("MIG-77-aa", [_PART]),
        ("MIG-77-aa,0", [_PART]),
        ("MIG-88-bb", []),
        # Of all parts of all GPUs CUDA sees one.
        (None, [machines.RTX_4090]),
    ],
)
def test_of_gpus_in_parts_cuda_sees_one_part(chosen: str | None, expected: list[NvidiaGpu]) -> None:
    cards = [_CARDS[0], _DIVIDED, replace(_CARDS[2], divided=True)]
    parts = {"MIG-77-aa": _PART}
    assert list(visible_gpus(cards, chosen, parts.get)) == expected


class FakeNvml(ModuleType):
    """NVML with a GPU that is not divided, and one that is."""

    class NVMLError(Exception):
        pass

    def __init__(self) -> None:
        super().__init__("pynvml")
        self.open = 0
        self.lacks_libcuda = False

    def nvmlInit(self) -> None:  # noqa: N802
        self.open += 1

    def nvmlShutdown(self) -> None:  # noqa: N802
        self.open -= 1

    def nvmlSystemGetCudaDriverVersion_v2(self) -> int:  # noqa: N802
        if self.lacks_libcuda:
            raise self.NVMLError("not found")
        return 12080

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return 2

    def nvmlDeviceGetHandleByIndex(self, number: int) -> int:  # noqa: N802
        return number

    def nvmlDeviceGetUUID(self, handle: int) -> str:  # noqa: N802
        return f"GPU-{handle}"

    def nvmlDeviceGetName(self, handle: int | str) -> str:  # noqa: N802
        return f"GPU {handle}"

    def nvmlDeviceGetCudaComputeCapability(self, handle: int) -> tuple[int, int]:  # noqa: N802
        if not isinstance(handle, int):
            raise self.NVMLError("not supported")
        return (8 + handle, 0)

    def nvmlDeviceGetMigMode(self, handle: int) -> list[int]:  # noqa: N802
        if handle == 0:
            raise self.NVMLError("not supported")
        return [1, 1]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:  # noqa: N802
        if uuid != "MIG-1":
            raise self.NVMLError("not found")
        return uuid

    def nvmlDeviceGetDeviceHandleFromMigDeviceHandle(self, _part: str) -> int:  # noqa: N802
        return 1


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (None, [NvidiaGpu("GPU 1", (9, 0))]),
        ("0", [NvidiaGpu("GPU 0", (8, 0))]),
        ("MIG-1", [NvidiaGpu("GPU MIG-1", (9, 0))]),
        ("MIG-2", []),
    ],
)
def test_the_driver_is_asked_and_left_again(
    chosen: str | None, expected: list[NvidiaGpu], monkeypatch: pytest.MonkeyPatch
) -> None:
    nvml = FakeNvml()
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen or "")
    if chosen is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    gpus = tuple(expected)
    assert find_nvidia() == Nvidia(driver=True, bindings=True, gpus=gpus, cuda=(12, 8))
    assert nvml.open == 0


def test_which_cuda_the_driver_runs_is_unknown_without_its_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nvml = FakeNvml()
    nvml.lacks_libcuda = True
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    found = find_nvidia()
    assert (found.driver, found.trouble, found.cuda) == (True, "", None)


def test_without_nvidia_ml_py_only_the_driver_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    found = find_nvidia()
    assert not found.bindings
    assert found.gpus == ()
    assert found.driver is _driver_is_here()


def test_with_nvidia_ml_py_a_missing_driver_is_no_error() -> None:
    pytest.importorskip("pynvml")
    if _driver_is_here():
        pytest.skip("this machine has an NVIDIA driver")
    found = find_nvidia()
    assert (found.bindings, found.driver, found.gpus) == (True, False, ())
    assert found.trouble


def _driver_is_here() -> bool:
    try:
        ctypes.CDLL("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1")
    except OSError:
        return False
    return True
