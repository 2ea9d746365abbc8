from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from dlc.errors import ProviderError
from dlc.graph.names import Rewrite
from dlc.host.host import Host, Nvidia, NvidiaGpu
from dlc.inference.provider_routes import (
    computes_half_precision,
    in_single_precision,
    needed_rewrites,
)
from dlc.inference.route import Precision
from dlc.inference.router import choose_route, choose_routes
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.host import machines

_M1_OLD = machines.mac("Apple M1", (14, 5), "1.24.4")
_M3 = machines.mac("Apple M3 Max", (15, 3, 1), "1.31.1")
_INTEL_MAC = machines.mac("Intel(R) Core(TM) i7-9750H", (13, 0), "1.24.1")
_GTX_1060_WITH_CUDA_12 = machines.nvidia(machines.GTX_1060, release="1.26.0", cuda="12.8")
_B200_WITH_CUDA_12 = machines.nvidia(machines.B200, release="1.26.0", cuda="12.8")
_UNKNOWN_GPU = replace(machines.nvidia(), nvidia=Nvidia(driver=True))

_FP16, _FP32 = Precision.FP16, Precision.FP32

# Where the swapper and the detector run on a machine, and the swapper's precision.
_MACHINES = [
    pytest.param(machines.cpu_only(2), Provider.CPU, _FP32, id="2 cores"),
    pytest.param(machines.cpu_only(16), Provider.CPU, _FP32, id="16 cores"),
    pytest.param(_M1_OLD, Provider.COREML, _FP32, id="M1, old runtime"),
    pytest.param(_M3, Provider.COREML, _FP32, id="M3"),
    pytest.param(_INTEL_MAC, Provider.CPU, _FP32, id="Intel Mac"),
    pytest.param(machines.nvidia(machines.GTX_1060), Provider.CPU, _FP32, id="GTX 1060"),
    pytest.param(_GTX_1060_WITH_CUDA_12, Provider.CUDA, _FP32, id="GTX 1060, CUDA 12"),
    pytest.param(machines.nvidia(machines.GTX_1660), Provider.CUDA, _FP32, id="GTX 1660"),
    pytest.param(machines.nvidia(machines.T4), Provider.CUDA, _FP16, id="T4"),
    pytest.param(machines.nvidia(machines.RTX_2080), Provider.CUDA, _FP16, id="RTX 2080"),
    pytest.param(machines.nvidia(machines.RTX_3060), Provider.CUDA, _FP16, id="RTX 3060"),
    pytest.param(machines.nvidia(machines.RTX_4090), Provider.CUDA, _FP16, id="RTX 4090"),
    pytest.param(machines.nvidia(machines.H100), Provider.CUDA, _FP16, id="H100"),
    pytest.param(machines.nvidia(machines.B200), Provider.CPU, _FP32, id="B200"),
    pytest.param(_B200_WITH_CUDA_12, Provider.CUDA, _FP16, id="B200, CUDA 12"),
    pytest.param(machines.nvidia(machines.RTX_5090), Provider.CUDA, _FP16, id="RTX 5090"),
    pytest.param(_UNKNOWN_GPU, Provider.CUDA, _FP32, id="GPU unknown"),
    pytest.param(machines.directml(), Provider.DIRECTML, _FP32, id="DirectML"),
    pytest.param(machines.openvino(), Provider.OPENVINO, _FP32, id="OpenVINO"),
]


@pytest.mark.parametrize(("host", "provider", "precision"), _MACHINES)
def test_every_machine_has_its_route(host: Host, provider: Provider, precision: Precision) -> None:
    swapper = choose_route(Role.SWAPPER, host, threads=4)
    assert (swapper.provider, swapper.precision) == (provider, precision)
    detector = choose_route(Role.DETECTOR, host, threads=1)
    assert (detector.provider, detector.precision) == (provider, Precision.FP32)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("host", "provider", "precision"), _MACHINES)
def test_what_every_route_has(
    host: Host, provider: Provider, precision: Precision, role: Role
) -> None:
    del provider, precision
    route = choose_route(role, host, threads=3)
    assert route.role is role
    assert route.threads == 3
    assert route.reason
    assert not route.by_name
    assert route.providers[0].name == route.execution_provider
    assert route.providers[-1].name == machines.CPU
    for entry in route.providers:
        assert all(type(value) is str for value in entry.options.values())
        assert not {"True", "False"} & set(entry.options.values())


