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
        (
            "/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 std::conditional_t<"
            "THRW, void, common::Status> onnxruntime::CudaCall(ERRTYPE, const char*, const char*, "
            "SUCCTYPE, const char*, const char*, int) [with ERRTYPE = cudaError; bool THRW = true; "
            "SUCCTYPE = cudaError; std::conditional_t<THRW, void, common::Status> = void] "
            "CUDA failure 2: out of memory ; GPU=0 ; hostname=box ; file=/onnxruntime_src/cuda.cc "
            "; line=121 ; expr=cudaMalloc((void**)&p, size); ",
            "CUDA failure 2: out of memory",
        ),
        (
            "CUDNN failure 4002: CUDNN_STATUS_ALLOC_FAILED ; GPU=0 ; hostname=box",
            "CUDNN failure 4002: CUDNN_STATUS_ALLOC_FAILED",
        ),
        ("Required inputs (['source']) are missing", "Required inputs (['source']) are missing"),
    ],
)
def test_a_message_loses_its_code_and_its_place_in_the_source(message: str, plain: str) -> None:
    assert plain_message(RuntimeError(message)) == plain
