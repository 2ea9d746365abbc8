"""What the installed ONNX Runtime says about itself."""

from __future__ import annotations

import onnxruntime

from dlc.host.host import Runtime


def installed_runtime() -> Runtime:
    """Return the version and the built-in providers of the ONNX Runtime that Python imports."""
    return Runtime(
        version=onnxruntime.__version__,
        providers=tuple(onnxruntime.get_available_providers()),
        cuda=getattr(onnxruntime, "cuda_version", "") or None,
    )
