"""Fixes the sizes that a model leaves open."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from dlc.errors import ModelError
from dlc.inference.cpu import load_on_cpu, model_name, session_options


def fix_input_shape(
    options: onnxruntime.SessionOptions, model: Path | bytes, shape: tuple[int, ...]
) -> None:
    """Fix the shape of the model's first input for a session with `options`.

    Sizes that the model itself fixes stay as they are.

    Args:
        options: options of the future session; modified.
        model: the ONNX file, or its content.
        shape: for example (1, 3, 640, 640).

    Raises:
        ModelError: the file cannot be loaded, or its first input cannot have the shape.
    """
    for name, size in _sizes_by_name(model, shape).items():
        options.add_free_dimension_override_by_name(name, size)


def _sizes_by_name(model: Path | bytes, shape: tuple[int, ...]) -> dict[str, int]:
    """Return the size of every named dimension; ONNX fixes them by name, and names may repeat."""
    actual = _first_input(model).shape
    if len(actual) != len(shape):
        raise ModelError(
            f"The model file {model_name(model)} takes an input of {len(actual)} dimensions where "
            f"{len(shape)} were expected: it is a model for something else."
        )
    sizes: dict[str, int] = {}
    for dimension, size in zip(actual, shape, strict=True):
        if isinstance(dimension, str) and sizes.setdefault(dimension, size) != size:
            raise ModelError(
                f"The model file {model_name(model)} has inputs of shape {actual}, which cannot be "
                f"{shape}: use `provider='cpu'`, which leaves the shape open."
            )
    return sizes


def _first_input(model: Path | bytes) -> onnxruntime.NodeArg:
    """Load the model as cheaply as possible, just to inspect it."""
    options = session_options(threads=1)
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.add_session_config_entry("session.disable_prepacking", "1")
    return load_on_cpu(model, options).get_inputs()[0]
