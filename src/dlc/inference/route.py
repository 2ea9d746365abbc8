"""A route: by what, and how, a model is run on a machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dlc.graph.names import Rewrite
from dlc.host.cuda_generations import GPU_PACKAGE
from dlc.host.host import Finding
from dlc.host.providers import execution_provider
from dlc.model_store.role import Role
from dlc.options import Provider


class Precision(StrEnum):
    """The numbers that a model's file should hold."""

    FP32 = "fp32"
    FP16 = "fp16"


@dataclass(frozen=True, slots=True)
class ExecutionProvider:
    """One of ONNX Runtime's execution providers with its options.

    Attributes:
        name: such as "CUDAExecutionProvider".
        options: in ONNX Runtime's own words. Values are texts: for its C++ code a switch is on at
            "1", and Python's True would arrive as "True", which is off.
    """

    name: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """By what and how a model is run, and why.

    Attributes:
        role: what the model does.
        provider: what is to run it, never AUTO.
        providers: ONNX Runtime's providers, in the order in which they may take a graph's nodes.
        reason: why this route, in a few words.
        threads: CPU threads for the nodes that run on the CPU.
        by_name: the provider was asked for, so anything else in its place is an error.
        precision: which of a model's files to take if there are several.
        rewrites: what the graph must have been through, to stay in one piece on this provider or
            to be faster: Winograd's convolutions, several faces a run, half precision, 8-bit
            pixels.
        input_shape: the one shape that the model's first input is fixed to, for instance
            (1, 3, 640, 640); None leaves it as the model has it.
        cuda_graph: runs are captured as CUDA graphs: nothing in one changes its size, and all of it
            runs on the GPU.
        packages: what pip is to install for an NVIDIA GPU like this machine's.
        findings: what stood in the way of something faster.
    """

    role: Role
    provider: Provider
    providers: tuple[ExecutionProvider, ...]
    reason: str
    threads: int
    by_name: bool = False
    precision: Precision = Precision.FP32
    rewrites: tuple[Rewrite, ...] = ()
    input_shape: tuple[int, ...] | None = None
    cuda_graph: bool = False
    packages: str = GPU_PACKAGE
    findings: tuple[Finding, ...] = ()

    @property
    def execution_provider(self) -> str:
        """ONNX Runtime's name of the provider that is to run the model."""
        return execution_provider(self.provider)
