from __future__ import annotations

import pytest

from tests.media.fake_cameras import FakeTime


def test_waiting_ends_at_the_moment() -> None:
    time = FakeTime(seconds=3.0)
    assert time.clock.wait_until(4.23)
    assert time.seconds == pytest.approx(4.23)
    assert time.clock.wait(1)
    assert time.seconds == pytest.approx(5.23)


def test_a_moment_that_has_passed_is_not_waited_for() -> None:
    time = FakeTime(seconds=3.0)
    assert time.clock.wait_until(2.0)
    assert time.seconds == 3.0


def test_a_stop_is_noticed_soon() -> None:
    time = FakeTime(stop_at=2.0)
    assert not time.clock.wait(3600)
    assert time.seconds < 2.1
