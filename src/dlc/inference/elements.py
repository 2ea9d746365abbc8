"""The types of numbers that face models take and give."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

# NumPy's types by ONNX Runtime's names of them.
ELEMENTS: Mapping[str, np.dtype[Any]] = MappingProxyType(
    {
        "tensor(float)": np.dtype(np.float32),
        "tensor(float16)": np.dtype(np.float16),
        "tensor(uint8)": np.dtype(np.uint8),
    }
)
