"""The queue of live items: its writer never waits, and what is left is the newest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dlc.pipeline.newest_channel import NewestChannel


@given(st.integers(1, 4), st.lists(st.integers()))
def test_the_newest_items_are_left_in_order(capacity: int, numbers: list[int]) -> None:
    channel: NewestChannel[int] = NewestChannel(capacity)
    assert all(channel.put(number) for number in numbers)
    assert len(channel) == min(capacity, len(numbers))
    assert channel.dropped == max(0, len(numbers) - capacity)
    channel.finish()
    assert list(channel) == numbers[-capacity:]


def test_nothing_is_kept_for_a_reader_who_has_gone() -> None:
    channel: NewestChannel[int] = NewestChannel()
    channel.put(1)
    channel.abandon()
    assert channel.put(2) is False
    assert len(channel) == 0
