"""Draws fringes and hats on foreheads, and gives real hair other colors."""

from __future__ import annotations

import cv2
import numpy as np
from common import ACROSS, BROWS, DEPTH, DOWN, SIDE, Floats, Random, luma_of, spots

# Luma of hair as a share of that of skin, its blue, green and red, and how often it is drawn:
# blond, white, gray, red, brown, black, bleached, and dyed blue.
_COLORS = [
    (1.15, (0.62, 0.97, 1.2), 3),
    (0.95, (0.6, 0.97, 1.2), 3),
    (0.75, (0.55, 0.95, 1.3), 3),
    (1.25, (0.98, 1.0, 1.01), 3),
    (1.0, (0.98, 1.0, 1.02), 3),
    (0.75, (1.0, 1.0, 1.0), 3),
    (0.6, (0.4, 0.85, 1.7), 2),
    (0.35, (0.7, 0.95, 1.25), 2),
    (0.2, (1.0, 1.0, 1.0), 1),
    (1.4, (0.95, 1.0, 1.0), 2),
    (0.8, (1.3, 0.9, 0.9), 1),
]
_OFTEN = np.array([often for _, _, often in _COLORS]) / sum(often for _, _, often in _COLORS)
# How much of the skin is of one light: its color relative to that of skin in white light.
_PLAIN_SKIN = np.array([0.72, 0.95, 1.2])
# Part of the fringe's picture that lies beyond each side of the atlas.
_BEYOND = 16


def recolored(random: Random, face: Floats, hair: Floats, skin: Floats) -> Floats:
    """Return BGR (SIDE, SIDE, 3) that is hair of another color wherever `hair` (SIDE, SIDE) is 1.

    Its texture stays.
    """
    luma, inside = luma_of(face), hair > 0.6
    if np.count_nonzero(inside) < 30:
        return face
    nearby = cv2.GaussianBlur(luma * hair, (0, 0), 8)
    nearby = np.maximum(nearby / np.maximum(cv2.GaussianBlur(hair, (0, 0), 8), 0.05), 6)
    strands = np.clip(luma / nearby, 0.3, 3) ** random.uniform(0.5, 1.2)
    shade = np.clip(nearby / max(float(np.median(luma[inside])), 6), 0.5, 2)
    shade = shade ** random.uniform(0.2, 0.8)
    colored = (strands * shade)[..., None] * _color(random, skin)
    return np.clip(colored, 0, 255).astype(np.float32)


def fringe(random: Random, skin: Floats) -> tuple[Floats, Floats]:
    """Return a fringe, BGR (SIDE, SIDE, 3), and its matte (SIDE, SIDE)."""
    strands, slant = _strands(random)
    edge = _edge(random)
    along = np.clip(ACROSS - slant * (DOWN - 20) * 0.5, 0, SIDE - 1).astype(np.float32)
    end = cv2.remap(np.tile(edge, (SIDE, 1)), along, DOWN, cv2.INTER_LINEAR)
    matte = np.clip((end - DOWN) / random.uniform(1, 8) + 0.5, 0, 1)
    if random.random() < 0.5:
        # Gaps between the strands, towards their ends.
        near_end = np.clip((DOWN - end + random.uniform(8, 25)) / 20, 0, 1)
        matte *= np.clip(1.2 + random.uniform(0.2, 0.9) * strands * near_end, 0, 1)
    matte = cv2.GaussianBlur(matte.astype(np.float32), (0, 0), 0.5)
    if random.random() < 0.3:
        matte *= np.float32(random.uniform(0.85, 1))
    contrast = np.exp(random.uniform(np.log(0.015), np.log(0.35)))
    shade = np.exp(random.uniform(0, 0.2) * spots(random, 40))
    hair = (np.exp(contrast * strands) * shade)[..., None] * _color(random, skin)
    return np.clip(hair, 0, 255).astype(np.float32), matte


def hat(random: Random) -> tuple[Floats, Floats]:
    """Return a hat's brim or a cloth, BGR (SIDE, SIDE, 3), and its matte (SIDE, SIDE)."""
    aside = (ACROSS - SIDE / 2) / (SIDE / 2)
    end = random.uniform(8, BROWS - 2) + aside**2 * random.uniform(-12, 18)
    end = end + aside * random.uniform(-8, 8)
    matte = np.clip((end - DOWN) / random.uniform(0.6, 2.5) + 0.5, 0, 1)
    kind = random.integers(3)
    if kind == 0:
        cloth = 1 + 0.15 * spots(random, 30)
    elif kind == 1:
        cloth = np.exp(random.uniform(0.1, 0.5) * spots(random, random.uniform(2, 6)))
    else:
        wave = DOWN * random.uniform(0.4, 2.5) + ACROSS * random.uniform(-1, 1)
        cloth = 1 + random.uniform(0.1, 0.4) * np.sin(wave + spots(random, 30))
    colored = cloth[..., None] * random.uniform(0, 255, 3) * random.uniform(0.3, 1)
    return np.clip(colored, 0, 255).astype(np.float32), matte.astype(np.float32)


