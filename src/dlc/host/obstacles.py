"""What keeps a provider from running models on a machine, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from dlc.host.cuda_generations import (
    CUDNN_WITH_OLDER,
    cudnn_has_code_for,
    gpu_packages,
    has_code_for,
)
from dlc.host.host import Finding, Host, NvidiaGpu
from dlc.host.providers import execution_provider, label
from dlc.options import Provider

_PACKAGES = {
    Provider.CPU: "onnxruntime",
    Provider.COREML: "onnxruntime",
    Provider.DIRECTML: "onnxruntime-directml",
    Provider.OPENVINO: "onnxruntime-openvino",
}
# On Windows, onnxruntime-openvino lacks OpenVINO's libraries, which have to be of the release that
# it was built for: of the 364 functions that 1.24.1 imports, 40 are gone from OpenVINO 2026.4.
_OPENVINO_ON_WINDOWS = "onnxruntime-openvino==1.24.1 openvino==2025.4.1"
_SYSTEMS = {
    Provider.COREML: ("Darwin",),
    Provider.CUDA: ("Linux", "Windows"),
    Provider.TENSORRT: ("Linux", "Windows"),
    Provider.DIRECTML: ("Windows",),
}
# The oldest that any ONNX Runtime that dlc works with was built for.
_OLDEST_CUDA = (12, 0)
_SYSTEM_NAMES = {"Darwin": "macOS"}
# The older format lacks reflect padding; ML programs need macOS 12 or later (Core ML Tools' table
# of deployment targets), and the option to choose them came with 1.20.
_ML_PROGRAM_MACOS = (12,)
_ML_PROGRAM_RUNTIME = (1, 20)


def accelerators(host: Host) -> Iterator[Provider]:
    """Yield the providers to try before the CPU, fastest first.

    TensorRT is not among them, as it compiles a model for minutes before the first run.
    """
    hardware = (
        (Provider.CUDA, host.nvidia.driver),
        (Provider.COREML, host.apple_silicon),
        (Provider.DIRECTML, False),
        (Provider.OPENVINO, False),
    )
    for provider, is_there in hardware:
        # Users who replaced the usual package with one for special hardware mean to use it. CoreML
        # comes with the usual one, and is not faster than the CPU on Intel processors.
        chosen = execution_provider(provider) in host.runtime.providers
        if is_there or (chosen and provider is not Provider.COREML):
            yield provider


def absence(provider: Provider, host: Host) -> Finding | None:
    """Return why this ONNX Runtime cannot run models on `provider` at all; None if it may."""
    name = label(provider)
    systems = _SYSTEMS.get(provider)
    if systems is not None and host.system not in systems:
        where = " and ".join(_SYSTEM_NAMES.get(system, system) for system in systems)
        return Finding(f"{name} exists on {where} only", "use another `provider`, or auto")
    if execution_provider(provider) in host.runtime.providers:
        return None
    problem = f"the installed ONNX Runtime ({_runtime(host)}) was built without {name}"
    return Finding(problem, reinstallation(provider, host))


def doubts(provider: Provider, host: Host) -> tuple[Finding, ...]:
    """Return why `provider`, though built in, probably will not work; empty if it should.

    The most important comes first.
    """
    if provider is Provider.COREML:
        return _present(_coreml_doubt(host))
    if provider in (Provider.CUDA, Provider.TENSORRT):
        return _present(_gpu_doubt(host), _library_doubt(host))
    return ()


def obstacles(provider: Provider, host: Host) -> tuple[Finding, ...]:
    """Return everything that keeps `provider` from running models; empty if nothing does."""
    missing = absence(provider, host)
    return doubts(provider, host) if missing is None else (missing,)


def _present(*findings: Finding | None) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding is not None)


def reinstallation(provider: Provider, host: Host) -> str:
    """Return the step that leaves only the package with `provider` installed."""
    install = f"pip install {packages_for(provider, host)}"
    names = " ".join(package.name for package in host.packages)
    # The PowerShell that Windows comes with, 5.1, knows no "&&".
    then = ", then: " if host.system == "Windows" else " && "
    return f"run: pip uninstall -y {names}{then}{install}" if names else f"run: {install}"


def packages_for(provider: Provider, host: Host) -> str:
    """Return what pip should install for a provider on a machine, as words of a command line."""
    if provider in (Provider.CUDA, Provider.TENSORRT):
        return gpu_packages(host.nvidia)
    if provider is Provider.OPENVINO and host.system == "Windows":
        return _OPENVINO_ON_WINDOWS
    return _PACKAGES[provider]


def _runtime(host: Host) -> str:
    return " and ".join(map(str, host.packages)) or host.runtime.version


def _coreml_doubt(host: Host) -> Finding | None:
    if host.macos is not None and host.macos < _ML_PROGRAM_MACOS:
        version = ".".join(map(str, host.macos))
        return Finding(f"macOS {version} runs no ML programs", "update to macOS 12 or newer")
    if host.runtime.release < _ML_PROGRAM_RUNTIME:
        problem = f"ONNX Runtime {host.runtime.version} makes no ML programs"
        return Finding(problem, reinstallation(Provider.COREML, host))
    return None


def _gpu_doubt(host: Host) -> Finding | None:
    if not host.nvidia.driver:
        remedy = "install it from nvidia.com/drivers"
        if host.system == "Linux":
            remedy += ", or start the container with its GPUs"
        return Finding("no NVIDIA driver can be loaded", remedy)
    if not host.nvidia.bindings:
        return None
    if host.nvidia.trouble:
        problem = f"the NVIDIA driver does not answer ({host.nvidia.trouble})"
        return Finding(problem, "restart the machine, or install the driver again")
    if host.nvidia.best is None:
        remedy = "check the variable CUDA_VISIBLE_DEVICES, which can hide a GPU"
        return Finding("the NVIDIA driver is installed but shows no GPU", remedy)
    return _driver_doubt(host) or _code_doubt(host.nvidia.gpus[host.nvidia.best], host)


def _driver_doubt(host: Host) -> Finding | None:
    """Return whether the driver is too old: it runs no newer major version of CUDA than its own."""
    known, needed = host.nvidia.cuda, host.runtime.cuda_release
    if known is None or needed is None or known[0] >= needed[0]:
        return None
    own = ".".join(map(str, known))
    problem = f"the NVIDIA driver runs CUDA {own} and older, not {host.runtime.cuda}"
    if known < _OLDEST_CUDA:
        return Finding(problem, "update the driver")
    return Finding(problem, f"update the driver, or {reinstallation(Provider.CUDA, host)}")


def _code_doubt(gpu: NvidiaGpu, host: Host) -> Finding | None:
    if not has_code_for(gpu.capability, host.runtime):
        problem = f"ONNX Runtime {host.runtime.version} holds no code for {gpu}"
        return Finding(problem, reinstallation(Provider.CUDA, host))
    cudnn = None if host.cuda_libraries is None else host.cuda_libraries.cudnn
    if cudnn is not None and not cudnn_has_code_for(gpu.capability, cudnn):
        problem = f"cuDNN {cudnn[0]}.{cudnn[1]} holds no code for {gpu}"
        return Finding(problem, f"run: pip install {CUDNN_WITH_OLDER}")
    return None


def _library_doubt(host: Host) -> Finding | None:
    if host.cuda_libraries is None or not host.cuda_libraries.missing:
        return None
    missing = ", ".join(host.cuda_libraries.missing)
    version = f"CUDA {host.runtime.cuda}" if host.runtime.cuda else "CUDA"
    remedy = f"run: pip install {packages_for(Provider.CUDA, host)}"
    return Finding(f"libraries of {version} are missing: {missing}", remedy)
