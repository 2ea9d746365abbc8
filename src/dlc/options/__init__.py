"""What a user can choose, as frozen dataclasses that are passed on explicitly."""

from dlc.options.choices import (
    NVENC,
    BlendMethod,
    ColorMatch,
    Engine,
    Enhancer,
    FaceChoice,
    Fit,
    NoFace,
    Occlusion,
    PixelBoost,
    Preset,
    Provider,
    VideoDecoder,
)
from dlc.options.groups import (
    EncodeOptions,
    EnhanceOptions,
    LookOptions,
    MaskOptions,
    NeuralOptions,
    PeopleOptions,
    ProvenanceOptions,
    SafeguardPolicy,
)
from dlc.options.live import CaptureOptions, LiveOptions, VirtualCameraOptions
from dlc.options.optimize import OptimizeOptions
from dlc.options.run import RunOptions
from dlc.options.swap import ResumeOptions, SwapOptions

__all__ = [
    "NVENC",
    "BlendMethod",
    "CaptureOptions",
    "ColorMatch",
    "EncodeOptions",
    "Engine",
    "EnhanceOptions",
    "Enhancer",
    "FaceChoice",
    "Fit",
    "LiveOptions",
    "LookOptions",
    "MaskOptions",
    "NeuralOptions",
    "NoFace",
    "Occlusion",
    "OptimizeOptions",
    "PeopleOptions",
    "PixelBoost",
    "Preset",
    "ProvenanceOptions",
    "Provider",
    "ResumeOptions",
    "RunOptions",
    "SafeguardPolicy",
    "SwapOptions",
    "VideoDecoder",
    "VirtualCameraOptions",
]
