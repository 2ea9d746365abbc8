from __future__ import annotations

from dataclasses import replace

import pytest

from dlc.host.host import Host, Nvidia, NvidiaGpu, Runtime
from dlc.host.obstacles import (
    absence,
    accelerators,
    doubts,
    obstacles,
    packages_for,
    reinstallation,
)
from dlc.options import Provider
from tests.host import machines


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (machines.cpu_only(), []),
        (machines.mac("Apple M1", (14, 5), "1.24.4"), [Provider.COREML]),
        (machines.mac("Intel(R) Core(TM) i7", (13, 0), "1.24.1"), []),
        (machines.nvidia(machines.RTX_3060), [Provider.CUDA]),
        (machines.with_cpu_package(machines.nvidia(machines.RTX_3060)), [Provider.CUDA]),
        (replace(machines.nvidia(), nvidia=Nvidia()), [Provider.CUDA]),
        (machines.directml(), [Provider.DIRECTML]),
        (machines.openvino(), [Provider.OPENVINO]),
    ],
)
def test_what_is_tried_before_the_cpu(host: Host, expected: list[Provider]) -> None:
    assert list(accelerators(host)) == expected


@pytest.mark.parametrize(
    ("provider", "host", "problem", "remedy"),
    [
        (Provider.CUDA, machines.cpu_only(), "built without CUDA", "onnxruntime-gpu[cuda,cudnn]"),
        (Provider.TENSORRT, machines.cpu_only(), "without TensorRT", "onnxruntime-gpu[cuda,cudnn]"),
        (Provider.OPENVINO, machines.cpu_only(), "without OpenVINO", "onnxruntime-openvino"),
        (Provider.DIRECTML, machines.cpu_only(), "exists on Windows only", "`provider`"),
        (Provider.COREML, machines.cpu_only(), "exists on macOS only", "`provider`"),
        (
            Provider.CUDA,
            machines.mac("Apple M3", (15, 3), "1.31.1"),
            "exists on Linux and Windows only",
            "`provider`",
        ),
    ],
)
def test_a_provider_that_cannot_be_there_is_absent(
    provider: Provider, host: Host, problem: str, remedy: str
) -> None:
    finding = absence(provider, host)
    assert finding is not None
    assert problem in finding.problem
    assert remedy in finding.remedy
    assert obstacles(provider, host) == (finding,)


def test_the_cpu_is_never_absent_nor_doubtful() -> None:
    for host in (machines.cpu_only(), machines.nvidia(), machines.directml()):
        assert obstacles(Provider.CPU, host) == ()


def test_the_remedy_removes_every_package_of_the_folder_first() -> None:
    host = machines.with_both_packages(machines.nvidia(machines.RTX_3060))
    assert reinstallation(Provider.CUDA, host) == (
        "run: pip uninstall -y onnxruntime onnxruntime-gpu "
        '&& pip install "onnxruntime-gpu[cuda,cudnn]"'
    )
    bare = replace(host, packages=())
    assert reinstallation(Provider.CPU, bare) == "run: pip install onnxruntime"


def test_missing_libraries_are_named() -> None:
    host = machines.without_libraries(machines.nvidia(machines.RTX_3060))
    (finding,) = doubts(Provider.CUDA, host)
    assert finding.problem == "libraries of CUDA 13.0 are missing: libcudnn.so.9"
    assert finding.remedy == 'run: pip install "onnxruntime-gpu[cuda,cudnn]"'


def test_without_a_driver_both_the_driver_and_the_libraries_are_named() -> None:
    host = replace(machines.without_libraries(machines.nvidia()), nvidia=Nvidia(bindings=True))
    driver, libraries = doubts(Provider.CUDA, host)
    assert "no NVIDIA driver" in driver.problem
    assert "libcudnn.so.9" in libraries.problem


@pytest.mark.parametrize(
    ("nvidia", "problem"),
    [
        (Nvidia(driver=True, bindings=True), "shows no GPU"),
        (Nvidia(driver=True, bindings=True, trouble="Driver/library version mismatch"), "mismatch"),
    ],
)
def test_a_driver_without_gpus_is_doubtful(nvidia: Nvidia, problem: str) -> None:
    (finding,) = doubts(Provider.CUDA, replace(machines.nvidia(), nvidia=nvidia))
    assert problem in finding.problem


@pytest.mark.parametrize(("system", "has_containers"), [("Linux", True), ("Windows", False)])
def test_containers_are_spoken_of_on_linux_alone(system: str, *, has_containers: bool) -> None:
    host = replace(machines.nvidia(), nvidia=Nvidia(), system=system)
    (finding,) = doubts(Provider.CUDA, host)
    assert finding.remedy.startswith("install it from nvidia.com/drivers")
    assert ("container" in finding.remedy) is has_containers


def test_a_gpu_nobody_could_ask_about_is_given_the_benefit_of_the_doubt() -> None:
    host = replace(machines.nvidia(), nvidia=Nvidia(driver=True, bindings=False))
    assert doubts(Provider.CUDA, host) == ()


