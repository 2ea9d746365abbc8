"""Textures for tests of sources."""

from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.source.photo import ATLAS_SIZE


@pytest.fixture
def skin() -> Floats:
    """Return a texture of slightly grainy skin."""
    grain = np.random.default_rng(0).normal(1.0, 0.03, (ATLAS_SIZE, ATLAS_SIZE, 1))
    return (np.array([110, 140, 190]) * grain).astype(np.float32)
