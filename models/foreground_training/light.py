"""Changes a face's light and spoils its picture, as cameras and codecs do."""

from __future__ import annotations

import cv2
import numpy as np
from common import ACROSS, DEPTH, DOWN, SIDE, Floats, Random, luma_of, spots


def relit(random: Random, face: Floats) -> Floats:
    """Return a face (SIDE, SIDE, 3) in other light, some with cast shadows and shines."""
    light = np.ones((SIDE, SIDE), np.float32)
    if random.random() < 0.5:
        angle = random.uniform(0, 2 * np.pi)
        slope = ((ACROSS - 64) * np.cos(angle) + (DOWN - 64) * np.sin(angle)) / 64
        light *= np.exp(random.uniform(0.1, 0.8) * slope)
    if random.random() < 0.25:
        hard = spots(random, random.uniform(25, 70)) > random.uniform(0.2, 1.0)
        shadow = cv2.GaussianBlur(hard.astype(np.float32), (0, 0), random.uniform(0.7, 4))
        light *= 1 - random.uniform(0.2, 0.65) * shadow
    face = face * light[..., None]
    if random.random() < 0.3:
        shine = spots(random, random.uniform(12, 40)) - random.uniform(0.6, 1.3)
        shine = np.clip(shine, 0, 1) * (DEPTH > 0.08)
        face = face + shine[..., None] * random.uniform(30, 140)
    if random.random() < 0.6:
        face = face * random.uniform(0.82, 1.18, 3)
    if random.random() < 0.4:
        face = 255 * np.clip(face / 255, 0, 1) ** random.uniform(0.7, 1.5)
    if random.random() < 0.2:
        veil = random.uniform(0, 60)
        face = veil + face * (1 - veil / 255)
    return np.clip(face, 0, 255).astype(np.float32)


def spoiled(random: Random, face: Floats) -> Floats:
    """Return a face (SIDE, SIDE, 3) as small, blurred, noisy or sharpened pictures show it."""
    kind = random.random()
    if kind < 0.6:
        face = _coded(random, face, round(SIDE * random.uniform(0.3, 1)) if kind < 0.4 else SIDE)
    elif kind < 0.8:
        detail = face - cv2.GaussianBlur(face, (0, 0), 1.0)
        face = face + random.uniform(0.3, 1.5) * detail
        if random.random() < 0.4:
            face = face + random.normal(0, random.uniform(1, 6), face.shape)
    if random.random() < 0.12:
        face = np.repeat(luma_of(face)[..., None], 3, axis=2)
    return np.clip(face, 0, 255).astype(np.float32)


def _coded(random: Random, face: Floats, side: int) -> Floats:
    """Return a face that was reduced to `side` pixels, blurred, lit noisily and compressed."""
    small = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    if random.random() < 0.35:
        small = cv2.GaussianBlur(small, (0, 0), random.uniform(0.3, 1.2))
    if random.random() < 0.2:
        small = cv2.filter2D(small, -1, _motion(random))
    if random.random() < 0.5:
        small = small + random.normal(0, random.uniform(1, 9), small.shape)
    if random.random() < 0.6:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(20, 90))]
        _, data = cv2.imencode(".jpg", np.clip(small, 0, 255).astype(np.uint8), quality)
        small = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return cv2.resize(small.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def _motion(random: Random) -> Floats:
    """Return the kernel of a short motion in any direction."""
    kernel = np.zeros((7, 7), np.float32)
    kernel[3, : random.integers(2, 7)] = 1
    turn = cv2.getRotationMatrix2D((3, 3), random.uniform(0, 180), 1)
    turned = cv2.warpAffine(kernel, turn, (7, 7))
    return turned / max(float(turned.sum()), 0.1)
