"""Makes training samples: faces with things in front, in other light, in poor pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from common import (
    BROWS,
    CORNERS,
    DEPTH,
    DOWN,
    HAIR_ZONE,
    SIDE,
    SKIN,
    Floats,
    Random,
    luma_of,
    skin_of,
)
from drawn_glasses import with_drawn_glasses, with_worn_glasses
from drawn_hair import fringe, hat, put_on, recolored, wrinkled
from light import relit, spoiled
from numpy.typing import NDArray

CHOICES = Path(__file__).with_name("choices.json")
# How much a pixel counts of which little is known; and face widths inside the oval up to which that
# is so along the hairline.
_DOUBTFUL, _HAIRLINE = np.float32(0.05), 0.07
# Light of what the network sees, as in `dlc.swapping.mesh.foreground.network`.
_USUAL, _FACTORS, _BRIGHTEST = 110.0, (0.4, 4.0), 1.3
# How often which portraits are used: those with hair in front, with glasses, whose wrinkles are
# mistaken for glasses, and whose bare foreheads for hair; and any.
_OFTEN = [0.14, 0.14, 0.05, 0.04, 0.63]
# Faces and labels that are used again before they are thrown away.
_POOL, _AGAIN = 2500, 2


@dataclass(frozen=True)
class Sample:
    """One face in the atlas.

    Attributes:
        face: float32 (SIDE, SIDE, 3), BGR 0 to 255.
        hair: float32 (SIDE, SIDE), 0 to 1.
        eyewear: float32 (SIDE, SIDE), 0 to 1.
        hair_weight: float32 (SIDE, SIDE), how much each pixel counts.
        eyewear_weight: float32 (SIDE, SIDE), the same.
    """

    face: Floats
    hair: Floats
    eyewear: Floats
    hair_weight: Floats
    eyewear_weight: Floats

    def maps(self) -> Floats:
        """Return all but the face: (SIDE, SIDE, 4)."""
        maps = self.hair, self.eyewear, self.hair_weight, self.eyewear_weight
        return np.dstack(maps).astype(np.float32)


class Samples:
    """Portraits, what is known about them, and what is made of them."""

    def __init__(self, path: Path) -> None:
        """Read what `faces.py` wrote."""
        with np.load(path) as arrays:
            numbers = {str(name): index for index, name in enumerate(arrays["names"])}
            self._faces, self._mattes = arrays["faces"], arrays["mattes"]
        choices = json.loads(CHOICES.read_text(encoding="utf-8"))
        listed = {
            kind: np.array([numbers[name] for name in names if name in numbers])
            for kind, names in choices.items()
        }
        judged = set(listed["held out"].tolist())
        self._train = np.array(
            [index for name, index in numbers.items() if name[0] in "AR" and index not in judged]
        )
        self._hair, self._bare, self._wearers, self._mistaken = (
            listed[kind] for kind in ("hair", "bare", "glasses", "mistaken")
        )
        self._unknown = set(listed["sunglasses"].tolist())

    def stream(self, random: Random) -> Iterator[tuple[Floats, Floats]]:
        """Yield inputs (3, SIDE, SIDE) RGB, and maps (SIDE, SIDE, 4), for ever.

        Making a sample takes as long as learning from it, so each is used several times.
        """
        pool: list[tuple[Floats, Floats]] = []
        while True:
            sample = self._make(random)
            pool.append((_seen(sample.face), sample.maps().astype(np.float16)))
            yield pool[-1]
            if len(pool) > _POOL:
                for _ in range(_AGAIN):
                    yield pool[random.integers(len(pool))]
                pool.pop(random.integers(_POOL // 2))

    def _make(self, random: Random) -> Sample:
        index = self._pick(random)
        sample = _mirrored(self._known(index)) if random.random() < 0.5 else self._known(index)
        if index in self._hair and random.random() < 0.7:
            share = sample.hair[..., None]
            colored = recolored(random, sample.face, sample.hair, skin_of(sample.face))
            face = sample.face * (1 - share) + colored * share
            sample = _changed(sample, face=face.astype(np.float32))
        if index not in self._wearers and index not in self._unknown:
            sample = self._with_glasses(random, sample)
        if index not in self._hair:
            sample = self._with_hair(random, sample)
        return _spoiled(random, _shaken(random, relit(random, sample.face), sample))

    def _pick(self, random: Random) -> int:
        """Return a face's number, more often one that teaches more."""
        groups = self._hair, self._wearers, self._mistaken, self._bare, self._train
        return int(random.choice(groups[random.choice(len(groups), p=_OFTEN)]))

    def _known(self, index: int) -> Sample:
        """Return a portrait and what is believed of it."""
        hair, eyewear = self._mattes[index].astype(np.float32) / 255
        everywhere = np.ones((SIDE, SIDE), np.float32)
        if index in self._hair:
            weight = everywhere
        elif index in self._bare:
            hair = hair * (DEPTH < _HAIRLINE)
            weight = np.where(DEPTH < _HAIRLINE, _DOUBTFUL, everywhere)
        else:
            is_doubtful = (hair > 0.3) | ((DEPTH < _HAIRLINE) & (DOWN < CORNERS))
            weight = np.where(is_doubtful, _DOUBTFUL, everywhere)
        if index in self._wearers:
            clear = ((eyewear > 0.5) | (eyewear < 0.1)).astype(np.float32)
        else:
            eyewear = 0 * eyewear
            clear = everywhere * (index not in self._unknown)
        return Sample(self._faces[index].astype(np.float32), hair, eyewear, weight, clear)

    def _with_glasses(self, random: Random, sample: Sample) -> Sample:
        kind = random.random()
        if kind < 0.3:
            face, matte = with_drawn_glasses(random, sample.face)
        elif kind < 0.4:
            other = self._known(int(random.choice(self._wearers)))
            face, matte = with_worn_glasses(random, sample.face, other.face, other.eyewear)
        else:
            return sample
        return _changed(sample, face=face, eyewear=matte)

    def _with_hair(self, random: Random, sample: Sample) -> Sample:
        """Put another portrait's hair, a drawn fringe, a hat or wrinkles on a forehead."""
        kind = random.random()
        if kind < 0.2:
            thing, matte = self._others_hair(random, skin_of(sample.face))
        elif kind < 0.43:
            thing, matte = fringe(random, skin_of(sample.face))
        elif kind < 0.47:
            thing, matte = hat(random)
        elif kind < 0.55:
            return _changed(sample, face=wrinkled(random, sample.face))
        else:
            return sample
        return _changed(
            sample,
            face=put_on(random, sample.face, thing, matte),
            hair=np.maximum(sample.hair, matte),
            eyewear=sample.eyewear * (1 - matte),
            hair_weight=np.maximum(sample.hair_weight, (matte > 0.5).astype(np.float32)),
        )

    def _others_hair(self, random: Random, skin: Floats) -> tuple[Floats, Floats]:
        other = self._known(int(random.choice(self._hair)))
        if random.random() < 0.5:
            other = _mirrored(other)
        thing, matte = other.face, other.hair
        if random.random() < 0.75:
            thing = recolored(random, thing, matte, skin)
        matte = matte * np.clip((BROWS + 60 - DOWN) / 10, 0, 1)
        down = np.array([[1, 0, 0], [0, 1, random.integers(-6, 7)]], np.float32)
        moved = cv2.warpAffine(
            np.dstack([thing, matte]).astype(np.float32),
            down,
            (SIDE, SIDE),
            borderMode=cv2.BORDER_REPLICATE,
        )
        return moved[..., :3], moved[..., 3]


