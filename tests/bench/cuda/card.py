"""The GPU of a measurement: what it is, what drives it, and what its arithmetic allows."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

from dlc.host.cuda_libraries import library_names
from dlc.host.host import Host
from dlc.inference.cuda import prepare_cuda
from dlc.inference.fixed_buffers import Device

UNKNOWN = "unknown"
# Multiplications and additions of inswapper_128 for a face, each of which is two operations.
SWAP_OPERATIONS = 2 * 174.6e9
# Teraflops in half precision with sums in single precision, dense, by the driver's name of the
# GPU: NVIDIA's data sheets and white papers. Parts and laptops of the same family differ.
PEAKS = {
    "Tesla T4": 65.0,
    "NVIDIA A10": 125.0,
    "NVIDIA A100-PCIE-40GB": 312.0,
    "NVIDIA A100-SXM4-40GB": 312.0,
    "NVIDIA A100-SXM4-80GB": 312.0,
    "NVIDIA A100 80GB PCIe": 312.0,
    "NVIDIA L4": 121.0,
    "NVIDIA L40S": 362.0,
    "NVIDIA H100 PCIe": 756.0,
    "NVIDIA H100 NVL": 835.5,
    "NVIDIA H100 80GB HBM3": 989.4,
    "NVIDIA H200": 989.4,
    "NVIDIA H200 NVL": 835.5,
    "NVIDIA GeForce RTX 3090": 71.0,
    "NVIDIA GeForce RTX 4090": 165.2,
}


def describe(host: Host, device: Device) -> dict[str, Any]:
    """Return the GPU and the versions of everything between it and dlc."""
    gpu = host.nvidia.gpus[device.number]
    limit = least_milliseconds(gpu.name)
    return {
        "gpu": str(gpu),
        **_driver(),
        "onnxruntime": f"{host.runtime.version} for CUDA {host.runtime.cuda}",
        **_libraries(host),
        "fp16_peak_teraflops": PEAKS.get(gpu.name, UNKNOWN),
        "least_ms_per_swap": UNKNOWN if limit is None else limit,
    }


def in_one_line(described: dict[str, Any], date: str) -> str:
    """Return what `describe` returned as the caption of a table."""
    return (
        f"{described['gpu']}, driver {described['driver']} (CUDA {described['driver_cuda']}), "
        f"CUDA {described['cuda']}, cuDNN {described['cudnn']}, "
        f"ONNX Runtime {described['onnxruntime']}, {date}"
    )


def least_milliseconds(gpu: str) -> float | None:
    """Return the time of a swap at the peak of a GPU's half precision; None if that is unknown."""
    peak = PEAKS.get(gpu)
    return None if peak is None else SWAP_OPERATIONS / peak / 1e9


def nvml_handle(nvml: Any, device: Device) -> Any:
    """Return the driver's handle of a GPU that CUDA numbers; NVML has to be initialized.

    CUDA's numbers are the driver's unless CUDA_VISIBLE_DEVICES chooses among them.
    """
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    entries = [entry.strip() for entry in chosen.split(",")] if chosen else []
    entry = entries[device.number] if entries else str(device.number)
    if entry.isdecimal():
        return nvml.nvmlDeviceGetHandleByIndex(int(entry))
    return nvml.nvmlDeviceGetHandleByUUID(entry)


def cudnn_version(number: int) -> str:
    """Return what `cudnnGetVersion` of cuDNN 9 says in the usual notation."""
    return f"{number // 10_000}.{number // 100 % 100}.{number % 100}"


def cuda_version(number: int) -> str:
    """Return a version of CUDA, as its functions count them, in the usual notation."""
    return f"{number // 1000}.{number // 10 % 100}"


def _driver() -> dict[str, str]:
    import pynvml

    pynvml.nvmlInit()
    try:
        return {
            "driver": pynvml.nvmlSystemGetDriverVersion(),
            "driver_cuda": cuda_version(pynvml.nvmlSystemGetCudaDriverVersion_v2()),
        }
    finally:
        pynvml.nvmlShutdown()


def _libraries(host: Host) -> dict[str, str]:
    """Ask the libraries that ONNX Runtime will use which versions they are."""
    prepare_cuda()
    major = (host.runtime.cuda_release or (13, 0))[0]
    versions = {"cuda": UNKNOWN, "cudnn": UNKNOWN}
    for name in library_names(major, sys.platform):
        try:
            if "cudart" in name:
                number = ctypes.c_int()
                ctypes.CDLL(name).cudaRuntimeGetVersion(ctypes.byref(number))
                versions["cuda"] = cuda_version(number.value)
            elif "cudnn" in name:
                function = ctypes.CDLL(name).cudnnGetVersion
                function.restype = ctypes.c_size_t
                versions["cudnn"] = cudnn_version(function())
        except (OSError, AttributeError):
            # It is a line of a report, and what cannot be loaded shows in the rows.
            continue
    return versions
