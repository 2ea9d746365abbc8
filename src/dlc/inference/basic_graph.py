"""A graph as ONNX Runtime sees it when it asks providers which nodes they take."""

from __future__ import annotations

import tempfile
from pathlib import Path

import onnxruntime

from dlc.inference.cpu import load_on_cpu, session_options


def basic_optimized(model: bytes, folder: Path) -> bytes:
    """Return a model after ONNX Runtime's basic optimizations, which precede partitioning.

    External weights stay external.

    Args:
        model: the content of an ONNX file.
        folder: location of the files it refers to.

    Raises:
        ModelError: ONNX Runtime cannot load the model.
    """
    options = unchanged_weights_options(folder)
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with tempfile.TemporaryDirectory(prefix="dlc-graph-") as temporary:
        written = Path(temporary) / "basic.onnx"
        options.optimized_model_filepath = str(written)
        load_on_cpu(model, options)
        return written.read_bytes()


def unchanged_weights_options(folder: Path, threads: int = 1) -> onnxruntime.SessionOptions:
    """Return options for a session that uses weights as stored in files in `folder`."""
    options = session_options(threads)
    # Rearranged for speed, the weights would be in memory twice.
    options.add_session_config_entry("session.disable_prepacking", "1")
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(folder)
    )
    return options
