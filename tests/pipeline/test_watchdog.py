"""Steps that take too long are named, once."""

from __future__ import annotations

import logging
import threading

import pytest

from dlc.pipeline.channel import Channel
from dlc.pipeline.watchdog import Watchdog
from dlc.pipeline.worker import Worker


def test_only_the_step_that_hangs_is_named(caplog: pytest.LogCaptureFixture) -> None:
    begun, release = threading.Event(), threading.Event()

    def source() -> object:
        begun.set()
        release.wait()
        return iter(())

    class Hanging:
        def __iter__(self) -> object:
            return source()

    workers = [Worker("decode", Channel(1)), Worker("find", Channel(1))]
    thread = threading.Thread(target=workers[0].read, args=(Hanging(),))
    thread.start()
    begun.wait()
    try:
        with caplog.at_level(logging.WARNING):
            Watchdog(workers).look()
            assert caplog.messages == [], "half a minute is not over"
            watchdog = Watchdog(workers, patience=0.0)
            watchdog.look()
            watchdog.look()
            watchdog.explain()
    finally:
        release.set()
        thread.join()
    first, second = caplog.messages
    assert first.startswith("stage 'decode' has been busy")
    assert "a second Ctrl-C" in second
    assert workers[0].busy_for == 0
