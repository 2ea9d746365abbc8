"""The names of the graph rewrites, and since when ONNX Runtime does without each of them.

Apart from the rewrites themselves so that what only speaks of them need not import onnx.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

# A model file lists here, separated by commas, the rewrites it has been through.
REWRITES_METADATA = "dlc.rewrites"
# The second output of a model that gives 8-bit pixels: a number for each picture, which is finite
# if all of the picture was. Pixels themselves cannot tell.
FINITE_OUTPUT = "dlc.mean"


class Rewrite(StrEnum):
    """A change of a graph that leaves its result alone and spares a provider what it cannot do."""

    WEIGHTS = "weights-as-constants"
    INPUT_SIZE = "input-size-fixed"
    SHAPES = "shapes-as-constants"
    REFLECT_PAD = "reflect-pad-as-slices"
    SPLIT = "split-as-slices"
    SCALAR_GATHER = "scalar-gather-widened"
    FLATTEN = "flatten-as-reshape"
    TAIL_BATCH_NORM = "batch-norm-into-gemm"
    BATCH = "batch-opened"
    INSTANCE_NORM = "instance-normalization"
    HALF = "half-precision"
    PIXELS = "8-bit-pixels"
    WINOGRAD = "winograd-convolutions"


# The first release of ONNX Runtime whose ML programs for CoreML do it without the rewrite.
NEEDLESS_FROM: Mapping[Rewrite, tuple[int, int]] = MappingProxyType(
    {
        Rewrite.REFLECT_PAD: (1, 26),
        Rewrite.SPLIT: (1, 27),
        Rewrite.SCALAR_GATHER: (1, 27),
    }
)