def test_a_gpu_without_machine_code_gets_the_last_package_that_has_some() -> None:
    (finding,) = doubts(Provider.CUDA, machines.nvidia(machines.GTX_1060))
    assert finding.problem == (
        "ONNX Runtime 1.31.1 holds no code for NVIDIA GeForce GTX 1060 6GB (compute capability 6.1)"
    )
    assert finding.remedy == (
        "run: pip uninstall -y onnxruntime-gpu && pip install "
        '"onnxruntime-gpu[cuda,cudnn]<1.27" "nvidia-cudnn-cu12<9.11"'
    )


def test_an_old_gpu_with_a_new_cudnn_gets_the_last_that_runs_on_it() -> None:
    host = machines.nvidia(machines.GTX_1060, release="1.26.0", cuda="12.8")
    assert doubts(Provider.CUDA, host) == ()
    host = machines.with_cudnn(host, (9, 10))
    assert doubts(Provider.CUDA, host) == ()
    (finding,) = doubts(Provider.CUDA, machines.with_cudnn(host, (9, 27)))
    assert finding.problem == (
        "cuDNN 9.27 holds no code for NVIDIA GeForce GTX 1060 6GB (compute capability 6.1)"
    )
    assert finding.remedy == 'run: pip install "nvidia-cudnn-cu12<9.11"'
    other = machines.with_cudnn(machines.nvidia(machines.T4, release="1.26.0"), (9, 27))
    assert doubts(Provider.CUDA, other) == ()


def test_a_driver_for_an_older_cuda_is_doubtful() -> None:
    host = machines.with_driver(machines.nvidia(machines.RTX_3060), (12, 4))
    (finding,) = doubts(Provider.CUDA, host)
    assert finding.problem == "the NVIDIA driver runs CUDA 12.4 and older, not 13.0"
    assert finding.remedy == (
        "update the driver, or run: pip uninstall -y onnxruntime-gpu "
        '&& pip install "onnxruntime-gpu[cuda,cudnn]<1.27"'
    )
    (finding,) = doubts(Provider.CUDA, machines.with_driver(host, (11, 8)))
    assert finding.remedy == "update the driver"


@pytest.mark.parametrize(
    ("cuda", "driver"), [("12.8", (12, 2)), ("13.2", (13, 0)), ("12.8", (13, 0))]
)
def test_a_driver_runs_every_minor_version_of_its_cuda(cuda: str, driver: tuple[int, int]) -> None:
    host = machines.nvidia(machines.RTX_3060, release="1.26.0", cuda=cuda)
    assert doubts(Provider.CUDA, machines.with_driver(host, driver)) == ()


def test_a_driver_for_an_older_cuda_is_not_told_to_install_the_newer_one() -> None:
    host = machines.with_driver(machines.nvidia(machines.RTX_4090), (12, 8))
    absent = absence(Provider.CUDA, machines.with_cpu_package(host))
    assert absent is not None
    assert '"onnxruntime-gpu[cuda,cudnn]<1.27"' in absent.remedy
    newer = absence(Provider.CUDA, machines.with_cpu_package(machines.with_driver(host, (13, 0))))
    assert newer is not None
    assert "<1.27" not in newer.remedy


@pytest.mark.parametrize("gpu", [machines.GTX_1060, machines.B200])
def test_no_remedy_of_an_old_package_brings_back_the_new_one(gpu: NvidiaGpu) -> None:
    host = machines.nvidia(gpu, release="1.26.0", cuda="12.8")
    (library,) = doubts(Provider.CUDA, machines.without_libraries(host))
    absent = absence(Provider.CUDA, machines.with_cpu_package(host))
    assert absent is not None
    both = reinstallation(Provider.CUDA, machines.with_both_packages(host))
    for remedy in (library.remedy, absent.remedy, both):
        assert '"onnxruntime-gpu[cuda,cudnn]<1.27"' in remedy
        assert ('"nvidia-cudnn-cu12<9.11"' in remedy) is (gpu is machines.GTX_1060)


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        (machines.mac("Apple M1", (11, 7), "1.24.4"), "macOS 11.7 runs no ML programs"),
        (machines.mac("Apple M1", (14, 5), "1.16.3"), "ONNX Runtime 1.16.3 makes no ML programs"),
    ],
)
def test_ml_programs_need_a_system_and_a_runtime(host: Host, problem: str) -> None:
    (finding,) = doubts(Provider.COREML, host)
    assert finding.problem == problem


def test_a_mac_whose_runtime_lacks_coreml_is_told_to_reinstall() -> None:
    host = machines.mac("Apple M3", (15, 3), "1.31.1")
    host = replace(host, runtime=Runtime("1.31.1", (machines.CPU,)))
    (finding,) = obstacles(Provider.COREML, host)
    assert finding.remedy == "run: pip uninstall -y onnxruntime && pip install onnxruntime"


def test_on_windows_openvino_is_installed_besides_in_the_release_that_fits() -> None:
    assert packages_for(Provider.OPENVINO, machines.openvino()) == "onnxruntime-openvino"
    windows = replace(machines.openvino(), system="Windows")
    both = "onnxruntime-openvino==1.24.1 openvino==2025.4.1"
    assert packages_for(Provider.OPENVINO, windows) == both
    assert reinstallation(Provider.OPENVINO, windows).endswith(f", then: pip install {both}")
