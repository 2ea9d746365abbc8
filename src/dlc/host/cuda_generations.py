"""For which generations of NVIDIA GPUs the packages of ONNX Runtime hold machine code.

Read from the wheels of onnxruntime-gpu 1.26.0 and 1.31.1 for Linux. Machine code runs on its own
major compute capability from its minor one on; PTX is compiled for any later GPU when it is loaded.

| release | CUDA | machine code for                   | PTX |
|---------|------|------------------------------------|-----|
| 1.26.0  | 12.8 | 6.0, 7.0, 7.5, 8.0, 8.6, 9.0       | 9.0 |
| 1.31.1  | 13.0 | 7.5, 8.0, 8.6, 8.9, 9.0, 12.0      |     |
"""

from __future__ import annotations

from dlc.host.host import Runtime

# Maxwell, Pascal and Volta cannot come back: CUDA 13 itself dropped them (its release notes).
_OLDEST_OF_CUDA_13 = (7, 5)
# Blackwell's data center GPUs are missing from what was read; a later release may well add them.
_LAST_READ = (1, 31)
_MAJORS_OF_LAST_READ = (7, 8, 9, 12)

LAST_WITH_CUDA_12 = "onnxruntime-gpu[cuda,cudnn]<1.27"


def has_code_for(capability: tuple[int, int], runtime: Runtime) -> bool:
    """Return whether `runtime` can run on a GPU of a compute capability.

    True where it is not known; running a model then tells.
    """
    cuda = runtime.cuda_release
    if cuda is None or cuda < (13, 0):
        return True
    if capability < _OLDEST_OF_CUDA_13:
        return False
    return runtime.release > _LAST_READ or capability[0] in _MAJORS_OF_LAST_READ
