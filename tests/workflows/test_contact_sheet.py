"""The contact sheet: evenly spaced moments, bounded memory, readable rows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.workflows.contact_sheet import Moment, MomentRecorder, clock, draw_sheet

NOTHING = np.zeros((1, 1, 3), np.uint8)


def recorded(frames: int, rows: int) -> tuple[list[int], int]:
    """Return the frame numbers of the chosen moments and how many moments were recorded."""
    recorder = MomentRecorder(rows)
    taken = 0
    for number in range(frames):
        if recorder.wants_next():
            recorder.add(Moment(float(number), NOTHING, NOTHING))
            taken += 1
    return [int(moment.time) for moment in recorder.moments()], taken


@given(frames=st.integers(0, 3000), rows=st.integers(1, 12))
def test_moments_are_spread_evenly_over_a_run_of_any_length(frames: int, rows: int) -> None:
    moments, _ = recorded(frames, rows)
    assert len(moments) == min(rows, frames)
    for row, moment in enumerate(moments):
        ideal = (row + 0.5) * frames / len(moments)
        # Never further from its ideal place than half the distance between two rows.
        assert abs(moment - ideal) <= max(0.5 * frames / len(moments), 1)
    assert moments == sorted(set(moments))


def test_a_long_run_records_few_moments() -> None:
    _, taken = recorded(100_000, rows=6)
    assert taken < 250


def plain(color: tuple[int, int, int], width: int = 160, height: int = 90) -> NDArray[np.uint8]:
    return np.full((height, width, 3), color, np.uint8)


RED, GREEN, BLUE, YELLOW = (0, 0, 255), (0, 255, 0), (255, 0, 0), (0, 255, 255)


def runs_of(color: tuple[int, int, int], sheet: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Return (top, left) of every solid rectangle of `color`, in reading order."""
    mask = np.all(sheet == color, axis=2).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    places = [tuple(int(value) for value in stats[index, [1, 0]]) for index in range(1, count)]
    return sorted(places)


def test_a_row_holds_source_target_and_result_side_by_side() -> None:
    moments = [Moment(0.5, plain(GREEN), plain(BLUE)), Moment(1.5, plain(GREEN), plain(BLUE))]
    sheet = draw_sheet([plain(RED, 300, 300)], moments)
    reds, greens, blues = (runs_of(color, sheet) for color in (RED, GREEN, BLUE))
    assert [len(reds), len(greens), len(blues)] == [2, 2, 2]
    for red, green, blue in zip(reds, greens, blues, strict=True):
        assert red[0] == green[0] == blue[0]
        assert red[1] < green[1] < blue[1]
    assert int(np.all(sheet == GREEN, axis=2).sum()) == 2 * 160 * 90, "nothing covers the frames"


def test_several_photos_take_turns() -> None:
    moments = [Moment(float(row), plain(GREEN), plain(BLUE)) for row in range(4)]
    sheet = draw_sheet([plain(RED), plain(YELLOW)], moments)
    reds, yellows = runs_of(RED, sheet), runs_of(YELLOW, sheet)
    assert [len(reds), len(yellows)] == [2, 2]
    assert reds[0] < yellows[0] < reds[1] < yellows[1]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5000, 3), (30, 4000)])
def test_a_photo_of_any_shape_fits(width: int, height: int) -> None:
    sheet = draw_sheet([plain(RED, width, height)], [Moment(0.0, plain(GREEN), plain(BLUE))])
    assert sheet.shape[0] > 90
    assert len(runs_of(BLUE, sheet)) == 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00.00"), (61.239, "1:01.24"), (59.999, "1:00.00"), (3723.5, "1:02:03.50")],
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_the_time_is_written_below_the_frame() -> None:
    def sheet(time: float) -> NDArray[np.uint8]:
        return draw_sheet([plain(RED)], [Moment(time, plain(GREEN), plain(BLUE))])

    changed = np.argwhere(np.any(sheet(1.0) != sheet(2.0), axis=2))
    top, left = runs_of(GREEN, sheet(1.0))[0]
    assert len(changed) > 0
    assert changed[:, 0].min() >= top + 90
    assert left <= changed[:, 1].min() < changed[:, 1].max() < left + 160