@pytest.mark.parametrize(
    ("role", "options"),
    [
        (
            Role.SWAPPER,
            {
                "ModelFormat": "MLProgram",
                "MLComputeUnits": "ALL",
                "SpecializationStrategy": "FastPrediction",
            },
        ),
        (Role.DETECTOR, {"ModelFormat": "MLProgram", "MLComputeUnits": "CPUAndGPU"}),
        (Role.RECOGNIZER, {"ModelFormat": "MLProgram", "MLComputeUnits": "CPUAndGPU"}),
    ],
)
def test_on_apples_chip_only_heavy_models_may_use_the_neural_engine(
    role: Role, options: dict[str, str]
) -> None:
    assert choose_route(role, _M3, threads=4).providers[0].options == options


def test_the_enhancer_has_the_swappers_compute_units() -> None:
    enhancer = choose_route(Role.ENHANCER, _M3, threads=4)
    assert enhancer.providers[0].options["MLComputeUnits"] == "ALL"


def test_the_detectors_input_is_fixed_where_that_is_faster() -> None:
    for host in (_M3, machines.nvidia(machines.RTX_4090), machines.directml()):
        assert choose_route(Role.DETECTOR, host, threads=1).input_shape == (1, 3, 640, 640)
    for host in (machines.cpu_only(), machines.openvino()):
        assert choose_route(Role.DETECTOR, host, threads=1).input_shape is None


@pytest.mark.parametrize("host", [machines.nvidia(machines.RTX_4090), machines.directml()])
def test_on_a_gpu_no_model_runs_at_changing_sizes(host: Host) -> None:
    """The recognizer would otherwise run batches of as many faces as a frame has."""
    shapes = {role: choose_route(role, host, threads=1).input_shape for role in Role}
    assert shapes[Role.RECOGNIZER] == (1, 3, 112, 112)
    assert shapes[Role.LANDMARKER] == (1, 3, 192, 192)
    assert shapes[Role.OCCLUDER] == (1, 256, 256, 3)


@pytest.mark.parametrize(
    ("role", "release", "rewrites"),
    [
        (Role.SWAPPER, (1, 25), (Rewrite.REFLECT_PAD,)),
        (Role.SWAPPER, (1, 26), ()),
        (Role.ENHANCER, (1, 26), (Rewrite.SPLIT, Rewrite.SCALAR_GATHER)),
        (Role.ENHANCER, (1, 27), ()),
        (Role.DETECTOR, (1, 24), ()),
        (Role.OCCLUDER, (1, 32), (Rewrite.RECIPROCAL,)),
    ],
)
def test_a_graph_is_rewritten_only_for_a_runtime_that_needs_it(
    role: Role, release: tuple[int, int], rewrites: tuple[Rewrite, ...]
) -> None:
    assert needed_rewrites(role, release) == rewrites


def test_coreml_gets_the_rewrites_that_it_needs() -> None:
    assert choose_route(Role.SWAPPER, _M1_OLD, threads=1).rewrites == (Rewrite.REFLECT_PAD,)
    assert choose_route(Role.SWAPPER, _M3, threads=1).rewrites == ()
    assert choose_route(Role.SWAPPER, machines.cpu_only(), threads=1).rewrites == ()


_GIB = 2**30


@pytest.mark.parametrize(
    ("memory", "rewrites", "said"),
    [
        (24 * _GIB, (Rewrite.WINOGRAD,), "with Winograd's convolutions"),
        (6 * _GIB, (Rewrite.WINOGRAD,), "with Winograd's convolutions"),
        (6 * _GIB - 1, (), "too little memory for Winograd's convolutions"),
        (None, (), "2 threads of the CPU, as no accelerator was found"),
    ],
)
def test_a_cpu_gets_winograds_convolutions_where_there_is_memory_for_them(
    memory: int | None, rewrites: tuple[Rewrite, ...], said: str
) -> None:
    host = replace(machines.cpu_only(), memory=memory)
    swapper = choose_route(Role.SWAPPER, host, threads=2)
    assert swapper.rewrites == rewrites
    assert said in swapper.reason
    by_name = choose_route(Role.SWAPPER, host, provider=Provider.CPU, threads=2)
    assert by_name.rewrites == rewrites


