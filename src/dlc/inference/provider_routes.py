"""How each provider runs a model of each role: pure functions of the machine.

Comments next to the options say what they mean and where numbers come from. An unknown option is an
error of ONNX Runtime's, after which the model would run on the CPU.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dlc.counted import counted
from dlc.graph.names import NEEDLESS_FROM, Rewrite
from dlc.host.cuda_generations import gpu_packages
from dlc.host.host import Host, NvidiaGpu
from dlc.host.obstacles import packages_for
from dlc.host.providers import CPU_EXECUTION_PROVIDER, execution_provider
from dlc.inference.route import TENSORRT_ON, ExecutionProvider, Precision, Route
from dlc.model_store.role import Role
from dlc.options import Provider

# The models heavy enough to be worth half precision and a whole accelerator.
_HEAVY = (Role.SWAPPER, Role.ENHANCER)
# The models dominated by large convolutions with 3x3 kernels.
_CONVOLVING = (Role.SWAPPER,)
# Varying input sizes are slower on an accelerator, which would prepare for each of them anew.
_INPUT_SHAPES = {
    Role.DETECTOR: (1, 3, 640, 640),
    Role.LANDMARKER: (1, 3, 192, 192),
    Role.RECOGNIZER: (1, 3, 112, 112),
    Role.OCCLUDER: (1, 256, 256, 3),
}
# What the graphs of a role contain.
_CONCERNED = {
    Role.SWAPPER: (Rewrite.REFLECT_PAD,),
    Role.ENHANCER: (Rewrite.SPLIT, Rewrite.SCALAR_GATHER),
    # XSeg normalizes by dividing by deviations, which converters write as Div or as Reciprocal.
    Role.OCCLUDER: (Rewrite.RECIPROCAL,),
}
# If allowed, TensorRT chooses per layer; weights stay in single precision in the file.
_TENSORRT_HALF = "trt_fp16_enable"
# Kernels transformed for Winograd convolutions grow a swapper's process from 1.2 to 2.5 GiB; the
# rest is for everything else. 8 GB machines report a little less.
_MEMORY_FOR_WINOGRAD = 6 * 2**30
_TURING = (7, 5)
# "NVIDIA GeForce RTX 2080 Ti", "Quadro RTX 5000", "Tesla T4", but not "NVIDIA T400".
_TURING_WITH_TENSOR_CORES = re.compile(r"RTX|\bT4G?\b")
_CPU = ExecutionProvider(CPU_EXECUTION_PROVIDER, {})


def cpu_route(role: Role, host: Host, threads: int) -> Route:
    """Run the model on the CPU, at the input size that suits the frame."""
    rewrites = cpu_rewrites(role, host)
    about_memory = ""
    if Rewrite.WINOGRAD in rewrites:
        about_memory = ", with Winograd's convolutions"
    elif role in _CONVOLVING and host.memory is not None:
        about_memory = ", with too little memory for Winograd's convolutions"
    route = plain_cpu_route(role, threads)
    return replace(route, reason=f"{route.reason}{about_memory}", rewrites=rewrites)


def plain_cpu_route(role: Role, threads: int) -> Route:
    """Run the model unchanged on the CPU of any machine."""
    return Route(role, Provider.CPU, (_CPU,), _cpu_threads(threads), threads)


def coreml_route(role: Role, host: Host, threads: int) -> Route:
    """Run the model on Apple's CoreML: in single precision, on the GPU and the CPU.

    Weights come from the fp32 file: half precision in an ML program is reported to give wrong
    output on macOS 15 (onnxruntime issue 32569). The Neural Engine computes in half precision only,
    so it is for those who name an fp16 file as one of the heavy models.
    """
    heavy = role in _HEAVY
    options = {
        "ModelFormat": "MLProgram",
        "MLComputeUnits": "ALL" if heavy else "CPUAndGPU",
    }
    if heavy:
        options["SpecializationStrategy"] = "FastPrediction"
    return Route(
        role,
        Provider.COREML,
        (ExecutionProvider(execution_provider(Provider.COREML), options), _CPU),
        "Apple's GPU by CoreML",
        threads,
        rewrites=needed_rewrites(role, host.runtime.release),
        # CoreML takes no nodes of unknown shape.
        input_shape=_INPUT_SHAPES.get(role),
    )


def cuda_route(role: Role, host: Host, threads: int) -> Route:
    """Run the model on the NVIDIA GPU of the newest generation."""
    precision, about_precision = _nvidia_precision(role, host)
    graph = role in (Role.SWAPPER, Role.DETECTOR)
    captured = ", runs captured as CUDA graphs" if graph else ""
    return Route(
        role,
        Provider.CUDA,
        (_cuda(role, host), _CPU),
        f"{_gpu_name(host)}, {about_precision}{captured}",
        threads,
        precision=precision,
        rewrites=cuda_rewrites(role, half=precision is Precision.FP16),
        # A layer keeps cuDNN's plan only for the last size, including the batch's, and makes a new
        # one whenever that changes (Conv::UpdateState, onnxruntime issue 23006).
        input_shape=_INPUT_SHAPES.get(role),
        cuda_graph=graph,
        packages=gpu_packages(host.nvidia),
    )


def tensorrt_route(role: Role, host: Host, threads: int) -> Route:
    """Run the model as a TensorRT engine, and what TensorRT cannot do on CUDA."""
    precision, about_precision = _nvidia_precision(role, host)
    options = {"device_id": _device(host)}
    if precision is Precision.FP16:
        options[_TENSORRT_HALF] = TENSORRT_ON
    engine = ExecutionProvider(execution_provider(Provider.TENSORRT), options)
    return Route(
        role,
        Provider.TENSORRT,
        (engine, _cuda(role, host), _CPU),
        f"{_gpu_name(host)}, a TensorRT engine, {about_precision}",
        threads,
        precision=precision,
        rewrites=tensorrt_rewrites(role),
        # An engine is built for one range of sizes, which takes minutes.
        input_shape=_INPUT_SHAPES.get(role),
    )


def directml_route(role: Role, host: Host, threads: int) -> Route:  # noqa: ARG001
    """Run the model on the first GPU that Windows lists, whoever made it.

    Its documentation wants all sizes known when the session opens.
    """
    provider = ExecutionProvider(execution_provider(Provider.DIRECTML), {"device_id": "0"})
    return Route(
        role,
        Provider.DIRECTML,
        (provider, _CPU),
        "the first GPU by DirectML",
        threads,
        input_shape=_INPUT_SHAPES.get(role),
    )


def openvino_route(role: Role, host: Host, threads: int) -> Route:
    """Run the model on the CPU with OpenVINO.

    The device is named, because with "AUTO" the provider loads but takes no nodes
    (onnxruntime-openvino 1.24.1).
    """
    options = {"device_type": "CPU", "num_of_threads": str(threads)}
    provider = ExecutionProvider(execution_provider(Provider.OPENVINO), options)
    reason = f"OpenVINO on {_cpu_threads(threads)}"
    packages = packages_for(Provider.OPENVINO, host)
    return Route(role, Provider.OPENVINO, (provider, _CPU), reason, threads, packages=packages)


ROUTES: dict[Provider, Callable[[Role, Host, int], Route]] = {
    Provider.CPU: cpu_route,
    Provider.COREML: coreml_route,
    Provider.CUDA: cuda_route,
    Provider.TENSORRT: tensorrt_route,
    Provider.DIRECTML: directml_route,
    Provider.OPENVINO: openvino_route,
}


def needed_rewrites(role: Role, release: tuple[int, int]) -> tuple[Rewrite, ...]:
    """Return the rewrites that keep CoreML from breaking or falsifying a role's graph.

    Args:
        role: the model's role.
        release: major and minor version of ONNX Runtime.
    """
    concerned = _CONCERNED.get(role, ())
    return tuple(
        rewrite
        for rewrite in concerned
        if rewrite not in NEEDLESS_FROM or release < NEEDLESS_FROM[rewrite]
    )


def cpu_rewrites(role: Role, host: Host) -> tuple[Rewrite, ...]:
    """Return the rewrites that make a role's graph faster on a CPU.

    Args:
        role: the model's role.
        host: the machine; it gets none if its memory is small or unknown.
    """
    enough = host.memory is not None and host.memory >= _MEMORY_FOR_WINOGRAD
    return (Rewrite.WINOGRAD,) if enough and role in _CONVOLVING else ()


def cuda_rewrites(role: Role, *, half: bool) -> tuple[Rewrite, ...]:
    """Return the rewrites that make a role's graph faster on CUDA.

    Args:
        role: the model's role.
        half: whether the GPU computes half precision.
    """
    precision = (Rewrite.HALF,) if half and role in _HEAVY else ()
    if role is not Role.SWAPPER:
        return precision
    return (Rewrite.BATCH, Rewrite.INSTANCE_NORM, *precision, Rewrite.PIXELS)


def tensorrt_rewrites(role: Role) -> tuple[Rewrite, ...]:
    """Return the rewrites that keep TensorRT from summing a role's graph in half precision.

    Args:
        role: the model's role.
    """
    return (Rewrite.INSTANCE_NORM,) if role is Role.SWAPPER else ()


def in_single_precision(route: Route) -> Route:
    """Return a route without anything that allows half precision."""
    providers = tuple(
        replace(each, options={k: v for k, v in each.options.items() if k != _TENSORRT_HALF})
        for each in route.providers
    )
    rewrites = tuple(each for each in route.rewrites if each is not Rewrite.HALF)
    return replace(route, providers=providers, precision=Precision.FP32, rewrites=rewrites)


def usual_input_shape(role: Role) -> tuple[int, ...] | None:
    """Return the input shape usual for a role's models; None if each has its own."""
    return _INPUT_SHAPES.get(role)


