"""Headless face swapping for video files and pictures.

Example:
    >>> import dlc
    >>> result = dlc.swap("me.jpg", "clip.mp4", "swapped.mp4")  # doctest: +SKIP
    >>> print(result.frames, result.faces)  # doctest: +SKIP
    250 250
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlc.errors import (
    CameraError,
    Cancelled,
    DamagedInputError,
    DlcError,
    EncoderError,
    InputError,
    MissingLibraryError,
    ModelError,
    NoFaceError,
    OptionError,
    OutputError,
    ProvenanceError,
    ProviderError,
    SafeguardError,
    StageError,
    VirtualCameraError,
    WriteError,
)
from dlc.options import (
    EncodeOptions,
    Engine,
    FaceChoice,
    NeuralOptions,
    Preset,
    Provider,
    SwapOptions,
)
from dlc.pipeline.cancel import CancelToken
from dlc.workflows.progress import Progress
from dlc.workflows.result import ModelUse, SwapResult

if TYPE_CHECKING:
    from dlc.workflows.swap import swap

__all__ = [
    "CameraError",
    "CancelToken",
    "Cancelled",
    "DamagedInputError",
    "DlcError",
    "EncodeOptions",
    "EncoderError",
    "Engine",
    "FaceChoice",
    "InputError",
    "MissingLibraryError",
    "ModelError",
    "ModelUse",
    "NeuralOptions",
    "NoFaceError",
    "OptionError",
    "OutputError",
    "Preset",
    "Progress",
    "ProvenanceError",
    "Provider",
    "ProviderError",
    "SafeguardError",
    "StageError",
    "SwapOptions",
    "SwapResult",
    "VirtualCameraError",
    "WriteError",
    "swap",
]


def __getattr__(name: str) -> Any:
    """Load what needs OpenCV, FFmpeg and ONNX Runtime when it is first used (PEP 562)."""
    if name == "swap":
        from dlc.workflows.libraries import require_libraries

        require_libraries()
        from dlc.workflows.swap import swap

        globals()[name] = swap
        return swap
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
