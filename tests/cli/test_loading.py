"""What is loaded stays out of the garbage collector's way, and nothing else does."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from dlc.cli.loading import loading


@pytest.fixture(autouse=True)
def collected_again() -> Iterator[None]:
    """Give the objects of the tests back to the collector."""
    yield
    gc.unfreeze()


def test_nothing_is_collected_meanwhile_and_what_was_loaded_is_not_looked_at_again() -> None:
    before = gc.get_freeze_count()
    with loading():
        assert not gc.isenabled()
        loaded: list[object] = []
    assert gc.isenabled()
    assert gc.get_freeze_count() > before
    assert not any(each is loaded for each in gc.get_objects())


def test_the_collector_goes_on_after_a_failure() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
