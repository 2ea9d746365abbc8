"""The roles of models."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a model does in dlc."""

    DETECTOR = "detector"
    LANDMARKER = "landmarker"
    RECOGNIZER = "recognizer"
    SWAPPER = "swapper"
    ENHANCER = "enhancer"
    OCCLUDER = "occluder"
    BUILT_IN = "built-in"
    """The small models that dlc ships and the built-in engine uses."""
