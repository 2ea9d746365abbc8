from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.compositing.filters import (
    blend,
    blur,
    broad_blur,
    cut,
    ellipse,
    grow,
    resize,
    sample,
    sharpen_samples,
    shrink,
    smoothstep,
)
from dlc.geometry import Box


def noise(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random(shape, np.float32)


def grid(rows: int, columns: int) -> NDArray[np.float32]:
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    return np.stack([x, y], axis=-1)


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_the_kind_of_number_stays(kind: type[np.uint8 | np.float32]) -> None:
    image = (noise(24, 32, 3) * 255).astype(kind)
    for result in (
        blur(image, 1.5),
        broad_blur(image, 4.0),
        resize(image, (7, 9)),
        resize(image, (70, 90)),
        sample(image, grid(5, 5)),
        grow(image, 1),
    ):
        assert result.dtype == kind
        assert result.shape[2] == 3


def test_blur_keeps_what_is_even_and_the_mean_of_what_is_not() -> None:
    np.testing.assert_allclose(blur(np.full((20, 20), 7.0, np.float32), 3.0), 7.0, rtol=1e-5)
    spot = np.zeros((41, 41), np.float32)
    spot[20, 20] = 1.0
    soft = blur(spot, 3.0)
    assert soft.sum() == pytest.approx(1.0, rel=1e-3)
    # The variance of a Gaussian along one axis is sigma squared.
    assert (soft.sum(axis=0) * (np.arange(41) - 20) ** 2).sum() == pytest.approx(9.0, rel=0.02)


def test_broad_blur_is_a_gaussian_with_nothing_outside() -> None:
    spots = np.zeros((128, 128), np.float32)
    spots[50:70, 60:80] = 100.0
    np.testing.assert_allclose(broad_blur(spots, 16.0), blur(spots, 16.0), atol=0.5)
    even = broad_blur(np.full((128, 128), 100.0, np.float32), 16.0)
    assert even[64, 64] == pytest.approx(100.0, abs=0.5)
    assert even[64, 0] == pytest.approx(50.0, abs=5.0)


def test_broad_blur_with_another_border_is_blur() -> None:
    coarse = noise(16, 16, 3) * 255
    image = cv2.resize(coarse, (512, 512), interpolation=cv2.INTER_CUBIC)
    for sigma in (16.0, 61.0):
        broad = broad_blur(image, sigma, border=cv2.BORDER_REFLECT)
        np.testing.assert_allclose(broad, blur(image, sigma), atol=2.0)


def test_shrinking_averages_and_growing_interpolates() -> None:
    checkers = (np.indices((32, 32)).sum(axis=0) % 2 * 200).astype(np.uint8)
    assert (resize(checkers, (8, 8)) == 100).all()
    ramp = np.arange(8, dtype=np.float32)[None].repeat(2, axis=0)
    np.testing.assert_allclose(resize(ramp, (16, 2))[0, 1:-1], np.arange(0.25, 7.0, 0.5))


def test_samples_are_pixels_at_whole_points_and_repeat_the_border() -> None:
    image = noise(9, 11)
    np.testing.assert_array_equal(sample(image, grid(9, 11)), image)
    outside = np.array([[[-5.0, 4.0], [30.0, 4.0]]], np.float32)
    np.testing.assert_array_equal(sample(image, outside), [[image[4, 0], image[4, -1]]])
    between = np.array([[[2.5, 3.0]]], np.float32)
    assert sample(image, between)[0, 0] == pytest.approx(image[3, 2:4].mean(), abs=1e-3)


def test_blend_goes_from_one_picture_to_the_other() -> None:
    over, under = np.full((2, 3, 4), 200, np.uint8), np.full((2, 3, 4), 100, np.uint8)
    opacity = np.array([[0.0, 0.5, 1.0]] * 2, np.float32)
    np.testing.assert_allclose(blend(over, under, opacity)[0, :, 0], [100, 150, 200], atol=1)


def test_cut_shares_the_pixels() -> None:
    image = np.zeros((5, 6), np.float32)
    cut(image, Box(1, 2, 4, 4))[:] = 1.0
    assert image.sum() == 6.0
    assert image[2:4, 1:4].all()


@given(st.integers(0, 6))
def test_growing_reaches_as_far_as_asked(reach: int) -> None:
    dot = np.zeros((21, 21), np.uint8)
    dot[10, 10] = 255
    rows, columns = np.nonzero(grow(dot, reach))
    assert max(np.abs(rows - 10).max(), np.abs(columns - 10).max()) == reach
    square = 255 - dot
    np.testing.assert_array_equal(shrink(square, reach), 255 - grow(dot, reach))
    assert ellipse(2 * reach + 1).shape == (2 * reach + 1, 2 * reach + 1)


@given(st.floats(-5, 5), st.floats(0.1, 5))
def test_smoothstep_rises_from_0_to_1(low: float, width: float) -> None:
    values = np.linspace(low - width, low + 2 * width, 301, dtype=np.float32)
    steps = smoothstep(values, low, low + width)
    assert steps.dtype == np.float32
    assert (np.diff(steps) >= -1e-6).all()
    np.testing.assert_allclose(steps[[0, 150, -1]], [0, 0.5, 1], atol=1e-3)
    np.testing.assert_allclose(smoothstep(values, low + width, low), 1 - steps, atol=1e-4)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_sharpened_samples_are_a_cubics_and_the_others_stay(share: float) -> None:
    image = (noise(60, 80, 4) * 255).astype(np.uint8)
    where = grid(50, 70) * 0.9 + 3.3
    which = noise(50, 70, seed=1) < share
    linear = sample(image, where)
    sampled = linear.copy()
    sharpen_samples(sampled, image, where, which)
    np.testing.assert_array_equal(sampled[~which], linear[~which])
    cubic = sample(image, where, method=cv2.INTER_CUBIC)
    np.testing.assert_array_equal(sampled[which], cubic[which])
