"""What the network for hair and glasses learns from is what it is said to be."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from dlc.arrays import Floats

TRIES = 30


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch, models_folder: Path) -> Callable[[str], ModuleType]:
    """Return a function that imports a part of the training code, as running it would."""
    monkeypatch.syspath_prepend(models_folder / "foreground_training")
    return import_module


@pytest.fixture
def face(part: Callable[[str], ModuleType]) -> Floats:
    side = part("common").SIDE
    return np.full((side, side, 3), (110, 140, 190), np.float32)


def test_drawn_glasses_are_where_the_matte_says(
    part: Callable[[str], ModuleType], face: Floats
) -> None:
    draw = part("drawn_glasses").with_drawn_glasses
    random, shares = np.random.default_rng(0), []
    for _ in range(TRIES):
        worn, matte = draw(random, face)
        assert worn.shape == face.shape
        assert 0 <= matte.min() <= matte.max() <= 1
        assert matte[:20].max() == 0
        change = np.abs(worn - face).max(axis=2)
        shares.append((change[matte > 0.7] > 8).mean())
    assert np.mean(shares) > 0.9


def test_a_drawn_fringe_hangs_from_above_and_ends_above_the_cheeks(
    part: Callable[[str], ModuleType], face: Floats
) -> None:
    draw, skin = part("drawn_hair").fringe, face[0, 0]
    random = np.random.default_rng(0)
    mattes = np.stack([draw(random, skin)[1] for _ in range(TRIES)])
    assert 0 <= mattes.min() <= mattes.max() <= 1
    assert mattes[:, :4].mean() > 0.9
    assert mattes[:, 100:].mean() < 0.05


def test_portraits_held_out_are_no_examples(models_folder: Path) -> None:
    path = models_folder / "foreground_training" / "choices.json"
    choices = {kind: set(names) for kind, names in json.loads(path.read_text("utf-8")).items()}
    held_out = choices.pop("held out")
    assert len(held_out) > 300
    for names in choices.values():
        assert names
        assert not names & held_out
        assert all(name[0] in "AR" for name in names)
    assert not choices["hair"] & choices["bare"]