def _seen(face: Floats) -> NDArray[np.float16]:
    """Return a face BGR (SIDE, SIDE, 3) as the network sees it: RGB (3, SIDE, SIDE)."""
    factor = np.clip(_USUAL / max(float(luma_of(face)[SKIN].mean()), 1), *_FACTORS) / 255
    planes = face[..., ::-1].transpose(2, 0, 1) * factor
    return np.clip(planes, 0, _BRIGHTEST).astype(np.float16)


def _shaken(random: Random, face: Floats, sample: Sample) -> Sample:
    """Return a sample with this face, moved as by landmarks that err a little."""
    middle = (SIDE / 2, SIDE / 2)
    move = cv2.getRotationMatrix2D(middle, random.uniform(-3, 3), random.uniform(0.95, 1.05))
    move[:, 2] += random.uniform(-2, 2, 2)
    face, maps = (
        cv2.warpAffine(image, move, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
        for image in (face, sample.maps())
    )
    return Sample(face, *cv2.split(maps))


def _spoiled(random: Random, sample: Sample) -> Sample:
    """Return a sample in a poor picture, which counts only where something may be in front."""
    inside = (DEPTH > 0).astype(np.float32)
    may_be = (HAIR_ZONE > 0.02) * np.maximum(inside, np.float32(0.1))
    return _changed(
        sample,
        face=spoiled(random, sample.face),
        hair_weight=sample.hair_weight * may_be,
        eyewear_weight=sample.eyewear_weight * inside,
    )


def _mirrored(sample: Sample) -> Sample:
    parts = sample.face, *cv2.split(sample.maps())
    return Sample(*(np.ascontiguousarray(part[:, ::-1]) for part in parts))


def _changed(sample: Sample, **parts: Floats) -> Sample:
    """Return a sample with some parts exchanged."""
    return Sample(**{**vars(sample), **parts})
