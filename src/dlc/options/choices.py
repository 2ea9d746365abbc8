"""The choices that options offer: enums whose values are what users type."""

from __future__ import annotations

from enum import StrEnum


class Engine(StrEnum):
    """Which swapper does the work."""

    AUTO = "auto"
    MESH = "mesh"
    INSWAPPER = "inswapper"


class Provider(StrEnum):
    """What runs the neural models."""

    AUTO = "auto"
    CPU = "cpu"
    COREML = "coreml"
    CUDA = "cuda"
    TENSORRT = "tensorrt"
    DIRECTML = "directml"
    OPENVINO = "openvino"


class VideoDecoder(StrEnum):
    """What decodes a target."""

    SOFTWARE = "software"
    NVDEC = "nvdec"
    """NVIDIA's decoder on the GPU, or software with a warning where it does not do the same."""


NVENC = "nvenc"
"""For an encoder: NVIDIA's on the GPU that suits the output, or the output's default one with a
warning where there is none."""


class FaceChoice(StrEnum):
    """Which faces of a frame are swapped."""

    ALL = "all"
    LARGEST = "largest"
    SMALLEST = "smallest"
    LEFT = "left"
    RIGHT = "right"


class Preset(StrEnum):
    """How much encoding time a smaller file is worth."""

    FAST = "fast"
    BALANCED = "balanced"
    QUALITY = "quality"


class PixelBoost(StrEnum):
    """Side in pixels of faces that a model of 128 pixels makes in several parts."""

    SIDE_256 = "256"
    SIDE_512 = "512"


class ColorMatch(StrEnum):
    """What of the old face's colors the new one takes on."""

    NONE = "none"
    LAB = "lab"
    LOCAL = "local"


class BlendMethod(StrEnum):
    """How a new face is put into the frame."""

    ALPHA = "alpha"
    POISSON = "poisson"


class Enhancer(StrEnum):
    """Which restoration model gives new faces finer detail."""

    GFPGAN = "gfpgan"
    GPEN256 = "gpen256"
    GPEN512 = "gpen512"


class Occlusion(StrEnum):
    """What keeps things in front that come in front of a face."""

    AUTO = "auto"
    BUILT_IN = "built-in"
    MODEL = "model"
    OFF = "off"


class Fit(StrEnum):
    """How a picture gets another shape."""

    LETTERBOX = "letterbox"
    CROP = "crop"


class NoFace(StrEnum):
    """What viewers of a live picture see while there is no swapped face in it."""

    PASS = "pass"  # noqa: S105 - a choice, no password
    BLANK = "blank"
    FREEZE = "freeze"