def computes_half_precision(gpu: NvidiaGpu) -> bool:
    """Return whether a GPU computes half precision correctly and faster than single precision.

    The GeForce GTX 16 reports the same compute capability 7.5 as the RTX 20 and the T4, but lacks
    their tensor cores: there, half precision yields NaN or is several times slower.
    """
    if gpu.capability == _TURING:
        return _TURING_WITH_TENSOR_CORES.search(gpu.name) is not None
    return gpu.capability >= (8, 0)


def _cpu_threads(threads: int) -> str:
    return f"{counted(threads, 'thread')} of the CPU"


def _nvidia_precision(role: Role, host: Host) -> tuple[Precision, str]:
    best = host.nvidia.best
    if role not in _HEAVY:
        return Precision.FP32, "single precision"
    if best is None:
        return Precision.FP32, "single precision, as the GPU's generation is unknown"
    if computes_half_precision(host.nvidia.gpus[best]):
        return Precision.FP16, "half precision"
    return Precision.FP32, "single precision, as this GPU's half precision is slow or wrong"


def _cuda(role: Role, host: Host) -> ExecutionProvider:
    options = {"device_id": _device(host)}
    # Since 1.20 these are cuDNN's two heuristics. The "exhaustive" one searches further, which pays
    # off for what runs often; "DEFAULT" is the algorithm of last resort, about 4x slower.
    seldom = role in (Role.LANDMARKER, Role.RECOGNIZER)
    options["cudnn_conv_algo_search"] = "HEURISTIC" if seldom else "EXHAUSTIVE"
    return ExecutionProvider(execution_provider(Provider.CUDA), options)


def _device(host: Host) -> str:
    return str(host.nvidia.best or 0)


def _gpu_name(host: Host) -> str:
    best = host.nvidia.best
    return "the NVIDIA GPU" if best is None else str(host.nvidia.gpus[best])
