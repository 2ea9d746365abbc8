"""What a machine's owner could change to make models run faster, or at all."""

from __future__ import annotations

from collections.abc import Iterator

from dlc.host.host import Finding, Host
from dlc.host.obstacles import accelerators, obstacles, reinstallation
from dlc.options import Provider


def host_findings(host: Host) -> tuple[Finding, ...]:
    """Return what is wrong with the installation, most far-reaching first; empty if nothing."""
    return tuple(_findings(host))


def _findings(host: Host) -> Iterator[Finding]:
    if host.translated:
        yield Finding(
            "this Python was built for Intel and runs translated on Apple's chip",
            "install dlc with a Python for arm64",
        )
    if len(host.packages) > 1:
        yield _conflict(host)
    for provider in accelerators(host):
        yield from obstacles(provider, host)
    if host.nvidia.driver and not host.nvidia.bindings:
        yield Finding(
            "the GPU's generation is unknown, so half precision stays off",
            "run: pip install nvidia-ml-py",
        )


def _conflict(host: Host) -> Finding:
    names = " and ".join(map(str, host.packages))
    problem = f"{names} are installed together and overwrite each other's files"
    if host.packages[0].name == "onnxruntime" and host.cpu_package_required_by:
        problem += f"; onnxruntime is required by {', '.join(host.cpu_package_required_by)}"
    return Finding(problem, reinstallation(_best_provider(host), host))


def _best_provider(host: Host) -> Provider:
    """Return the provider whose package should stay if several are installed."""
    installed = {package.name for package in host.packages}
    for provider, package in (
        (Provider.CUDA, "onnxruntime-gpu"),
        (Provider.DIRECTML, "onnxruntime-directml"),
        (Provider.OPENVINO, "onnxruntime-openvino"),
    ):
        if package in installed and (provider is not Provider.CUDA or host.nvidia.driver):
            return provider
    return Provider.CPU
