from __future__ import annotations

import sys
from dataclasses import replace

from dlc.host.host import Nvidia
from tests.host import machines
from tests.nvidia_gpu import why_no_gpu


def test_nothing_keeps_a_machine_with_all_it_needs_from_its_gpu() -> None:
    assert why_no_gpu(machines.nvidia(machines.H100)) is None


def test_the_remedy_is_for_the_environment_of_this_python() -> None:
    reason = why_no_gpu(machines.with_cpu_package(machines.nvidia(machines.H100)))
    assert reason is not None
    assert f"{sys.executable} -m pip uninstall -y onnxruntime" in reason
    assert f"{sys.executable} -m pip install" in reason
    assert "run: pip" not in reason


def test_a_gpu_whose_generation_nothing_tells_is_none_to_test_on() -> None:
    host = replace(machines.nvidia(), nvidia=Nvidia(driver=True))
    reason = why_no_gpu(host)
    assert reason is not None
    assert "nvidia-ml-py" in reason
