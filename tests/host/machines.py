"""Machines of every kind, for decisions that are pure functions of one."""

from __future__ import annotations

from dataclasses import replace

from dlc.host.host import CudaLibraries, Host, Nvidia, NvidiaGpu, Package, Runtime

CPU = "CPUExecutionProvider"
COREML = "CoreMLExecutionProvider"
CUDA = "CUDAExecutionProvider"
TENSORRT = "TensorrtExecutionProvider"
DIRECTML = "DmlExecutionProvider"
OPENVINO = "OpenVINOExecutionProvider"

GTX_1060 = NvidiaGpu("NVIDIA GeForce GTX 1060 6GB", (6, 1))
GTX_1660 = NvidiaGpu("NVIDIA GeForce GTX 1660 Ti", (7, 5))
T4 = NvidiaGpu("Tesla T4", (7, 5))
RTX_2080 = NvidiaGpu("NVIDIA GeForce RTX 2080 Ti", (7, 5))
RTX_3060 = NvidiaGpu("NVIDIA GeForce RTX 3060", (8, 6))
RTX_4090 = NvidiaGpu("NVIDIA GeForce RTX 4090", (8, 9))
H100 = NvidiaGpu("NVIDIA H100 80GB HBM3", (9, 0))
B200 = NvidiaGpu("NVIDIA B200", (10, 0))
RTX_5090 = NvidiaGpu("NVIDIA GeForce RTX 5090", (12, 0))

CUDA_13 = ("libcublasLt.so.13", "libcublas.so.13", "libcudart.so.13", "libcurand.so.10")
CUDNN = "libcudnn.so.9"


def cpu_only(cpus: int = 2) -> Host:
    """A Linux machine without any accelerator."""
    runtime = Runtime("1.31.0", ("AzureExecutionProvider", CPU))
    return Host("Linux", "x86_64", cpus, runtime, packages=(Package("onnxruntime", "1.31.0"),))


def mac(chip: str, macos: tuple[int, ...], release: str) -> Host:
    """A Mac with the usual package."""
    apple = chip.startswith("Apple")
    return Host(
        "Darwin",
        "arm64" if apple else "x86_64",
        8,
        Runtime(release, (COREML, "AzureExecutionProvider", CPU)),
        processor=chip,
        macos=macos,
        apple_silicon=apple,
        packages=(Package("onnxruntime", release),),
    )


def nvidia(*gpus: NvidiaGpu, release: str = "1.31.1", cuda: str = "13.0") -> Host:
    """A Linux machine with the GPU package and everything it needs."""
    return Host(
        "Linux",
        "x86_64",
        16,
        Runtime(release, (TENSORRT, CUDA, CPU), cuda),
        nvidia=Nvidia(driver=True, bindings=True, gpus=gpus),
        packages=(Package("onnxruntime-gpu", release),),
        cuda_libraries=CudaLibraries(found=(*CUDA_13, CUDNN), missing=()),
    )


def with_driver(host: Host, cuda: tuple[int, int]) -> Host:
    """The machine with a driver that runs this CUDA and older ones."""
    return replace(host, nvidia=replace(host.nvidia, cuda=cuda))


def without_libraries(host: Host) -> Host:
    """The machine without cuDNN."""
    return replace(host, cuda_libraries=CudaLibraries(found=CUDA_13, missing=(CUDNN,)))


def with_cudnn(host: Host, release: tuple[int, int]) -> Host:
    """The machine with a release of NVIDIA's package of cuDNN."""
    libraries = CudaLibraries(found=(*CUDA_13, CUDNN), missing=(), cudnn=release)
    return replace(host, cuda_libraries=libraries)


def with_cpu_package(host: Host) -> Host:
    """The machine with the CPU package in place of its own."""
    return replace(
        host,
        runtime=cpu_only().runtime,
        packages=cpu_only().packages,
        cpu_package_required_by=("insightface",),
        cuda_libraries=None,
    )


def with_both_packages(host: Host) -> Host:
    """The machine with the CPU package besides its own, as insightface's requirement brings it."""
    return replace(
        host,
        packages=(*cpu_only().packages, *host.packages),
        cpu_package_required_by=("insightface",),
    )


def directml() -> Host:
    """A Windows machine with the DirectML package."""
    runtime = Runtime("1.24.4", (DIRECTML, CPU))
    packages = (Package("onnxruntime-directml", "1.24.4"),)
    return Host("Windows", "x86_64", 12, runtime, packages=packages)


def openvino() -> Host:
    """A Linux machine with the OpenVINO package."""
    runtime = Runtime("1.24.1", (OPENVINO, CPU))
    packages = (Package("onnxruntime-openvino", "1.24.1"),)
    return Host("Linux", "x86_64", 8, runtime, packages=packages)