def test_only_the_swapper_on_a_cpu_gets_winograds_convolutions() -> None:
    host = replace(machines.cpu_only(), memory=24 * _GIB)
    for role in set(Role) - {Role.SWAPPER}:
        route = choose_route(role, host, threads=2)
        assert route.rewrites == ()
        assert "Winograd" not in route.reason
    for other in (_M1_OLD, machines.nvidia(machines.RTX_4090), machines.openvino()):
        route = choose_route(Role.SWAPPER, replace(other, memory=24 * _GIB), threads=2)
        assert Rewrite.WINOGRAD not in route.rewrites
        assert "Winograd" not in route.reason


def test_cuda_gets_half_precision_where_the_gpu_computes_it() -> None:
    old = choose_route(Role.SWAPPER, _GTX_1060_WITH_CUDA_12, threads=1)
    assert old.rewrites == (Rewrite.BATCH, Rewrite.INSTANCE_NORM, Rewrite.PIXELS)
    new = machines.nvidia(machines.RTX_4090)
    swapper = choose_route(Role.SWAPPER, new, threads=1)
    assert swapper.rewrites == (
        Rewrite.BATCH,
        Rewrite.INSTANCE_NORM,
        Rewrite.HALF,
        Rewrite.PIXELS,
    )
    assert choose_route(Role.ENHANCER, new, threads=1).rewrites == (Rewrite.HALF,)
    assert choose_route(Role.DETECTOR, new, threads=1).rewrites == ()


@pytest.mark.parametrize("provider", [Provider.CUDA, Provider.TENSORRT])
def test_half_precision_can_be_taken_back(provider: Provider) -> None:
    host = machines.nvidia(machines.RTX_4090)
    route = choose_route(Role.SWAPPER, host, provider=provider, threads=1)
    single = in_single_precision(route)
    assert single.precision is Precision.FP32
    assert Rewrite.HALF not in single.rewrites
    assert Rewrite.INSTANCE_NORM in single.rewrites
    old = choose_route(
        Role.SWAPPER, machines.nvidia(machines.GTX_1660), provider=provider, threads=1
    )
    assert [each.options for each in single.providers] == [each.options for each in old.providers]


def test_on_nvidia_what_runs_for_every_frame_is_captured() -> None:
    host = machines.nvidia(machines.RTX_4090)
    captured = {role: choose_route(role, host, threads=1).cuda_graph for role in Role}
    assert [role for role, graph in captured.items() if graph] == [Role.DETECTOR, Role.SWAPPER]


def test_cuda_takes_the_newest_gpu_and_never_skips_the_search_for_algorithms() -> None:
    host = machines.nvidia(machines.GTX_1660, machines.RTX_4090)
    swapper = choose_route(Role.SWAPPER, host, threads=1)
    assert swapper.providers[0].options == {
        "device_id": "1",
        "cudnn_conv_algo_search": "EXHAUSTIVE",
    }
    assert "RTX 4090" in swapper.reason
    recognizer = choose_route(Role.RECOGNIZER, host, threads=1)
    assert recognizer.providers[0].options["cudnn_conv_algo_search"] == "HEURISTIC"


def test_the_reason_says_why_half_precision_is_not_used() -> None:
    gtx = choose_route(Role.SWAPPER, machines.nvidia(machines.GTX_1660), threads=1)
    assert "half precision is slow or wrong" in gtx.reason
    unknown = choose_route(Role.SWAPPER, _UNKNOWN_GPU, threads=1)
    assert "generation is unknown" in unknown.reason


def test_tensorrt_is_used_only_by_name_and_leaves_the_rest_to_cuda() -> None:
    host = machines.nvidia(machines.RTX_3060)
    route = choose_route(Role.SWAPPER, host, provider=Provider.TENSORRT, threads=1)
    assert [entry.name for entry in route.providers] == [
        machines.TENSORRT,
        machines.CUDA,
        machines.CPU,
    ]
    # ONNX Runtime refuses "1" for TensorRT, and with it the whole provider.
    assert route.providers[0].options == {"device_id": "0", "trt_fp16_enable": "True"}
    old = machines.nvidia(machines.GTX_1660)
    route = choose_route(Role.SWAPPER, old, provider=Provider.TENSORRT, threads=1)
    assert route.providers[0].options == {"device_id": "0"}


