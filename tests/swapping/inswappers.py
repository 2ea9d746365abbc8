"""Stand-ins for inswapper_128 and what goes into them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from tests.host import machines


def open_swapper(path: Path) -> RoutedSession:
    """Open a model as a swapper on the CPU."""
    return open_session(path, choose_route(Role.SWAPPER, machines.cpu_only(), threads=1))


def random_embedding(seed: int = 0) -> NDArray[np.float32]:
    """Return float32 (512,) of unit length."""
    vector = np.random.default_rng(seed).standard_normal(512).astype(np.float32)
    return vector / np.linalg.norm(vector)


def noise_crops(count: int) -> list[NDArray[np.uint8]]:
    """Return uint8 (128, 128, 3) each."""
    return list(np.random.default_rng(0).integers(0, 256, (count, 128, 128, 3), np.uint8))
