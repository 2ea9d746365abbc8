"""Draws glasses of all kinds on faces; where they are is then known exactly."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from common import EYES, SIDE, WIDTH, Floats, Random, luma_of, skin_of, spots

# Drawn this much larger and then reduced, so that rims thinner than a pixel come out right.
_FINER = 4
_SIZE = SIDE * _FINER
_UNIT = WIDTH * _FINER
_CORNERS = 72
# Bits of a pixel's fraction that OpenCV draws with.
_BITS = 3


@dataclass
class Frame:
    """Glasses as masks uint8 (_SIZE, _SIZE), 255 where something is.

    Attributes:
        rims: what is drawn as it is.
        edges: what is drawn faintly: lenses without rims, and thin lower rims.
        lenses: what is inside.
    """

    rims: Floats = field(default_factory=lambda: np.zeros((_SIZE, _SIZE), np.uint8))
    edges: Floats = field(default_factory=lambda: np.zeros((_SIZE, _SIZE), np.uint8))
    lenses: Floats = field(default_factory=lambda: np.zeros((_SIZE, _SIZE), np.uint8))


def with_drawn_glasses(random: Random, face: Floats) -> tuple[Floats, Floats]:
    """Return a face BGR (SIDE, SIDE, 3) with glasses, and their matte (SIDE, SIDE)."""
    skin = skin_of(face)
    frame, faint = _frame(random), random.uniform(0.1, 0.6)
    rims, edges, lenses = (
        cv2.resize(mask.astype(np.float32) / 255, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        for mask in (frame.rims, frame.edges, frame.lenses)
    )
    # What can hardly be seen need not be found.
    matte = np.maximum(rims, edges * (min(1, 2 * faint) if faint > 0.25 else 0))
    rims = np.maximum(rims, edges * faint)
    worn = _behind_lenses(random, _in_shadow(random, face, rims), lenses)
    color, opacity = _material(random, skin)
    share = (rims * opacity)[..., None]
    worn = worn * (1 - share) + color * share
    return worn.astype(np.float32), np.clip(matte * 1.25, 0, 1).astype(np.float32)


def with_worn_glasses(
    random: Random, face: Floats, wearer: Floats, matte: Floats
) -> tuple[Floats, Floats]:
    """Return a face with the glasses of another (SIDE, SIDE, 3), recolored, and their matte."""
    if random.random() < 0.5:
        wearer, matte = wearer[:, ::-1], matte[:, ::-1]
    worn = wearer * np.clip(skin_of(face) / np.maximum(skin_of(wearer), 5), 0.3, 3)
    if random.random() < 0.4:
        factor = random.uniform(0.5, 2.2)
        gray = random.random() < 0.5
        tint = random.uniform(0.8, 1.2, 3)
        worn = luma_of(worn)[..., None] * factor * tint if gray else worn * factor
        if factor > 1.1 and random.random() < 0.5:
            worn = 255 - (255 - worn) * random.uniform(0.4, 1)
    share = np.clip(matte * 1.3, 0, 1)[..., None]
    return (face * (1 - share) + np.clip(worn, 0, 255) * share).astype(np.float32), matte


def _frame(random: Random) -> Frame:
    """Draw lenses with full, broad upper, half or no rims, a bridge and arms."""
    frame = Frame()
    half_width, half_height, outline = _lens(random)
    drop, apart = random.uniform(-0.01, 0.06), random.uniform(-0.03, 0.03)
    thickness = np.exp(random.uniform(np.log(0.005), np.log(0.03))) * _UNIT
    kind = random.choice(["full", "broad above", "half", "none"], p=[0.6, 0.12, 0.14, 0.14])
    angle, shift = random.uniform(-0.04, 0.04), random.uniform(-0.02, 0.02, 2) * _UNIT
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([SIDE / 2, EYES[:, 1].mean()]) * _FINER + shift
    aside = (EYES[1, 0] - EYES[0, 0]) / 2 * _FINER + apart * _UNIT
    is_above = outline[:, 1] < half_height * random.uniform(-0.1, 0.35)
    for side in (-1, 1):
        lens = (outline * (side, 1) + (0, drop)) * _UNIT + (side * aside, 0)
        _draw_lens(random, frame, lens @ turn.T + middle, is_above, str(kind), thickness)
    lines = _lines(random, aside, half_width * _UNIT, half_height * _UNIT, drop * _UNIT)
    for line, share in lines:
        _stroke(frame.rims, line @ turn.T + middle, thickness * share)
    return frame


def _lens(random: Random) -> tuple[float, float, Floats]:
    """Return half the width and height of a lens, and its outline (_CORNERS, 2), face widths."""
    half_width = random.uniform(0.105, 0.175)
    is_low = random.random() < 0.2
    half_height = random.uniform(0.045, 0.07) if is_low else random.uniform(0.06, 0.15)
    power, narrower = 2 / random.uniform(2, 5), random.uniform(-0.1, 0.25)
    lift = random.uniform(-0.15, 0.25)
    angle = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    x, y = (np.sign(wave) * np.abs(wave) ** power for wave in (np.cos(angle), np.sin(angle)))
    x = x * half_width * (1 - 0.6 * narrower * np.maximum(y, 0))
    y = y * half_height + lift * 0.3 * x * (y < 0)
    return half_width, half_height, np.stack([x, y], axis=1).astype(np.float32)


def _draw_lens(
    random: Random, frame: Frame, lens: Floats, is_above: Floats, kind: str, thickness: float
) -> None:
    cv2.fillPoly(frame.lenses, [_fixed(lens)], 255, cv2.LINE_AA, _BITS)
    if kind == "full":
        _stroke(frame.rims, lens, thickness, is_closed=True)
        return
    if kind == "none":
        _stroke(frame.edges, lens, max(thickness * 0.5, 0.7 * _FINER), is_closed=True)
        return
    start = int(np.flatnonzero(is_above & ~np.roll(is_above, 1))[0])
    above = np.roll(lens, -start, axis=0)[np.roll(is_above, -start)]
    broader = random.uniform(1.3, 2.5) if kind == "broad above" else 1.0
    _stroke(frame.rims, above, thickness * broader)
    below = frame.edges if kind == "half" or random.random() < 0.3 else frame.rims
    _stroke(below, lens, max(thickness * 0.5, 0.8 * _FINER), is_closed=True)


def _lines(
    random: Random, aside: float, half_width: float, half_height: float, drop: float
) -> list[tuple[Floats, float]]:
    """Return bridge and arms as lines (N, 2) around the middle, and how thick they are."""
    inner = aside - half_width * random.uniform(0.85, 1.0)
    height = drop + random.uniform(-0.05, 0.03) * _UNIT - random.uniform(0, 0.2) * half_height
    along = np.linspace(-1, 1, 12)
    arch = random.uniform(-0.01, 0.045) * _UNIT
    bridge = np.stack([along * inner, height - (1 - along**2) * arch], axis=1)
    lines = [(bridge, random.uniform(0.7, 1.3))]
    if random.random() < 0.15:
        lines.append((bridge - (0, random.uniform(0.04, 0.07) * _UNIT), 0.7))
    outer, hinge = aside + half_width * 0.96, drop - random.uniform(0, 0.75) * half_height
    slope, share = random.uniform(-0.03, 0.05) * _UNIT, random.uniform(0.7, 2.0)
    for side in (-1, 1):
        # A turned head hides one arm.
        is_hidden = random.random() < 0.08
        length = random.uniform(0, 0.06) if is_hidden else random.uniform(0.08, 0.25)
        ends = [[side * outer, hinge], [side * (outer + length * _UNIT), hinge + slope]]
        lines.append((np.array(ends), share))
    return lines


def _material(random: Random, skin: Floats) -> tuple[Floats, float]:
    """Return the color of rims, BGR (SIDE, SIDE, 3), and how opaque they are."""
    dim = min(1.0, float(luma_of(skin)) / 90 + 0.3)
    color, opacity = {
        "black": (dim * (random.uniform(5, 55) + random.uniform(-5, 5, 3)), 1.0),
        "brown": (np.array([30, 50, 90]) * random.uniform(0.4, 1.3), 1.0),
        "silver": (np.array([1, 1, 1.02]) * random.uniform(110, 240), 1.0),
        "gold": (np.array([90, 150, 190]) * random.uniform(0.6, 1.2), 1.0),
        "colored": (random.uniform(0, 255, 3), 1.0),
        "clear": (skin * random.uniform(1.05, 1.45) * np.array([1.1, 1, 0.96]), 0.7),
        "like skin": (skin * random.uniform(0.45, 0.9), 1.0),
    }[str(random.choice(_MATERIALS, p=_OFTEN))]
    varied = np.exp(random.uniform(0, 0.5) * spots(random, random.uniform(3, 30)))[..., None]
    color = varied * np.maximum(color, 0)
    if random.random() < 0.3:
        glints = np.clip(spots(random, 8) - 0.8, 0, 1)[..., None]
        color = color + glints * random.uniform(60, 200)
    return np.clip(color, 0, 255).astype(np.float32), opacity * random.uniform(0.75, 1.0)


_MATERIALS = ["black", "brown", "silver", "gold", "colored", "clear", "like skin"]
_OFTEN = [3 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9]


def _in_shadow(random: Random, face: Floats, rims: Floats) -> Floats:
    """Return a face with, at times, the shadow of rims."""
    if random.random() < 0.5:
        return face
    moved = np.roll(rims, (random.integers(1, 5), random.integers(-2, 3)), (0, 1))
    shadow = cv2.GaussianBlur(moved, (0, 0), random.uniform(0.8, 2.5))
    return face * (1 - random.uniform(0.1, 0.45) * shadow)[..., None]


def _behind_lenses(random: Random, face: Floats, lenses: Floats) -> Floats:
    """Return a face behind clear, tinted or reflecting lenses."""
    kind, lens = random.random(), lenses[..., None]
    if kind < 0.3:
        return face * (1 - lens * (1 - random.uniform(0.75, 1.0, 3)))
    if kind < 0.5:
        return face
    if kind < 0.6:
        return face + lens * random.uniform(5, 25)
    mirrored = spots(random, random.uniform(15, 50)) * random.uniform(0.5, 2)
    mirrored = np.clip(mirrored - random.uniform(0.3, 1.5), 0, 1)[..., None] * lens
    share = random.uniform(0.2, 0.8) * mirrored
    return face * (1 - share) + share * random.uniform(120, 255, 3)


def _stroke(mask: Floats, line: Floats, thickness: float, *, is_closed: bool = False) -> None:
    width = max(round(thickness), 1)
    cv2.polylines(mask, [_fixed(line)], is_closed, 255, width, cv2.LINE_AA, _BITS)


def _fixed(points: Floats) -> Floats:
    return np.round(points * 2**_BITS).astype(np.int32)
