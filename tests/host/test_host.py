from __future__ import annotations

import pytest

from dlc.host.host import Finding, Nvidia, Runtime
from tests.host import machines


@pytest.mark.parametrize(
    ("version", "release"),
    [("1.31.1", (1, 31)), ("1.27.0.dev20260401", (1, 27)), ("2", (2, 0)), ("1.24rc1", (1, 24))],
)
def test_a_version_compares_by_its_first_two_numbers(
    version: str, release: tuple[int, int]
) -> None:
    assert Runtime(version, ()).release == release


def test_a_runtime_without_cuda_has_no_cuda_release() -> None:
    assert Runtime("1.31.1", ()).cuda_release is None
    assert Runtime("1.31.1", (), "13.0").cuda_release == (13, 0)


def test_the_best_gpu_is_the_first_of_the_newest_generation() -> None:
    assert Nvidia().best is None
    gpus = (machines.GTX_1060, machines.RTX_4090, machines.RTX_4090, machines.RTX_3060)
    assert Nvidia(gpus=gpus).best == 1


def test_python_for_intel_on_apples_chip_is_translated() -> None:
    apple = machines.mac("Apple M3", (15, 3), "1.31.1")
    intel = machines.mac("Intel(R) Core(TM) i7", (13, 0), "1.24.1")
    assert not apple.translated
    assert not intel.translated


def test_a_finding_reads_as_a_sentence() -> None:
    assert str(Finding("it is broken", "mend it")) == "it is broken; mend it"
