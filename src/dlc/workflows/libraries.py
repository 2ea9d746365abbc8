"""Checks that the compiled libraries load, and says what to install if one does not."""

from __future__ import annotations

import importlib
import re

from dlc.errors import MissingLibraryError
from dlc.media.opencv_environment import prepare_opencv

# Name of each module in the package index.
_PACKAGES = {"cv2": "opencv-python", "av": "av", "onnxruntime": "onnxruntime"}

# Shared libraries that OpenCV needs and minimal systems lack, with their Debian/Ubuntu packages.
_SYSTEM_PACKAGES = {
    "libGL.so": "libgl1",
    "libgthread-2.0.so": "libglib2.0-0",
    "libglib-2.0.so": "libglib2.0-0",
    "libgomp.so": "libgomp1",
    "libxcb.so": "libxcb1",
}


def require_libraries(*modules: str) -> None:
    """Import compiled libraries.

    Args:
        modules: their names, of cv2, av and onnxruntime; none means all of them.

    Raises:
        MissingLibraryError: one cannot be loaded; the message names the package that provides it.
    """
    prepare_opencv()
    for module in modules or _PACKAGES:
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise MissingLibraryError(_advice(module, _PACKAGES[module], str(error))) from error


def _advice(module: str, package: str, reason: str) -> str:
    if "failed to map segment" in reason:
        return f"cannot load {module}: not enough memory ({reason}); raise the process's limit"
    missing = re.search(r"(lib[\w.+-]+?\.so)[\w.]*: cannot open shared object file", reason)
    if missing is None:
        return f"cannot load {module} ({reason}); pip install --force-reinstall {package} may help"
    advice = f"cannot load {module} because {missing[1]} is missing from this system; "
    system_package = _SYSTEM_PACKAGES.get(missing[1])
    steps = [f"apt install {system_package}"] if system_package else []
    if module == "cv2":
        steps.append("pip uninstall -y opencv-python && pip install opencv-python-headless")
    if not steps:
        return advice + "install the system package that brings it"
    return advice + "install it: " + ", or without root rights: ".join(steps)
