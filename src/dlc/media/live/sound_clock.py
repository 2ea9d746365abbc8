"""When sound was heard, told by when its blocks arrived."""

from __future__ import annotations

from collections import deque

# Seconds of sound among which the block that came soonest is looked for: long enough to have one
# that nothing delayed, short enough to follow a sampling clock that is a little fast or slow.
_WINDOW = 2.0


class SoundClock:
    """Tells when each block of sound began.

    A block arrives when its last sample was heard, or later if the machine is busy. As samples come
    at a steady rate, the block that came soonest tells most exactly when all of those around it
    were heard. What drivers themselves say of their delay is not asked for: PulseAudio is wrong
    about it by 0.2 s at first.
    """

    def __init__(self, rate: int) -> None:
        """Begin at the first block; `rate` is samples a second."""
        self._rate = rate
        self._heard = 0
        # Samples up to a block's end, and when sample 0 was heard if that block came without
        # delay. Those that a later one undercuts are gone, so the first one is the earliest.
        self._origins: deque[tuple[int, float]] = deque()

    def begin_of(self, samples: int, arrived_at: float, *, after_loss: bool = False) -> float:
        """Return when the next block's first sample was heard, in seconds of the clock.

        Args:
            samples: how many there are in the block.
            arrived_at: when it arrived, in seconds of any clock.
            after_loss: whether sound was lost before it, after which what was known is of no use.
        """
        if after_loss:
            self._origins.clear()
        began = self._heard
        self._heard += samples
        origin = arrived_at - self._heard / self._rate
        while self._origins and self._origins[-1][1] >= origin:
            self._origins.pop()
        self._origins.append((self._heard, origin))
        while self._origins[0][0] < self._heard - _WINDOW * self._rate:
            self._origins.popleft()
        return self._origins[0][1] + began / self._rate
