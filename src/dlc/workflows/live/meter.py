"""Measures a live run: rates, latency and losses, second by second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlc.workflows.live.stats import LiveStats

# Latencies kept for the whole run: a day at 60 frames per second would make five million.
_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class LiveCounts:
    """Totals since the beginning of a run, in frames unless said otherwise.

    Attributes:
        captured: frames delivered by the source.
        processed: frames that went through all stages.
        dropped: frames skipped in favor of newer ones.
        detections: frames searched for faces.
        hidden: frames not shown because of `NoFace`.
        refused: not shown because the safeguard refused them.
        faces: swapped faces in the newest frame.
    """

    captured: int = 0
    processed: int = 0
    dropped: int = 0
    detections: int = 0
    hidden: int = 0
    refused: int = 0
    faces: int = 0


class LiveMeter:
    """Notes when pictures were shown, in one thread, and sums up in another.

    Args:
        clock: the clock that frames are captured by, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Start measuring now; `begin` restarts."""
        self._clock = clock
        self._shown = 0
        # The two ends of a deque are safe to use from two threads at once.
        self._fresh: deque[float] = deque()
        self._all: deque[float] = deque(maxlen=_KEPT)
        self.begin()

    def begin(self) -> None:
        """Start the run now, with nothing shown yet."""
        self._began = self._clock()
        self._last = (self._began, LiveCounts(), 0)

    def note_shown(self, captured_at: float | None) -> None:
        """Note that a picture was just shown: when it was captured, or None for a repeat."""
        self._shown += 1
        if captured_at is not None:
            self._fresh.append(self._clock() - captured_at)

    def sample(self, counts: LiveCounts) -> LiveStats:
        """Return what happened since the last sample; `counts` are the current totals."""
        now, shown = self._clock(), self._shown
        before, old, shown_before = self._last
        self._last = (now, counts, shown)
        latencies = [self._fresh.popleft() for _ in range(len(self._fresh))]
        self._all.extend(latencies)
        return self._stats(now, now - before, old, counts, shown - shown_before, latencies)

    def total(self, counts: LiveCounts) -> LiveStats:
        """Return what happened since the start; latencies cover the newest frames.

        Args:
            counts: the current totals.
        """
        latencies = [*self._all, *self._fresh]
        now = self._clock()
        seconds = now - self._began
        return self._stats(now, seconds, LiveCounts(), counts, self._shown, latencies)

    def _stats(
        self,
        now: float,
        seconds: float,
        old: LiveCounts,
        new: LiveCounts,
        shown: int,
        latencies: list[float],
    ) -> LiveStats:
        seconds = max(seconds, 1e-9)
        p50, p95 = np.percentile(latencies, (50, 95)) * 1000 if latencies else (None, None)
        return LiveStats(
            time_s=now - self._began,
            capture_fps=(new.captured - old.captured) / seconds,
            processing_fps=(new.processed - old.processed) / seconds,
            output_fps=shown / seconds,
            latency_p50_ms=None if p50 is None else float(p50),
            latency_p95_ms=None if p95 is None else float(p95),
            dropped_frames=new.dropped - old.dropped,
            detections_per_s=(new.detections - old.detections) / seconds,
            faces=new.faces,
            hidden_frames=new.hidden - old.hidden,
            refused_frames=new.refused - old.refused,
        )