def wrinkled(random: Random, face: Floats) -> Floats:
    """Return a face with dark lines across its forehead."""
    for _ in range(random.integers(1, 5)):
        away = DOWN - (random.uniform(14, BROWS) + 3 * spots(random, 60))
        line = np.exp(-(away**2) / (2 * random.uniform(0.5, 1.5) ** 2))
        face = face * (1 - random.uniform(0.05, 0.35) * line)[..., None]
    return face.astype(np.float32)


def put_on(random: Random, face: Floats, thing: Floats, matte: Floats) -> Floats:
    """Return a face with a thing in front of it, which may cast a shadow."""
    if random.random() < 0.5:
        moved = np.roll(matte, random.integers(1, 4), axis=0)
        shadow = np.clip(cv2.GaussianBlur(moved, (0, 0), random.uniform(1, 3)) - matte, 0, 1)
        face = face * (1 - random.uniform(0.1, 0.5) * shadow)[..., None]
    share = (matte * (DEPTH >= 0))[..., None]
    return (face * (1 - share) + thing * share).astype(np.float32)


def _color(random: Random, skin: Floats) -> Floats:
    """Return a color of hair, BGR (3,), often close to the skin's."""
    if random.random() < 0.3:
        return skin * random.uniform(0.7, 1.25) * random.uniform(0.93, 1.07, 3)
    share, tint, _ = _COLORS[random.choice(len(_COLORS), p=_OFTEN)]
    color = np.array(tint) * random.uniform(0.93, 1.07, 3)
    color /= float(luma_of(color))
    luma = float(luma_of(skin))
    if random.random() < 0.6:
        light = skin / luma / _PLAIN_SKIN
        color *= 1 + random.uniform(0, 1) * (light - 1)
    return color * luma * share * random.uniform(0.8, 1.15)


def _strands(random: Random) -> tuple[Floats, Floats]:
    """Return strands (SIDE, SIDE), mean 0 and deviation 1, and their slant to the right."""
    size = SIDE + 2 * _BEYOND
    width, length = random.uniform(0.5, 1.6), random.uniform(8, 40)
    fine, broad = random.normal(size=(2, size, size)).astype(np.float32)
    upright = cv2.GaussianBlur(fine, (0, 0), sigmaX=width, sigmaY=length)
    locks = cv2.GaussianBlur(broad, (0, 0), sigmaX=4 * width, sigmaY=1.5 * length)
    upright += 4 * random.uniform(0.3, 1.5) * locks
    upright /= upright.std() + 1e-6
    slant = _slant(random)
    across = np.mod(ACROSS + _BEYOND - slant * (DOWN - 10), size - 1).astype(np.float32)
    return cv2.remap(upright, across, DOWN + _BEYOND, cv2.INTER_LINEAR), slant


def _slant(random: Random) -> Floats:
    """Return how far strands go to the right for each row down: (SIDE, SIDE)."""
    kind = random.integers(4)
    if kind == 0:  # fanned out
        aside = (ACROSS - SIDE / 2) / (SIDE / 2)
        slant = aside * random.uniform(0, 0.6) + random.uniform(-0.2, 0.2)
    elif kind == 1:  # parted
        away = ACROSS - random.uniform(30, 98)
        slant = np.sign(away) * random.uniform(0.3, 1.2) * np.minimum(np.abs(away) / 15, 1)
    elif kind == 2:  # swept aside
        slant = random.uniform(-1.3, 1.3) + 0.3 * spots(random, 50)
    else:  # wavy
        slant = 0.6 * spots(random, random.uniform(15, 40))
    return slant.astype(np.float32)


def _edge(random: Random) -> Floats:
    """Return the row at which a fringe ends, for each column: (SIDE,)."""
    x = np.arange(SIDE, dtype=np.float32)
    kind = random.choice(["straight", "arched", "parted", "swept", "curtain"], p=_EDGES)
    if kind == "straight":
        edge = np.full(SIDE, BROWS + random.uniform(-14, 4))
    elif kind == "parted":
        edge = random.uniform(8, 20) + np.abs(x - random.uniform(20, 108)) * random.uniform(
            0.2, 0.7
        )
    elif kind == "swept":
        edge = random.uniform(5, 30) + (x - SIDE / 2) * random.uniform(-0.45, 0.45)
    elif kind == "arched":
        bend = ((x - SIDE / 2) / (SIDE / 2)) ** 2
        edge = BROWS + random.uniform(-18, 2) - bend * random.uniform(-10, 20)
    else:
        away = np.abs(x - random.uniform(40, 88)) - random.uniform(10, 30)
        edge = random.uniform(5, 14) + np.maximum(away, 0) * random.uniform(0.4, 1.2)
    ragged = _along(random, random.uniform(0.8, 2.5))
    edge = edge + ragged / ragged.std() * random.uniform(0.5, 5)
    return (edge + 20 * random.uniform(0, 1) * _along(random, 12)).astype(np.float32)


_EDGES = [2 / 7, 2 / 7, 1 / 7, 1 / 7, 1 / 7]


def _along(random: Random, sigma: float) -> Floats:
    """Return smooth noise (SIDE,)."""
    noise = random.normal(size=(1, SIDE)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), sigma)[0]
