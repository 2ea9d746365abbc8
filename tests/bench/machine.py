"""Says on what a measurement ran, because a figure without its machine means little."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import onnxruntime


def describe() -> dict[str, str | float]:
    """Return the date, the processor and how busy it is, and the versions of what does the work."""
    libraries = ("av", "numpy", "opencv-python")
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _cores(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "dlc": version("dlc"),
        "libraries": ", ".join(
            [f"{name} {_version(name)}" for name in libraries]
            # It comes in packages of several names.
            + [f"onnxruntime {onnxruntime.__version__}"]
        ),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        # opencv-python has a twin without windows, which does as well.
        return version(f"{name}-headless")


def _cores() -> int:
    return os.cpu_count() or 1


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
