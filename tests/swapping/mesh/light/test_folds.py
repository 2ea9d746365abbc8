from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.light.expression import skin_relief
from dlc.swapping.mesh.light.folds import FoldMeter
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.source.source import SourceModel

ALL: Floats = np.ones((TONE_SIZE, TONE_SIZE), np.float32)
EVEN: Floats = np.full((TONE_SIZE, TONE_SIZE, 3), 140, np.float32)


def showing(source: SourceModel, share: float) -> Floats:
    """Return the relief of even skin with a share of the source's folds."""
    size = (TONE_SIZE, TONE_SIZE)
    smooth = resize(source.texture + source.folds, size)
    depth = resize(source.folds, size) / np.maximum(smooth, 1)
    return skin_relief(EVEN * (1 - share * depth))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_the_share_of_the_folds_is_measured(portrait_source: SourceModel, share: float) -> None:
    measured = FoldMeter(portrait_source).share(showing(portrait_source, share), ALL)
    assert measured == pytest.approx(share, abs=0.08)


def test_a_target_with_deeper_folds_shows_all_of_them(portrait_source: SourceModel) -> None:
    assert FoldMeter(portrait_source).share(showing(portrait_source, 1.6), ALL) == 1.0


def test_a_bulge_is_no_fold(portrait_source: SourceModel) -> None:
    assert FoldMeter(portrait_source).share(showing(portrait_source, -0.5), ALL) == 0.0


def test_half_a_face_is_enough_and_none_is_not(portrait_source: SourceModel) -> None:
    meter, relief = FoldMeter(portrait_source), showing(portrait_source, 0.5)
    half = ALL.copy()
    half[:, : TONE_SIZE // 2] = 0
    assert meter.share(relief, half) == pytest.approx(0.5, abs=0.1)
    assert meter.share(relief, 0 * ALL) is None


def test_a_source_without_folds_keeps_all_of_its_detail(portrait_source: SourceModel) -> None:
    smooth = replace(portrait_source, folds=np.zeros_like(portrait_source.folds))
    assert FoldMeter(smooth).share(skin_relief(EVEN), ALL) == 1.0
