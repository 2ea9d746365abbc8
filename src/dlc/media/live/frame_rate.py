"""Measuring how many frames a second a live source really delivers."""

from __future__ import annotations

from collections.abc import Callable

from dlc.media.live.clock import LiveClock

# The first pictures come out of buffers, or late while the exposure settles.
_WARM_UP = 10
_READS = 30
# A camera at 5 fps would take eight seconds; after this many, what was read is enough.
_PATIENCE = 4.0
_FEWEST = 5


def measure_fps(read: Callable[[], object], clock: LiveClock) -> float:
    """Time 30 reads after 10 that do not count; fewer where the source is slow.

    What drivers say of their rate (CAP_PROP_FPS) is the rate asked for, a nominal one, or 0.

    Args:
        read: waits for the next picture; its errors pass through.
        clock: what to measure by.

    Returns:
        Frames a second; 0 if the run was asked to stop before anything could be measured.
    """
    began = clock.now()
    warm_up = 0
    while warm_up < _WARM_UP and clock.now() - began < _PATIENCE / 2:
        if clock.is_stopped():
            return 0.0
        read()
        warm_up += 1
    first, reads = clock.now(), 0
    while reads < _READS and not (reads >= _FEWEST and clock.now() - began > _PATIENCE):
        if clock.is_stopped():
            break
        read()
        reads += 1
    passed = clock.now() - first
    return reads / passed if reads and passed > 0 else 0.0
