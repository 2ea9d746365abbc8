"""What OpenVINO needs before its first session."""

from __future__ import annotations

import os
import sys

from dlc.host.package_folders import package_folders


def prepare_openvino() -> None:
    """Put OpenVINO's libraries where ONNX Runtime looks for them on Windows.

    There, onnxruntime-openvino comes without them and does not require the package that has them.
    ONNX Runtime searches PATH for what a provider depends on (core/platform/windows/env.cc). Wheels
    for Linux hold them. Calling this again changes nothing.
    """
    if sys.platform != "win32":
        return
    searched = os.environ.get("PATH", "").split(os.pathsep)
    folders = [str(folder / "libs") for folder in package_folders("openvino")]
    new = [folder for folder in folders if folder not in searched]
    os.environ["PATH"] = os.pathsep.join((*new, *searched))
