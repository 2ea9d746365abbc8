"""Names of the providers that users can choose, for ONNX Runtime and for people."""

from __future__ import annotations

from dlc.options import Provider

CPU_EXECUTION_PROVIDER = "CPUExecutionProvider"

_EXECUTION_PROVIDERS = {
    Provider.CPU: CPU_EXECUTION_PROVIDER,
    Provider.COREML: "CoreMLExecutionProvider",
    Provider.CUDA: "CUDAExecutionProvider",
    Provider.TENSORRT: "TensorrtExecutionProvider",
    Provider.DIRECTML: "DmlExecutionProvider",
    Provider.OPENVINO: "OpenVINOExecutionProvider",
}
_LABELS = {
    Provider.CPU: "the CPU",
    Provider.COREML: "CoreML",
    Provider.CUDA: "CUDA",
    Provider.TENSORRT: "TensorRT",
    Provider.DIRECTML: "DirectML",
    Provider.OPENVINO: "OpenVINO",
}


def execution_provider(provider: Provider) -> str:
    """Return ONNX Runtime's name of a provider; AUTO has none and raises KeyError."""
    return _EXECUTION_PROVIDERS[provider]


def label(provider: Provider) -> str:
    """Return a provider's name for sentences; AUTO has none and raises KeyError."""
    return _LABELS[provider]
