"""The names of the graph rewrites, and which ONNX Runtime makes each needless.

Kept apart from the rewrites so that code that only names them need not import onnx.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

# Metadata key for the comma-separated rewrites that a model file went through.
REWRITES_METADATA = "dlc.rewrites"
# The second output of a model that returns 8-bit pixels: a number per picture, which is finite if
# the whole picture was. The pixels themselves cannot show that.
FINITE_OUTPUT = "dlc.mean"


class Rewrite(StrEnum):
    """A change of a graph that preserves its result and avoids what a provider cannot do."""

    WEIGHTS = "weights-as-constants"
    INPUT_SIZE = "input-size-fixed"
    SHAPES = "shapes-as-constants"
    REFLECT_PAD = "reflect-pad-as-slices"
    SPLIT = "split-as-slices"
    SCALAR_GATHER = "scalar-gather-widened"
    FLATTEN = "flatten-as-reshape"
    RECIPROCAL = "reciprocal-as-division"
    TAIL_BATCH_NORM = "batch-norm-into-gemm"
    BATCH = "batch-opened"
    INSTANCE_NORM = "instance-normalization"
    HALF = "half-precision"
    PIXELS = "8-bit-pixels"
    WINOGRAD = "winograd-convolutions"


# The first ONNX Runtime release whose ML programs for CoreML do not need the rewrite.
NEEDLESS_FROM: Mapping[Rewrite, tuple[int, int]] = MappingProxyType(
    {
        Rewrite.REFLECT_PAD: (1, 26),
        Rewrite.SPLIT: (1, 27),
        Rewrite.SCALAR_GATHER: (1, 27),
    }
)
