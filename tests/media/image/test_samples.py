"""Samples that mean something else than their type says."""

from __future__ import annotations

import numpy as np
import pytest

from dlc.media.image.samples import to_16_bits, to_full_range, without_premultiplication


@pytest.mark.parametrize("depth", [9, 10, 12, 16])
def test_black_white_and_all_between_are_spread_evenly(depth: int) -> None:
    most = (1 << depth) - 1
    samples = np.arange(most + 1, dtype=np.uint16)
    deep = to_16_bits(samples, depth)
    assert deep.dtype == np.uint16
    assert (deep[0], deep[-1]) == (0, 65535)
    assert np.abs(deep - samples * (65535 / most)).max() < 1


def test_eight_bits_stay_eight() -> None:
    samples = np.arange(256, dtype=np.uint8)
    assert to_16_bits(samples, 8) is samples


@pytest.mark.parametrize(("depth", "dtype"), [(8, np.uint8), (10, np.uint16)])
def test_limited_range_becomes_full(depth: int, dtype: type) -> None:
    unit = 1 << (depth - 8)
    full = to_full_range((np.array([0, 16, 89, 235, 255]) * unit).astype(dtype), depth)
    most = (1 << depth) - 1
    assert full.dtype == dtype
    assert full.tolist() == [0, 0, most // 3, most, most]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_colors_are_those_from_before_they_were_multiplied(dtype: type) -> None:
    most = np.iinfo(dtype).max
    colors = np.array([most, most // 2, most // 10])
    opacity = np.array([most, most // 2, most // 4, 0])
    multiplied = np.rint(colors * (opacity[:, None] / most))
    bgra = np.dstack([multiplied[None], opacity[None, :, None]]).astype(dtype)
    apart = without_premultiplication(bgra)
    assert apart.dtype == dtype
    assert np.array_equal(apart[..., 3], bgra[..., 3])
    assert np.abs(apart[0, :3, :3].astype(int) - colors).max() <= 2
    assert apart[0, 3, :3].tolist() == [0, 0, 0]
