from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

from dlc.errors import ModelError
from dlc.inference.cpu import create_session
from dlc.inference.failures import OTHER_ERRORS
from dlc.model_store.builtin import builtin_model
from tests.inference.small_models import write_model


@pytest.mark.parametrize("threads", [1, 2])
def test_a_session_runs_on_the_cpu_with_the_threads_asked_for(threads: int) -> None:
    session = create_session(builtin_model("iris.onnx"), threads=threads)
    assert session.get_providers() == ["CPUExecutionProvider"]
    options = session.get_session_options()
    assert options.intra_op_num_threads == threads
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    contour, iris = session.run(None, {"image": np.zeros((1, 3, 64, 64), np.float32)})
    assert contour.shape == (1, 71, 3)
    assert iris.shape == (1, 5, 3)


@pytest.mark.parametrize("kept", [0, 4, 50_000, -1])
def test_a_damaged_file_is_a_model_error(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "damaged.onnx"
    path.write_bytes(builtin_model("iris.onnx").read_bytes()[:kept])
    with pytest.raises(ModelError, match=r"damaged\.onnx cannot be loaded"):
        create_session(path)


def test_a_missing_file_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.onnx cannot be loaded"):
        create_session(tmp_path / "nowhere.onnx")


def test_what_fails_in_a_run_is_not_printed_too(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gather = helper.make_node("Gather", ["image", "image"], ["output"])
    session = create_session(
        write_model(tmp_path / "gather.onnx", gather, (2,), element=TensorProto.INT64)
    )
    with pytest.raises(OTHER_ERRORS, match="out of data bounds"):
        session.run(None, {"image": np.array([0, 9])})
    assert capfd.readouterr().err == ""
