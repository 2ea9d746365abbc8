"""Examines the machine; decisions are made elsewhere, from the `Host` alone."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from dlc.host.apple import chip_name, is_apple_silicon, macos_version
from dlc.host.cuda_libraries import find_cuda_libraries
from dlc.host.host import CudaLibraries, Host, Runtime
from dlc.host.memory import available_memory
from dlc.host.nvidia import find_nvidia
from dlc.host.packages import installed_packages
from dlc.host.providers import execution_provider
from dlc.options import Provider

# Names of the two architectures on different systems.
_ARCHITECTURES = {"amd64": "x86_64", "aarch64": "arm64"}


def detect_host(runtime: Runtime) -> Host:
    """Describe the machine this process runs on.

    Args:
        runtime: the ONNX Runtime in use, from `dlc.inference.runtime.installed_runtime`.
    """
    system = platform.system()
    machine = platform.machine().lower()
    packages, dependents = installed_packages()
    return Host(
        system=system,
        architecture=_ARCHITECTURES.get(machine, machine),
        cpus=available_cpus(),
        runtime=runtime,
        processor=chip_name() if system == "Darwin" else _processor(),
        memory=available_memory(),
        macos=macos_version(),
        apple_silicon=system == "Darwin" and is_apple_silicon(),
        nvidia=find_nvidia(),
        packages=packages,
        cpu_package_required_by=dependents,
        cuda_libraries=_cuda_libraries(runtime),
    )


def available_cpus() -> int:
    """Return the number of CPUs this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cuda_libraries(runtime: Runtime) -> CudaLibraries | None:
    if execution_provider(Provider.CUDA) not in runtime.providers or not runtime.cuda_release:
        return None
    return find_cuda_libraries(runtime.cuda_release)


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text("utf-8", "replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor()
