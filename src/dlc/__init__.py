"""Headless face swapping for video files, pictures and live cameras.

Example:
    >>> import dlc
    >>> result = dlc.swap("me.jpg", "clip.mp4", "swapped.mp4")  # doctest: +SKIP
    >>> print(result.frames, result.faces)  # doctest: +SKIP
    250 250
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dlc.errors import (
    CameraError,
    Cancelled,
    DamagedInputError,
    DlcError,
    EncoderError,
    InputError,
    MicrophoneError,
    MissingLibraryError,
    ModelError,
    NoFaceError,
    OptionError,
    OutputError,
    ProvenanceError,
    ProviderError,
    ResourceError,
    SafeguardError,
    StageError,
    VirtualCameraError,
    WriteError,
)
from dlc.options import (
    NVENC,
    BlendMethod,
    CaptureOptions,
    ColorMatch,
    EncodeOptions,
    Engine,
    EnhanceOptions,
    Enhancer,
    FaceChoice,
    Fit,
    LiveOptions,
    LookOptions,
    MaskOptions,
    NeuralOptions,
    NoFace,
    Occlusion,
    PeopleOptions,
    PixelBoost,
    Preset,
    ProvenanceOptions,
    Provider,
    ResumeOptions,
    SafeguardPolicy,
    SwapOptions,
    VideoDecoder,
    VirtualCameraOptions,
)
from dlc.pipeline.cancel import CancelToken
from dlc.pipeline.report import PipelineReport, StageReport
from dlc.workflows.live.result import LiveEnd, LiveResult
from dlc.workflows.live.stats import LiveStats
from dlc.workflows.progress import FolderProgress, Progress
from dlc.workflows.result import FolderResult, ModelUse, Passage, SwapResult, TargetOutcome

if TYPE_CHECKING:
    from dlc.workflows.batch.folder import swap_folder
    from dlc.workflows.batch.swap import swap
    from dlc.workflows.live.live import live

__all__ = [
    "NVENC",
    "BlendMethod",
    "CameraError",
    "CancelToken",
    "Cancelled",
    "CaptureOptions",
    "ColorMatch",
    "DamagedInputError",
    "DlcError",
    "EncodeOptions",
    "EncoderError",
    "Engine",
    "EnhanceOptions",
    "Enhancer",
    "FaceChoice",
    "Fit",
    "FolderProgress",
    "FolderResult",
    "InputError",
    "LiveEnd",
    "LiveOptions",
    "LiveResult",
    "LiveStats",
    "LookOptions",
    "MaskOptions",
    "MicrophoneError",
    "MissingLibraryError",
    "ModelError",
    "ModelUse",
    "NeuralOptions",
    "NoFace",
    "NoFaceError",
    "Occlusion",
    "OptionError",
    "OutputError",
    "Passage",
    "PeopleOptions",
    "PipelineReport",
    "PixelBoost",
    "Preset",
    "Progress",
    "ProvenanceError",
    "ProvenanceOptions",
    "Provider",
    "ProviderError",
    "ResourceError",
    "ResumeOptions",
    "SafeguardError",
    "SafeguardPolicy",
    "StageError",
    "StageReport",
    "SwapOptions",
    "SwapResult",
    "TargetOutcome",
    "VideoDecoder",
    "VirtualCameraError",
    "VirtualCameraOptions",
    "WriteError",
    "live",
    "swap",
    "swap_folder",
]

# ONNX Runtime's packages send usage data to Microsoft unless this is set before they are imported.
# Whoever wants that sets it to 0.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

# Where they are, by their names.
_WORKFLOWS = {
    "live": "dlc.workflows.live.live",
    "swap": "dlc.workflows.batch.swap",
    "swap_folder": "dlc.workflows.batch.folder",
}


def __getattr__(name: str) -> Any:
    """Load what needs OpenCV, FFmpeg and ONNX Runtime when it is first used (PEP 562)."""
    if name in _WORKFLOWS:
        from importlib import import_module

        from dlc.workflows.libraries import require_libraries

        require_libraries()
        workflow = getattr(import_module(_WORKFLOWS[name]), name)
        globals()[name] = workflow
        return workflow
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
