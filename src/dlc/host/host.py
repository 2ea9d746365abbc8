"""What is known about the machine that models run on, as plain values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that keeps dlc from the speed this machine is capable of.

    Attributes:
        problem: what is wrong.
        remedy: the step that fixes it, as an imperative.
    """

    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.problem}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class Runtime:
    """The ONNX Runtime that Python imports, as it describes itself.

    Attributes:
        version: such as "1.31.1".
        providers: the execution providers it was built with, in its own names and order. A built-in
            provider is not necessarily usable on this machine.
        cuda: the CUDA version it was built for, such as "13.0"; None without CUDA.
    """

    version: str
    providers: tuple[str, ...]
    cuda: str | None = None

    @property
    def release(self) -> tuple[int, int]:
        """Major and minor version, for comparisons."""
        return two_numbers(self.version)

    @property
    def cuda_release(self) -> tuple[int, int] | None:
        """Major and minor version of CUDA, for comparisons; None without CUDA."""
        return two_numbers(self.cuda) if self.cuda else None


@dataclass(frozen=True, slots=True)
class Package:
    """An installed Python distribution."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class NvidiaGpu:
    """An NVIDIA GPU that CUDA can see.

    Attributes:
        name: such as "NVIDIA GeForce RTX 4090".
        capability: CUDA's compute capability, such as (8, 9).
    """

    name: str
    capability: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.name} (compute capability {'.'.join(map(str, self.capability))})"


@dataclass(frozen=True, slots=True)
class Nvidia:
    """NVIDIA's driver and GPUs on a machine.

    Attributes:
        driver: whether the driver's library can be loaded.
        bindings: whether the Python package nvidia-ml-py is installed; without it, `gpus` is empty.
        trouble: why the driver did not respond, in its own words; empty if it did.
        gpus: the GPUs that CUDA will see, in its numbering by PCI bus order.
        cuda: major and minor version of the newest CUDA that the driver runs; None if unknown.
    """

    driver: bool = False
    bindings: bool = False
    trouble: str = ""
    gpus: tuple[NvidiaGpu, ...] = ()
    cuda: tuple[int, int] | None = None

    @property
    def best(self) -> int | None:
        """Index of the GPU of the newest generation, the first of several; None without any."""
        if not self.gpus:
            return None
        return max(range(len(self.gpus)), key=lambda number: self.gpus[number].capability)

    @property
    def capability(self) -> tuple[int, int] | None:
        """Compute capability of the best GPU; None without any."""
        return None if self.best is None else self.gpus[self.best].capability


@dataclass(frozen=True, slots=True)
class CudaLibraries:
    """The shared libraries that ONNX Runtime's CUDA provider loads.

    Attributes:
        found: file names of those that were found.
        missing: file names of the others.
        cudnn: major and minor version of NVIDIA's package of cuDNN; None if it is not installed.
    """

    found: tuple[str, ...]
    missing: tuple[str, ...]
    cudnn: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """The properties of a machine that decide where models run best.

    Attributes:
        system: "Linux", "Darwin" or "Windows".
        architecture: of the running Python, "x86_64" or "arm64" on every system.
        cpus: number of CPUs this process may use.
        runtime: the ONNX Runtime that Python imports.
        processor: the processor's name; empty if unknown.
        memory: bytes of memory this process may use; None if unknown.
        macos: macOS's version, such as (15, 3, 1); None elsewhere.
        apple_silicon: whether the chip is Apple's own, even if Python was built for Intel.
        nvidia: NVIDIA's driver and GPUs.
        packages: installed distributions that provide the module `onnxruntime`.
        cpu_package_required_by: distributions that make pip install the plain `onnxruntime`.
        cuda_libraries: None if the runtime has no CUDA provider to load them.
    """

    system: str
    architecture: str
    cpus: int
    runtime: Runtime
    processor: str = ""
    memory: int | None = None
    macos: tuple[int, ...] | None = None
    apple_silicon: bool = False
    nvidia: Nvidia = field(default_factory=Nvidia)
    packages: tuple[Package, ...] = ()
    cpu_package_required_by: tuple[str, ...] = ()
    cuda_libraries: CudaLibraries | None = None

    @property
    def translated(self) -> bool:
        """Whether Python was built for Intel and runs under Rosetta on Apple's chip."""
        return self.apple_silicon and self.architecture != "arm64"


def two_numbers(version: str) -> tuple[int, int]:
    """Return the first two numbers of a version, 0 for missing ones."""
    numbers = [int(digits) for digits in re.findall(r"\d+", version)[:2]]
    major, minor, *_ = [*numbers, 0, 0]
    return major, minor
