from __future__ import annotations

import pytest

from dlc.host.cuda_generations import has_code_for
from dlc.host.host import NvidiaGpu, Runtime
from tests.host import machines

_WITH_CUDA_12 = Runtime("1.26.0", (), "12.8")
_WITH_CUDA_13 = Runtime("1.31.1", (), "13.0")
_LATER = Runtime("1.40.0", (), "13.2")


@pytest.mark.parametrize(
    ("gpu", "with_13", "later"),
    [
        (machines.GTX_1060, False, False),
        (machines.GTX_1660, True, True),
        (machines.RTX_3060, True, True),
        (machines.H100, True, True),
        (machines.B200, False, True),
        (machines.RTX_5090, True, True),
    ],
)
def test_the_packages_for_cuda_13_leave_generations_out(
    gpu: NvidiaGpu, with_13: bool, later: bool
) -> None:
    assert has_code_for(gpu.capability, _WITH_CUDA_12)
    assert has_code_for(gpu.capability, _WITH_CUDA_13) is with_13
    assert has_code_for(gpu.capability, _LATER) is later


def test_nothing_is_claimed_about_a_runtime_without_cuda() -> None:
    assert has_code_for((3, 5), Runtime("1.31.1", ()))
