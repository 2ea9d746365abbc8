from __future__ import annotations

from dataclasses import replace

import pytest

from dlc.host.banner import banner
from dlc.host.host import Host, Nvidia
from tests.host import machines


@pytest.mark.parametrize(
    ("host", "line"),
    [
        (
            replace(machines.cpu_only(1), processor="AMD EPYC", memory=16_500_000_000),
            "Linux x86_64, 1 CPU (AMD EPYC), 15 GiB; no NVIDIA GPU; "
            "ONNX Runtime 1.31.0 from onnxruntime 1.31.0 with CPU",
        ),
        (
            machines.mac("Apple M3 Max", (15, 3, 1), "1.31.1"),
            "macOS 15.3.1 arm64, 8 CPUs (Apple M3 Max); no NVIDIA GPU; "
            "ONNX Runtime 1.31.1 from onnxruntime 1.31.1 with CPU, CoreML",
        ),
        (
            replace(machines.mac("Apple M1", (14, 5), "1.24.1"), architecture="x86_64"),
            "macOS 14.5 x86_64, translated, 8 CPUs (Apple M1); no NVIDIA GPU; "
            "ONNX Runtime 1.24.1 from onnxruntime 1.24.1 with CPU, CoreML",
        ),
        (
            machines.nvidia(machines.H100, machines.H100),
            "Linux x86_64, 16 CPUs; "
            "NVIDIA H100 80GB HBM3 (compute capability 9.0) and "
            "NVIDIA H100 80GB HBM3 (compute capability 9.0); "
            "ONNX Runtime 1.31.1 from onnxruntime-gpu 1.31.1 with CPU, CUDA, TensorRT",
        ),
        (
            replace(machines.nvidia(), nvidia=Nvidia(driver=True)),
            "Linux x86_64, 16 CPUs; an NVIDIA driver, GPU unknown; "
            "ONNX Runtime 1.31.1 from onnxruntime-gpu 1.31.1 with CPU, CUDA, TensorRT",
        ),
    ],
)
def test_the_banner_is_one_line(host: Host, line: str) -> None:
    assert banner(host) == line
