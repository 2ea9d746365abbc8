"""Describes a machine in one line."""

from __future__ import annotations

from dlc.counted import counted
from dlc.host.host import Host
from dlc.host.providers import execution_provider, label
from dlc.options import Provider


def banner(host: Host) -> str:
    """Describe a machine and what its ONNX Runtime was built with, in one line.

    It says what could be used; only a model's session shows what really runs it.
    """
    return "; ".join((_system(host), _gpus(host), _runtime(host)))


def _system(host: Host) -> str:
    name = host.system
    if host.macos is not None:
        name = f"macOS {'.'.join(map(str, host.macos))}"
    processor = f" ({host.processor})" if host.processor else ""
    translated = ", translated" if host.translated else ""
    memory = "" if host.memory is None else f", {host.memory / 2**30:.0f} GiB"
    return f"{name} {host.architecture}{translated}, {counted(host.cpus, 'CPU')}{processor}{memory}"


def _gpus(host: Host) -> str:
    if host.nvidia.gpus:
        return " and ".join(map(str, host.nvidia.gpus))
    if host.nvidia.driver:
        return "an NVIDIA driver, GPU unknown"
    return "no NVIDIA GPU"


def _runtime(host: Host) -> str:
    packages = " and ".join(map(str, host.packages)) or "an unknown package"
    built_in = [
        label(provider).removeprefix("the ")
        for provider in Provider
        if provider is not Provider.AUTO and execution_provider(provider) in host.runtime.providers
    ]
    return f"ONNX Runtime {host.runtime.version} from {packages} with {', '.join(built_in)}"
