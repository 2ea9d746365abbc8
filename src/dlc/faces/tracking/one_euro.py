"""The One-Euro filter: steady when slow, prompt when fast."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dlc.arrays import Floats

# Seconds between values, at least. Frames stamped closer together than cameras take them have wrong
# times, and may be as far apart as any others: smoothed by those times, a face would stand still.
_LEAST_STEP = 1 / 120


@dataclass(frozen=True, slots=True)
class OneEuroOptions:
    """How strongly to smooth.

    The defaults are for landmarks in face widths. Measured on talking heads at 25 to 30 frames per
    second, they leave a third to a half of the landmarks' jitter at rest, and lag by less than 0.9
    % of a face's width in 99 of 100 frames. A derivative cutoff of 1 Hz, the value of the original
    paper, jitters hardly less and lags twice as much when a mouth snaps shut.

    Attributes:
        min_cutoff: cutoff frequency of a value at rest, in hertz; lower is steadier.
        beta: rise of the cutoff, in hertz per unit per second of speed; higher lags less.
        derivative_cutoff: cutoff frequency of the speed estimate, in hertz.
    """

    min_cutoff: float = 1.5
    beta: float = 35.0
    derivative_cutoff: float = 4.0


class OneEuroFilter:
    """Smooths arrays of a fixed shape, each element according to its own speed.

    Source: G. Casiez, N. Roussel, D. Vogel, "1 Euro filter: a simple speed-based low-pass filter
    for noisy input in interactive systems", CHI 2012.
    """

    def __init__(self, options: OneEuroOptions) -> None:
        """Start with no history: the first value passes unchanged."""
        self._options = options
        self._time = 0.0
        self._value: Floats | None = None
        self._speed: Floats | None = None

    def __call__(self, values: Floats, time: float, unit: float = 1.0) -> Floats:
        """Return the smoothed values.

        Args:
            values: float32, any shape, the same in every call.
            time: seconds, later than in the previous call.
            unit: the unit of distance, so that smoothing does not depend on a face's size in
                pixels.

        Raises:
            ValueError: time does not advance, or the shape has changed.
        """
        if self._value is None or self._speed is None:
            self._time, self._value, self._speed = time, values, np.zeros_like(values)
            return values
        step = time - self._time
        if step <= 0:
            raise ValueError(f"time went from {self._time} to {time}")
        if values.shape != self._value.shape:
            raise ValueError(f"the shape changed from {self._value.shape} to {values.shape}")
        step = max(step, _LEAST_STEP)
        speed = (values - self._value) / np.float32(step * unit)
        blend = _blend(self._options.derivative_cutoff, step)
        self._speed = (self._speed + blend * (speed - self._speed)).astype(np.float32)
        cutoff = self._options.min_cutoff + self._options.beta * np.abs(self._speed)
        weight = 1 / (1 + 1 / (2 * math.pi * cutoff * step))
        self._value = (self._value + weight * (values - self._value)).astype(np.float32)
        self._time = time
        return self._value


def _blend(cutoff: float, step: float) -> float:
    """Return the weight of the newest sample in a first-order low-pass filter."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff * step))
