from __future__ import annotations

import pytest

from dlc.inference.failures import plain_message


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        (
            "[ONNXRuntimeError] : 7 : INVALID_PROTOBUF : Failed to load model because protobuf "
            "parsing failed.",
            "Failed to load model because protobuf parsing failed",
        ),
        (
            "/onnxruntime_src/onnxruntime/python/onnxruntime_pybind_state.cc:729 void onnxruntime"
            "::python::RegisterTensorRTPluginsAsCustomOps(PySessionOptions&, const onnxruntime::"
            "ProviderOptions&) Please install TensorRT libraries as mentioned in the GPU "
            "requirements page, make sure they're in the PATH or LD_LIBRARY_PATH, and that your "
            "GPU is supported.\n",
            "Please install TensorRT libraries as mentioned in the GPU requirements page, make "
            "sure they're in the PATH or LD_LIBRARY_PATH, and that your GPU is supported",
        ),
        ("Required inputs (['source']) are missing", "Required inputs (['source']) are missing"),
    ],
)
def test_a_message_loses_its_code_and_its_place_in_the_source(message: str, plain: str) -> None:
    assert plain_message(RuntimeError(message)) == plain