@pytest.mark.parametrize(
    ("name", "computes"),
    [
        ("Tesla T4", True),
        ("NVIDIA T4G", True),
        ("Quadro RTX 5000", True),
        ("NVIDIA TITAN RTX", True),
        ("NVIDIA T400 4GB", False),
        ("NVIDIA GeForce MX450", False),
        ("NVIDIA GeForce GTX 1650", False),
    ],
)
def test_of_the_same_generation_some_gpus_lack_tensor_cores(name: str, computes: bool) -> None:
    assert computes_half_precision(NvidiaGpu(name, (7, 5))) is computes


def test_openvino_has_its_threads_and_a_device_by_name() -> None:
    route = choose_route(Role.SWAPPER, machines.openvino(), threads=6)
    assert route.providers[0].options == {"device_type": "CPU", "num_of_threads": "6"}


@pytest.mark.parametrize("host", [_M3, machines.nvidia(machines.RTX_4090), machines.cpu_only()])
@pytest.mark.parametrize("provider", Provider)
def test_the_built_in_models_stay_on_the_cpu(host: Host, provider: Provider) -> None:
    route = choose_route(Role.BUILT_IN, host, provider=provider, threads=1)
    assert route.provider is Provider.CPU
    assert "too small" in route.reason


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        (machines.with_cpu_package(machines.nvidia(machines.RTX_3060)), "built without CUDA"),
        (machines.without_libraries(machines.nvidia(machines.RTX_3060)), "libcudnn.so.9"),
        (machines.nvidia(machines.GTX_1060), "holds no code for NVIDIA GeForce GTX 1060"),
        (machines.nvidia(machines.B200), "holds no code for NVIDIA B200"),
        (replace(machines.nvidia(), nvidia=Nvidia()), "no NVIDIA driver"),
        (machines.mac("Apple M1", (11, 7), "1.24.4"), "macOS 11.7"),
    ],
)
def test_a_cpu_route_tells_what_was_in_the_way_of_something_faster(
    host: Host, problem: str
) -> None:
    route = choose_route(Role.SWAPPER, host, threads=2)
    assert route.provider is Provider.CPU
    assert problem in route.findings[0].problem
    assert route.findings[0].remedy


def test_a_cpu_route_where_there_is_nothing_faster_has_no_findings() -> None:
    route = choose_route(Role.SWAPPER, machines.cpu_only(), threads=2)
    assert route.findings == ()
    assert "no accelerator was found" in route.reason


def test_the_cpu_by_name_is_taken_whatever_else_there_is() -> None:
    host = machines.nvidia(machines.RTX_4090)
    route = choose_route(Role.SWAPPER, host, provider=Provider.CPU, threads=2)
    assert (route.provider, route.by_name, route.findings) == (Provider.CPU, True, ())


@pytest.mark.parametrize(
    ("provider", "host", "message"),
    [
        (
            Provider.CUDA,
            machines.cpu_only(),
            "`provider='cuda'`: the installed ONNX Runtime (onnxruntime 1.31.0) was built without "
            'CUDA; run: pip uninstall -y onnxruntime && pip install "onnxruntime-gpu[cuda,cudnn]"',
        ),
        (
            Provider.COREML,
            machines.directml(),
            "`provider='coreml'`: CoreML exists on macOS only; use another `provider`, or auto",
        ),
    ],
)
def test_a_provider_that_is_not_there_is_an_error_by_name(
    provider: Provider, host: Host, message: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        choose_route(Role.SWAPPER, host, provider=provider, threads=1)
    assert str(caught.value) == message


def test_a_doubtful_provider_is_tried_by_name_and_the_doubt_kept() -> None:
    host = machines.without_libraries(machines.nvidia(machines.RTX_3060))
    route = choose_route(Role.SWAPPER, host, provider=Provider.CUDA, threads=1)
    assert route.provider is Provider.CUDA
    assert route.by_name
    assert "libcudnn.so.9" in route.findings[0].problem


def test_choosing_loads_no_runtime() -> None:
    code = "import sys, dlc.inference.router; sys.exit('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_models_that_run_side_by_side_share_the_threads() -> None:
    roles = (Role.DETECTOR, Role.RECOGNIZER, Role.SWAPPER)
    routes = choose_routes(roles, machines.cpu_only(16), threads=16)
    assert {role: route.threads for role, route in routes.items()} == {
        Role.DETECTOR: 1,
        Role.RECOGNIZER: 1,
        Role.SWAPPER: 14,
    }
    assert all(route.provider is Provider.CPU for route in routes.values())
