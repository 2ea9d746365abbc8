"""What the pictures are made of: two photos in the public domain, and clips made of them.

Eileen Collins, photographed by NASA, comes with scikit-image; Grace Hopper, photographed for the
US Navy, comes with matplotlib, which has it from Wikimedia Commons.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.media.video.drawn_clip import write_drawn_clip
from tests import clips

COLLINS, HOPPER, PAIR = "collins.png", "hopper.png", "pair.png"
MICROPHONE, NOISE = "microphone.mp4", "noise.mp4"

_FPS = 25
_FRAMES = 50
# The part of Collins' photo in which her face is about as large as Hopper's is in hers.
_COLLINS_HEAD = (slice(0, 316), slice(90, 360))
# The microphone comes in from the right and stops at the mouth: x and y of its head.
_COMES_FROM, _STOPS_AT = np.array([430.0, 420.0]), np.array([280.0, 292.0])
_MOVES = (15, 40)
_HEAD_RADIUS = 22
_HANDLE_ANGLE = np.radians(60)
_DARK, _GRAY, _WIRE, _STEEL = (40, 38, 36), (70, 70, 72), (110, 110, 112), (150, 150, 155)
_OVERSAMPLING = 4
# Standard deviation of the sensor noise, in gray levels: that of a webcam in a dim room.
_NOISE_LEVEL = 22.0

Picture = NDArray[np.uint8]


def write_material(folder: Path) -> None:
    """Write every file that the examples name into a folder."""
    collins, hopper = clips.astronaut(), _hopper()
    height, width = hopper.shape[:2]
    pair = np.hstack([_enlarged(collins[_COLLINS_HEAD], height), hopper])
    for name, picture in ((COLLINS, collins), (HOPPER, hopper), (PAIR, pair)):
        (folder / name).write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    for name, frames in ((MICROPHONE, _microphone(hopper)), (NOISE, _noise(hopper))):
        write_drawn_clip(folder / name, frames, (width, height), _FPS)


def _hopper() -> Picture:
    # Only `make pictures` installs matplotlib; the tests read the list of examples without it.
    from matplotlib.cbook import get_sample_data

    path = get_sample_data("grace_hopper.jpg", asfileobj=False)
    return np.asarray(cv2.imread(str(path)), np.uint8)


def _enlarged(picture: Picture, height: int) -> Picture:
    width = round(picture.shape[1] * height / picture.shape[0])
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _microphone(photo: Picture) -> Iterator[Picture]:
    """Yield frames in which a microphone moves in front of the mouth of a face that is at rest."""
    for moment in np.clip(np.interp(range(_FRAMES), _MOVES, (0.0, 1.0)), 0.0, 1.0):
        eased = moment * moment * (3.0 - 2.0 * moment)
        yield _with_microphone(photo, _COMES_FROM + eased * (_STOPS_AT - _COMES_FROM))


def _with_microphone(photo: Picture, center: NDArray[np.float64]) -> Picture:
    """Draw a microphone: a round head of wire mesh, a ring of steel, and a handle."""
    along = np.array([np.cos(_HANDLE_ANGLE), np.sin(_HANDLE_ANGLE)])
    across = np.array([-along[1], along[0]])
    large = cv2.resize(photo, None, fx=_OVERSAMPLING, fy=_OVERSAMPLING)
    radius = _HEAD_RADIUS * _OVERSAMPLING

    def at(x: float, y: float) -> tuple[int, int]:
        """Return the pixel x radii along the handle and y radii across it from the center."""
        point = center * _OVERSAMPLING + radius * (x * along + y * across)
        return round(float(point[0])), round(float(point[1]))

    def band(near: tuple[float, float], far: tuple[float, float], color: tuple[int, ...]) -> None:
        corners = [at(near[0], near[1]), at(far[0], far[1]), at(far[0], -far[1])]
        cv2.fillConvexPoly(large, np.array([*corners, at(near[0], -near[1])]), color)

    band((0.6, 0.62), (9.0, 0.42), _DARK)
    cv2.circle(large, at(0, 0), radius, _GRAY, -1)
    for place in np.linspace(-0.8, 0.8, 7):
        end = float(np.sqrt(1.0 - place * place))
        cv2.line(large, at(place, -end), at(place, end), _WIRE, 2)
        cv2.line(large, at(-end, place), at(end, place), _WIRE, 2)
    band((0.55, 0.86), (0.85, 0.8), _STEEL)
    size = photo.shape[1], photo.shape[0]
    small = np.asarray(cv2.resize(large, size, interpolation=cv2.INTER_AREA), np.uint8)
    # Elsewhere the photo stays as it is, without a trace of the resampling.
    touched = np.any(cv2.absdiff(small, photo) > 8, axis=2, keepdims=True)
    return np.where(touched, small, photo)


def _noise(photo: Picture) -> Iterator[Picture]:
    """Yield frames of a face at rest, as a camera with a noisy sensor sees it."""
    random = np.random.default_rng(1)
    for _ in range(_FRAMES):
        noisy = photo + random.normal(0.0, _NOISE_LEVEL, photo.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)
