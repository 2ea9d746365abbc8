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
    """NVIDIA's decoder on the GPU; software, with a warning, where its output would differ."""


NVENC = "nvenc"
"""An encoder: the NVIDIA hardware encoder that suits the output; the output's default, with a
warning, if there is none."""


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
    """Side in pixels of faces that a model of 128 pixels composes from several passes."""

    SIDE_256 = "256"
    SIDE_512 = "512"


class ColorMatch(StrEnum):
    """How the new face's colors are matched to the old one's."""

    NONE = "none"
    LAB = "lab"
    LOCAL = "local"


class BlendMethod(StrEnum):
    """How a new face is blended into the frame."""

    ALPHA = "alpha"
    POISSON = "poisson"


class Enhancer(StrEnum):
    """Which restoration model gives new faces finer detail."""

    GFPGAN = "gfpgan"
    GPEN256 = "gpen256"
    GPEN512 = "gpen512"


class Occlusion(StrEnum):
    """What keeps objects in front of a face in front."""

    AUTO = "auto"
    BUILT_IN = "built-in"
    MODEL = "model"
    OFF = "off"


class Fit(StrEnum):
    """How a picture of another shape is made to fit."""

    LETTERBOX = "letterbox"
    CROP = "crop"


class NoFace(StrEnum):
    """What viewers see unless every face in a live picture was swapped."""

    PASS = "pass"  # noqa: S105 - a choice, no password
    BLANK = "blank"
    FREEZE = "freeze"
