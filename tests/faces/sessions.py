"""Sessions on this machine's CPU, and ones that count or wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from tests.host import machines


def routed(path: Path, role: Role, shape: tuple[int, ...] | None = None) -> RoutedSession:
    """Open a model on the CPU; a shape fixes its input's, as accelerators' routes do."""
    route = choose_route(role, machines.cpu_only(), threads=2)
    return open_session(path, replace(route, input_shape=shape))


class CountingSession:
    """A real session that counts its runs."""

    def __init__(self, session: RoutedSession) -> None:
        self.session = session
        self.runs = 0

    def run(
        self, names: Sequence[str], feed: Mapping[str, NDArray[np.float32]], /
    ) -> list[NDArray[np.float32]]:
        self.runs += 1
        return self.session.run(names, feed)

    def get_inputs(self) -> list[Any]:
        return self.session.get_inputs()

    def get_outputs(self) -> list[Any]:
        return self.session.get_outputs()

    def get_providers(self) -> list[str]:
        return self.session.get_providers()
