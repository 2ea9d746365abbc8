"""The generations of NVIDIA GPUs that ONNX Runtime's packages have machine code for.

Read from the wheels of onnxruntime-gpu 1.26.0 and 1.31.1 for Linux. Machine code runs on GPUs of
the same major compute capability and the same or a later minor one; PTX is compiled for any later
GPU at load time.

| release | CUDA | machine code for                   | PTX |
|---------|------|------------------------------------|-----|
| 1.26.0  | 12.8 | 6.0, 7.0, 7.5, 8.0, 8.6, 9.0       | 9.0 |
| 1.31.1  | 13.0 | 7.5, 8.0, 8.6, 8.9, 9.0, 12.0      |     |

cuDNN has its own machine code: 9.11 dropped everything older than 7.5 (NVIDIA's support matrices of
9.10 and 9.11; immich pull request 23110).
"""

from __future__ import annotations

from dlc.host.host import Nvidia, Runtime

_CUDA_13 = (13, 0)
# Maxwell, Pascal and Volta will not come back: CUDA 13 itself dropped them (see its release notes),
# and so did cuDNN with this release.
_OLDEST = (7, 5)
_CUDNN_WITHOUT_OLDER = (9, 11)
# The wheels that were read lack Blackwell's data center GPUs; a later release may well add them.
_LAST_READ = (1, 31)
_MAJORS_OF_LAST_READ = (7, 8, 9, 12)

# In double quotes, as to Windows' cmd.exe single ones mean nothing, and "<" reads from a file.
GPU_PACKAGE = '"onnxruntime-gpu[cuda,cudnn]"'
CUDNN_WITH_OLDER = '"nvidia-cudnn-cu12<9.11"'
_LAST_WITH_CUDA_12 = '"onnxruntime-gpu[cuda,cudnn]<1.27"'


def has_code_for(capability: tuple[int, int], runtime: Runtime) -> bool:
    """Return whether `runtime` can run on a GPU of this compute capability.

    True if unknown; running a model will show.
    """
    cuda = runtime.cuda_release
    if cuda is None or cuda < _CUDA_13:
        return True
    if capability < _OLDEST:
        return False
    return runtime.release > _LAST_READ or capability[0] in _MAJORS_OF_LAST_READ


def cudnn_has_code_for(capability: tuple[int, int], cudnn: tuple[int, int] | None) -> bool:
    """Return whether a release of cuDNN can run on a GPU of this compute capability.

    Args:
        capability: the GPU's compute capability.
        cudnn: its major and minor version; None means unknown, and is assumed to work.
    """
    return cudnn is None or cudnn < _CUDNN_WITHOUT_OLDER or capability >= _OLDEST


def gpu_packages(nvidia: Nvidia) -> str:
    """Return what pip should install to run models on the best GPU, quoted for a shell."""
    capability = nvidia.capability
    if capability is not None and capability < _OLDEST:
        return f"{_LAST_WITH_CUDA_12} {CUDNN_WITH_OLDER}"
    is_read = capability is None or capability[0] in _MAJORS_OF_LAST_READ
    runs_cuda_13 = nvidia.cuda is None or nvidia.cuda >= _CUDA_13
    return GPU_PACKAGE if is_read and runs_cuda_13 else _LAST_WITH_CUDA_12
