from __future__ import annotations

from typing import Any

import pytest

from dlc.errors import ProviderError
from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.model_store.role import Role
from tests.host import machines


class Failing:
    """A session on a GPU that fails in the middle of a run."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def get_providers(self) -> list[str]:
        return [machines.CUDA, machines.CPU]

    def run(self, *_: Any) -> None:
        raise RuntimeError(self.reason)


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("CUDA failure 2: out of memory", "close other programs that use the GPU's memory, or use"),
        ("CUDA failure 719: unspecified launch failure", "try again, update the device's driver,"),
    ],
)
def test_what_to_do_about_a_run_that_fails_follows_from_why_it_did(
    reason: str, remedy: str
) -> None:
    session: Any = Failing(reason)
    route = choose_route(Role.SWAPPER, machines.nvidia(machines.RTX_4090), threads=1)
    with pytest.raises(ProviderError) as caught:
        RoutedSession("model.onnx", session, route).run(None, {})
    assert f"failed on CUDA ({reason}): {remedy}" in str(caught.value)
