"""Says on what a measurement ran, because a figure without its machine means little."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import version
from pathlib import Path


def describe() -> dict[str, str | float]:
    """Return the date, the processor and how busy it is, and the versions of what does the work."""
    libraries = ("av", "numpy", "onnxruntime", "opencv-python")
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _cores(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "dlc": version("dlc"),
        "libraries": ", ".join(f"{name} {version(name)}" for name in libraries),
    }


def _cores() -> int:
    return os.cpu_count() or 1


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
