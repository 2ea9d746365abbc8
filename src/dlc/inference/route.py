"""A route: which provider runs a model on a machine, and how."""

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

TENSORRT_ON = "True"
"""What switches an option of TensorRT's on (onnxruntime_pybind_state.cc)."""


class Precision(StrEnum):
    """The number format that a model's file should hold."""

    FP32 = "fp32"
    FP16 = "fp16"


@dataclass(frozen=True, slots=True)
class ExecutionProvider:
    """One of ONNX Runtime's execution providers with its options.

    Attributes:
        name: such as "CUDAExecutionProvider".
        options: in ONNX Runtime's own terms. Values are strings, and differ between providers:
            CoreML takes "1" as on and anything else as off, CUDA also takes "True", and TensorRT
            takes `TENSORRT_ON` and refuses "1".
    """

    name: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """Which provider runs a model, how, and why.

    Attributes:
        role: the model's role.
        provider: the provider to run it, never AUTO.
        providers: ONNX Runtime's providers, in the order in which they may claim a graph's nodes.
        reason: why it was chosen, in a few words.
        threads: CPU threads for the nodes that run on the CPU.
        by_name: whether the provider was requested, so that any other in its place is an error.
        precision: which of a model's files to use if there are several.
        rewrites: what the graph needs to stay in one piece on this provider or to be faster:
            Winograd convolutions, several faces per run, half precision, 8-bit pixels.
        input_shape: shape that the model's first input is fixed to, for example (1, 3, 640, 640);
            None leaves it as in the model.
        cuda_graph: whether runs are captured as CUDA graphs: no sizes change in a run, and all of
            it is on the GPU.
        packages: what pip should install if the provider does not load: for an NVIDIA GPU like this
            machine's, or for OpenVINO.
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
        """ONNX Runtime's name for the provider that should run the model."""
        return execution_provider(self.provider)
