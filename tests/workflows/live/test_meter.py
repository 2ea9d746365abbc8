"""Rates, latency and losses of a live run, by a clock that the test moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dlc.workflows.live.meter import LiveCounts, LiveMeter


class Run:
    def __init__(self) -> None:
        self.now = 100.0
        self.counts = LiveCounts()
        self.meter = LiveMeter(lambda: self.now)


def test_the_figures_of_a_second() -> None:
    run = Run()
    for number in range(20):
        run.now = 100.0 + (number + 1) / 20
        run.meter.note_shown(run.now - 0.001 * (number + 1))
    for _ in range(10):
        run.meter.note_shown(None)
    run.counts = LiveCounts(captured=30, processed=20, dropped=10, detections=4, hidden=1, faces=2)
    run.counts = replace(run.counts, refused=6)
    stats = run.meter.sample(run.counts)
    assert stats.time_s == pytest.approx(1.0)
    assert (stats.capture_fps, stats.processing_fps) == pytest.approx((30.0, 20.0))
    assert stats.output_fps == pytest.approx(30.0)
    assert stats.latency_p50_ms == pytest.approx(10.5)
    assert stats.latency_p95_ms == pytest.approx(19.05)
    assert (stats.dropped_frames, stats.hidden_frames, stats.faces) == (10, 1, 2)
    assert stats.refused_frames == 6
    assert stats.detections_per_s == pytest.approx(4.0)


def test_every_sample_tells_of_its_own_time_and_the_total_of_all() -> None:
    run = Run()
    run.now, run.counts = 101.0, LiveCounts(captured=30, processed=30, dropped=5)
    run.meter.note_shown(100.9)
    run.meter.sample(run.counts)
    run.now, run.counts = 103.0, replace(run.counts, captured=50, processed=40, dropped=8)
    second = run.meter.sample(run.counts)
    assert (second.capture_fps, second.processing_fps) == pytest.approx((10.0, 5.0))
    assert (second.dropped_frames, second.latency_p50_ms, second.output_fps) == (3, None, 0.0)
    run.meter.note_shown(102.7)
    total = run.meter.total(run.counts)
    assert total.time_s == pytest.approx(3.0)
    assert total.capture_fps == pytest.approx(50 / 3)
    assert total.dropped_frames == 8
    assert total.latency_p50_ms == pytest.approx(200.0)
    assert total.output_fps == pytest.approx(2 / 3)


def test_what_was_before_the_beginning_does_not_count() -> None:
    run = Run()
    run.now = 150.0
    run.meter.begin()
    run.now, run.counts = 151.0, LiveCounts(captured=30)
    assert run.meter.sample(run.counts).capture_fps == pytest.approx(30.0)
