from __future__ import annotations

from dlc.faces.detection.search_schedule import Search, SearchSchedule

N, W, T, A = Search.NONE, Search.WHOLE, Search.TILED, Search.THOROUGH


def test_searches_come_at_intervals_the_first_one_thorough() -> None:
    schedule = SearchSchedule(interval=3, tiled_every=2)
    found = [schedule.next(idle=False) for _ in range(13)]
    assert found == [A, N, N, W, N, N, T, N, N, W, N, N, T]


def test_an_idle_tracker_searches_every_frame() -> None:
    schedule = SearchSchedule(interval=3, tiled_every=3)
    assert [schedule.next(idle=True) for _ in range(4)] == [A, W, W, T]


def test_hurrying_makes_the_next_search_thorough() -> None:
    schedule = SearchSchedule(interval=5, tiled_every=4)
    for _ in range(7):
        schedule.next(idle=False)
    schedule.hurry()
    assert [schedule.next(idle=False) for _ in range(2)] == [A, N]


def test_hurrying_without_need_to_be_thorough_only_makes_it_due() -> None:
    schedule = SearchSchedule(interval=5, tiled_every=3)
    for _ in range(2):
        schedule.next(idle=False)
    schedule.hurry(thoroughly=False)
    assert [schedule.next(idle=False) for _ in range(2)] == [W, N]
