"""Times that a container has rounded come back exact, and no others change."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dlc.media.video.clock import nearest
from dlc.media.video.reading.decoding import Decoder
from dlc.media.video.reading.frame_grid import FrameGrid, grid_of, on_grid, usual_rate
from tests.media.material import Clip, make

FINE, COARSE = Fraction(5, 10_000_000), Fraction(1, 10_000)
TICK = Fraction(1, 1000)
FILM, NTSC, DOUBLE = (Fraction(1000 * n, 1001) for n in (24, 30, 60))
ROUNDED = [FILM, Fraction(24), NTSC, Fraction(30), Fraction(48), DOUBLE, Fraction(60)]
ROUNDED += [2 * DOUBLE, Fraction(120), Fraction(144), Fraction(2997, 100)]
BEGINNINGS = st.fractions(0, 100, max_denominator=100_000)
NUMBERS = st.lists(st.integers(0, 5000), min_size=2, max_size=60, unique=True)


@given(st.sampled_from(ROUNDED), BEGINNINGS, NUMBERS, st.sampled_from([nearest, math.floor]))
@example(NTSC, Fraction(0), [*range(30)], math.floor)
def test_rounded_times_lie_evenly_again(
    rate: Fraction, begin: Fraction, numbers: list[int], rounding: object
) -> None:
    assert callable(rounding)
    times = [rounding((begin + n / rate) / TICK) * TICK for n in numbers]

    grid = grid_of(times, rate, TICK)

    assert grid is not None
    exact = [on_grid(time, rate, grid.begin, TICK) for time in times]
    for (n, a), (m, b) in pairwise(zip(numbers, exact, strict=True)):
        assert b - a == (m - n) / rate
    assert all(abs(a - b) < TICK and a >= 0 for a, b in zip(exact, times, strict=True))
    assert all((time / grid.time_base).denominator == 1 for time in (*exact, *times))


@given(st.sampled_from(ROUNDED), BEGINNINGS, NUMBERS)
def test_rounding_them_anew_gives_the_same_times(
    rate: Fraction, begin: Fraction, numbers: list[int]
) -> None:
    times = [nearest((begin + n / rate) / TICK) * TICK for n in numbers]

    grid = grid_of(times, rate, TICK)

    assert grid is not None
    exact = [on_grid(time, rate, grid.begin, TICK) for time in times]
    assert [nearest(time / TICK) * TICK for time in exact] == times


@given(st.sampled_from(ROUNDED), NUMBERS)
def test_times_counted_from_zero_are_told_from_their_rounding(
    rate: Fraction, numbers: list[int]
) -> None:
    grid = grid_of([nearest(n / rate / TICK) * TICK for n in numbers], rate, TICK)

    assert grid is not None
    assert (grid.begin * rate).denominator == 1


@given(
    st.integers(-(10**9), 10**9),
    st.fractions(1, 240, max_denominator=1001),
    st.fractions(0, 10, max_denominator=48_000),
)
def test_no_time_moves_by_a_tick(ticks: int, rate: Fraction, begin: Fraction) -> None:
    time = ticks * TICK

    exact = on_grid(time, rate, begin, TICK)

    assert abs(exact - time) < TICK
    near = [begin + k / rate for k in (math.floor((time - begin) * rate) + i for i in (0, 1))]
    assert exact in near if any(abs(point - time) < TICK for point in near) else exact == time


@pytest.mark.parametrize(
    ("milliseconds", "rate"),
    [
        ([0, 16, 50, 67, 117, 133], Fraction(30)),
        ([0, 33, 67, 102], Fraction(30)),
        # 29.97 frames a second in a file that says 30.
        ([nearest(n * Fraction(1001, 30)) for n in range(100)], Fraction(30)),
        ([nearest(n * Fraction(1001, 60)) for n in range(100)], Fraction(60)),
        # A period of whole ticks is not rounded, and near everything lies one of a few ticks.
        ([0, 40, 80, 121], Fraction(25)),
        ([0, 3, 7, 10], Fraction(300)),
        # No player counts in so small units.
        ([0, 33, 67, 100], Fraction(29_999_999, 1_000_000)),
        ([0], Fraction(30)),
        ([], Fraction(30)),
    ],
)
def test_other_times_are_what_the_file_says(milliseconds: list[int], rate: Fraction) -> None:
    assert grid_of([n * TICK for n in milliseconds], rate, TICK) is None


@pytest.mark.parametrize(
    ("rounded", "tolerance", "rate"),
    [
        (Fraction(19001, 317), FINE, DOUBLE),
        (Fraction(29011, 242), FINE, 2 * DOUBLE),
        (Fraction(30), FINE, Fraction(30)),
        (Fraction(2997, 100), FINE, Fraction(2997, 100)),
        (Fraction(25, 2), FINE, Fraction(25, 2)),
        (Fraction(1, 3), FINE, Fraction(1, 3)),
        (Fraction(959, 16), COARSE, DOUBLE),
        (Fraction(983, 41), COARSE, Fraction(24000, 1001)),
        (Fraction(24), COARSE, Fraction(24)),
        (Fraction(25, 2), COARSE, Fraction(25, 2)),
    ],
)
def test_what_simplification_made_of_usual_rates_is_undone(
    rounded: Fraction, tolerance: Fraction, rate: Fraction
) -> None:
    assert usual_rate(rounded, tolerance) == rate


@pytest.mark.parametrize(
    ("average", "rate"), [(62.5, DOUBLE), (1000 / 17, DOUBLE), (30, Fraction(30))]
)
def test_an_average_of_rounded_times_is_the_nominal_rate(average: float, rate: Fraction) -> None:
    assert FrameGrid(DOUBLE, Fraction(0), TICK).nominal(Fraction(average)) == rate


def without_duration_of_frames(path: Path) -> Path:
    """Take the nominal rate out of a Matroska file, as recorders of browsers write them."""
    data = bytearray(path.read_bytes())
    at = data.index(b"\x23\xe3\x83")
    size = data[at + 3] & 0x7F
    # An element that says nothing, of the same size.
    data[at : at + 4] = bytes([0xEC, 0x80 | size + 2, 0, 0])
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("rate", [FILM, NTSC, DOUBLE, Fraction(30)])
@pytest.mark.parametrize("says_rate", [True, False])
def test_the_rate_is_found_in_a_file(tmp_path: Path, rate: Fraction, *, says_rate: bool) -> None:
    clip = Clip(time_base=1 / rate, rate=rate, pts=range(7, 67), duration=1)
    path = make(tmp_path / "a.mkv", clip)

    decoder = Decoder(
        path if says_rate else without_duration_of_frames(path), allow_damaged=False, threads=1
    )

    assert decoder.grid is not None
    assert decoder.grid.rate == rate
    for number, frame in enumerate(decoder.frames(), 7):
        assert (frame.pts, frame.time_base) == (
            number / rate / decoder.time_base,
            decoder.time_base,
        )
        if says_rate:
            assert frame.duration * frame.time_base == 1 / rate
    decoder.container.close()


def test_seeking_leads_to_the_key_frame_before_an_exact_time(tmp_path: Path) -> None:
    options = {"preset": "ultrafast", "g": "10"}
    clip = Clip(time_base=1 / NTSC, rate=NTSC, pts=range(60), duration=1, options=options)
    decoder = Decoder(make(tmp_path / "a.mkv", clip), allow_damaged=False, threads=1)

    found = []
    for number in (39, 40, 41):
        decoder.seek(int(number / NTSC / decoder.time_base))
        first = next(decoder.frames())
        found.append(first.pts * first.time_base * NTSC)
    decoder.container.close()

    # The 40th, a key frame, is stored after its exact time.
    assert found == [30, 30, 40]


def test_containers_that_keep_times_are_left_alone(tmp_path: Path) -> None:
    milliseconds = [round(n / NTSC * 1000) for n in range(60)]
    timescale = {"video_track_timescale": "1000"}
    clip = Clip(time_base=TICK, pts=milliseconds, duration=33, container_options=timescale)
    decoder = Decoder(make(tmp_path / "a.mp4", clip), allow_damaged=False, threads=1)

    assert decoder.time_base == TICK
    assert [frame.pts for frame in decoder.frames()] == milliseconds
    decoder.container.close()
