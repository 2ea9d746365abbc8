"""What every test of a pipeline has to leave behind: nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.threads import pipeline_threads


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    assert pipeline_threads() == []
