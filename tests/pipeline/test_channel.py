"""The queue between two steps: bounded, in order, and never left waiting."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dlc.pipeline.channel import Channel, Closed

PATIENCE = 10.0


def test_items_come_out_in_order_and_then_the_channel_is_closed() -> None:
    channel: Channel[int] = Channel(3)
    assert [channel.put(number) for number in range(3)] == [True, True, True]
    channel.finish()
    assert list(channel) == [0, 1, 2]
    with pytest.raises(Closed):
        channel.get()


def test_a_full_channel_holds_the_writer_until_there_is_room() -> None:
    channel: Channel[int] = Channel(1)
    channel.put(1)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(channel.put, 2)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.05)
        assert channel.get() == 1
        assert second.result(PATIENCE) is True
    assert channel.get() == 2


def test_abandoning_wakes_a_waiting_writer_and_drops_what_is_inside() -> None:
    channel: Channel[int] = Channel(1)
    channel.put(1)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(channel.put, 2)
        channel.abandon()
        assert waiting.result(PATIENCE) is False
    assert channel.put(3) is False
    with pytest.raises(Closed):
        channel.get()


def test_abandoning_and_finishing_wake_a_waiting_reader() -> None:
    for close in (Channel.abandon, Channel.finish):
        channel: Channel[int] = Channel(1)
        started = threading.Event()

        def read(channel: Channel[int] = channel, started: threading.Event = started) -> list[int]:
            started.set()
            return list(channel)

        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read)
            assert started.wait(PATIENCE)
            close(channel)
            assert reading.result(PATIENCE) == []


def test_get_gives_up_after_its_timeout() -> None:
    with pytest.raises(TimeoutError):
        Channel[int](1).get(timeout=0.01)
