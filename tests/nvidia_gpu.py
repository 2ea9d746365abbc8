"""Whether there is an NVIDIA GPU to test and measure on: `python -m tests.nvidia_gpu` tells."""

from __future__ import annotations

import re
import sys

from rich.console import Console

from dlc.host.detect import detect_host
from dlc.host.host import Host
from dlc.host.obstacles import obstacles
from dlc.inference.runtime import installed_runtime
from dlc.options import Provider


def main() -> None:
    """Name the GPU, or end with exit code 1 and say what keeps models from running on it."""
    host = detect_host(installed_runtime())
    reason = why_no_gpu(host)
    if reason is not None:
        raise SystemExit(f"no test of the GPU can run: {reason}")
    assert host.nvidia.best is not None
    Console(highlight=False).print(f"GPU: {host.nvidia.gpus[host.nvidia.best]}")


def why_no_gpu(host: Host) -> str | None:
    """Return what keeps ONNX Runtime from using a GPU, and what to do about it; None if nothing.

    A remedy that calls pip names the Python that runs this, which need not be the first in PATH.
    """
    reasons = [str(problem) for problem in obstacles(Provider.CUDA, host)]
    if not reasons and host.nvidia.best is None:
        reasons = ["nothing tells which GPU there is; run: pip install nvidia-ml-py"]
    own_pip = f"{sys.executable} -m pip"
    return re.sub(r"\bpip(?= (?:un)?install)", lambda _: own_pip, "; ".join(reasons)) or None


if __name__ == "__main__":
    main()
