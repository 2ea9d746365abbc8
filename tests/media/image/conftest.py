from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture
def rgb(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a part of the astronaut's picture: uint8 (192, 256, 3) RGB."""
    return np.ascontiguousarray(astronaut[64:256, 128:384, ::-1])
