"""Which engine does the work, and the honest answer where one is missing."""

from __future__ import annotations

import pytest

from dlc.errors import ModelError
from dlc.options import Engine
from dlc.workflows.engine import choose_engine


@pytest.mark.parametrize("asked", [Engine.AUTO, Engine.MESH])
def test_the_mesh_engine_does_the_work(asked: Engine) -> None:
    engine, reason = choose_engine(asked)
    assert engine is Engine.MESH
    assert reason


def test_an_engine_that_is_not_built_in_is_refused() -> None:
    with pytest.raises(ModelError, match="only the mesh engine built in"):
        choose_engine(Engine.INSWAPPER)
