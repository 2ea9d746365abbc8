from __future__ import annotations

import pytest

from dlc.inference.failures import lacks_memory, plain_message


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
        (
            "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running Conv "
            "node. Name:'Conv_0' Status Message: /onnxruntime_src/onnxruntime/core/framework/"
            "bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, "
            "onnxruntime::Stream*) Failed to allocate memory for requested buffer of size "
            "4915200\n",
            "Non-zero status code returned while running Conv node. Name:'Conv_0' Status Message: "
            "Failed to allocate memory for requested buffer of size 4915200",
        ),
        ("Required inputs (['source']) are missing", "Required inputs (['source']) are missing"),
    ],
)
def test_a_message_loses_its_code_and_its_place_in_the_source(message: str, plain: str) -> None:
    assert plain_message(RuntimeError(message)) == plain


@pytest.mark.parametrize(
    ("reason", "lacks"),
    [
        ("Failed to allocate memory for requested buffer of size 4915200", True),
        ("CUDA failure 2: out of memory", True),
        ("CUDNN failure 4002: CUDNN_STATUS_ALLOC_FAILED", True),
        ("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED", True),
        ("CUDA failure 719: unspecified launch failure", False),
        ("CUDNN failure 5000: CUDNN_STATUS_EXECUTION_FAILED", False),
    ],
)
def test_a_lack_of_memory_is_told_from_other_reasons(reason: str, lacks: bool) -> None:
    assert lacks_memory(reason) is lacks


def test_a_message_that_quotes_a_damaged_file_is_read_as_far_as_possible() -> None:
    quoting = b"[ONNXRuntimeError] : 1 : FAIL : Type Error: Type 'tensor\xff' is unknown."
    with pytest.raises(UnicodeDecodeError) as caught:
        quoting.decode()
    assert plain_message(caught.value) == "Type Error: Type 'tensor\ufffd' is unknown"
