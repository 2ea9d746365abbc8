from __future__ import annotations

import os
import platform
import sys

import pytest

from dlc.host.apple import chip_name, is_apple_silicon, macos_version
from dlc.host.banner import banner
from dlc.host.detect import available_cpus, detect_host
from dlc.host.host import Runtime
from dlc.inference.runtime import installed_runtime
from tests.host import machines


def test_this_machine_is_described() -> None:
    host = detect_host(installed_runtime())
    assert host.system == platform.system()
    assert host.architecture in ("x86_64", "arm64")
    assert 1 <= host.cpus <= (os.cpu_count() or 1)
    assert (host.macos is not None) == (sys.platform == "darwin")
    assert host.packages
    assert "\n" not in banner(host)


def test_cudas_libraries_are_looked_for_only_if_something_would_load_them() -> None:
    assert detect_host(Runtime("1.31.1", (machines.CPU,))).cuda_libraries is None
    assert detect_host(Runtime("1.31.1", (machines.CUDA,), "13.0")).cuda_libraries is not None


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs CPU affinity")
def test_only_the_cpus_of_this_process_count() -> None:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert available_cpus() == 1
    finally:
        os.sched_setaffinity(0, allowed)


@pytest.mark.skipif(sys.platform == "darwin", reason="not about macOS")
def test_other_systems_have_nothing_of_apples() -> None:
    assert macos_version() is None
    assert chip_name() == ""
    assert not is_apple_silicon()


@pytest.mark.skipif(sys.platform != "darwin", reason="about macOS")
def test_macos_tells_its_version_and_chip() -> None:
    version = macos_version()
    assert version is not None
    assert version >= (11,)
    assert chip_name()
