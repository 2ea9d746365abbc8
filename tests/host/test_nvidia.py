from __future__ import annotations

import ctypes
import sys

import pytest

from dlc.host.host import NvidiaGpu
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
