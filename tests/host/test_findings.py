from __future__ import annotations

from dataclasses import replace

import pytest

from dlc.host.findings import host_findings
from dlc.host.host import Host, Nvidia
from tests.host import machines

_GPU_MACHINE = machines.nvidia(machines.RTX_3060)


@pytest.mark.parametrize(
    "host",
    [
        machines.cpu_only(),
        machines.mac("Apple M3", (15, 3), "1.31.1"),
        machines.mac("Intel(R) Core(TM) i7", (13, 0), "1.24.1"),
        _GPU_MACHINE,
        machines.directml(),
        machines.openvino(),
    ],
)
def test_a_machine_in_order_has_no_findings(host: Host) -> None:
    assert host_findings(host) == ()


def test_two_packages_in_one_folder_are_a_conflict_and_who_brought_them_is_named() -> None:
    (finding,) = host_findings(machines.with_both_packages(_GPU_MACHINE))
    assert finding.problem == (
        "onnxruntime 1.31.0 and onnxruntime-gpu 1.31.1 are installed together and overwrite each "
        "other's files; onnxruntime is required by insightface"
    )
    assert finding.remedy.endswith('&& pip install "onnxruntime-gpu[cuda,cudnn]"')


def test_on_windows_the_steps_are_two_commands_as_powershell_joins_none() -> None:
    (finding,) = host_findings(machines.with_both_packages(machines.directml()))
    assert finding.remedy == (
        "run: pip uninstall -y onnxruntime onnxruntime-directml, "
        "then: pip install onnxruntime-directml"
    )


def test_without_a_gpu_the_cpu_package_is_the_one_to_keep() -> None:
    host = replace(machines.with_both_packages(machines.nvidia()), nvidia=Nvidia())
    assert host_findings(host)[0].remedy.endswith("&& pip install onnxruntime")


def test_a_gpu_under_the_cpu_package_is_told_how_to_be_used() -> None:
    (finding,) = host_findings(machines.with_cpu_package(_GPU_MACHINE))
    assert finding.problem.endswith("(onnxruntime 1.31.0) was built without CUDA")
    assert finding.remedy == (
        'run: pip uninstall -y onnxruntime && pip install "onnxruntime-gpu[cuda,cudnn]"'
    )


def test_the_gpu_package_without_libraries_is_told_which() -> None:
    (finding,) = host_findings(machines.without_libraries(_GPU_MACHINE))
    assert "libcudnn.so.9" in finding.problem


def test_a_gpu_of_unknown_generation_is_told_what_would_tell() -> None:
    host = replace(_GPU_MACHINE, nvidia=Nvidia(driver=True))
    (finding,) = host_findings(host)
    assert finding.remedy == "run: pip install nvidia-ml-py"


def test_a_translated_python_is_told_so_first() -> None:
    host = replace(machines.mac("Apple M3", (15, 3), "1.31.1"), architecture="x86_64")
    assert "translated" in host_findings(host)[0].problem
