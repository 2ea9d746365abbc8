"""ONNX Runtime sessions on the CPU."""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from dlc.errors import ModelError
from dlc.host.providers import CPU_EXECUTION_PROVIDER
from dlc.inference.failures import FILE_ERRORS, OTHER_ERRORS, plain_message
from dlc.model_store.external_data import check_locations, external_locations


def create_session(model: Path | bytes, *, threads: int = 1) -> onnxruntime.InferenceSession:
    """Load a model for the CPU.

    Args:
        model: the ONNX file, or its content.
        threads: threads one run may use, including the calling one.

    Raises:
        ModelError: the file is missing, damaged, or not a model ONNX Runtime can run.
    """
    return load_on_cpu(model, session_options(threads))


def session_options(threads: int) -> onnxruntime.SessionOptions:
    """Return the options that every session of dlc has.

    Args:
        threads: threads one run may use on the CPU, including the calling one.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Otherwise idle workers spin for a while after every run, on cores that decoding, encoding and
    # the other stages need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Record which provider each node was given to, so that it can be queried.
    options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    # Level 4 hides warnings that mean nothing to a user, such as those about unused weights, and
    # errors, which are raised as well: on standard error they would be pages of C++.
    options.log_severity_level = 4
    return options


def load_on_cpu(
    model: Path | bytes, options: onnxruntime.SessionOptions
) -> onnxruntime.InferenceSession:
    """Load a model for the CPU with given options.

    Raises:
        ModelError: the file is missing, damaged, refers to files that are not its own, or is not a
            model ONNX Runtime can run.
    """
    refuse_foreign_files(model)
    try:
        return onnxruntime.InferenceSession(
            model, options, providers=[CPU_EXECUTION_PROVIDER], enable_fallback=0
        )
    except (*FILE_ERRORS, *OTHER_ERRORS, UnicodeDecodeError) as error:
        raise unusable_model(model, error) from error


def refuse_foreign_files(model: Path | bytes) -> None:
    """Raise ModelError for a file that is damaged or refers to files that are not its own."""
    if isinstance(model, Path):
        try:
            locations = external_locations(model)
        except ModelError as error:
            raise unusable_model(model, error) from error
        check_locations(model, locations)


def unusable_model(model: Path | bytes, error: Exception) -> ModelError:
    """Return the error for a model that cannot be loaded at all."""
    return ModelError(
        f"The model file {model_name(model)} cannot be loaded ({plain_message(error)}). "
        "Restore the file: `dlc models pull` downloads the models that dlc knows; "
        "if it came with dlc, install dlc again."
    )


def model_name(model: Path | bytes) -> str:
    """Return a model's name for messages."""
    return str(model) if isinstance(model, Path) else "in memory"
