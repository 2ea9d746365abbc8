from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.compositing.filters import blur
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.sharpness import fine_detail, fine_energy, sharpness_factor


@pytest.fixture
def grainy() -> Floats:
    grain = np.random.default_rng(0).normal(0, 5, (256, 256))
    return (130 + grain).astype(np.float32)


def test_fine_detail_is_what_a_blur_takes_away(
    layout: Layout,
    grainy: Floats,
) -> None:
    assert np.abs(fine_detail(np.full((64, 64), 80, np.float32), layout)).max() < 1e-3
    assert fine_detail(grainy, layout).std() > 4.0
    assert fine_detail(blur(grainy, 4.0), layout).std() < 0.3


def test_a_blurred_face_has_less_energy(
    layout: Layout,
    grainy: Floats,
) -> None:
    sharp, soft = fine_energy(grainy, layout), fine_energy(blur(grainy, 1.0), layout)
    assert soft < 0.5 * sharp


def test_energy_is_measured_on_skin_and_edges_count_little(
    layout: Layout,
    grainy: Floats,
) -> None:
    calm = np.full_like(grainy, 130)
    calm[:40] = grainy[:40]  # above the face
    assert fine_energy(calm, layout) < 0.1 * fine_energy(grainy, layout)
    edge = np.where(np.arange(256) < 128, 20, 230).astype(np.float32)[None].repeat(256, axis=0)
    assert fine_energy(edge, layout) < 0.5


def test_the_factor_follows_the_target_within_limits() -> None:
    assert sharpness_factor(2.0, 2.0) == 1.0
    assert sharpness_factor(1.8, 2.0) == pytest.approx(0.9)
    assert 0.5 < sharpness_factor(0.0, 2.0) < 1.0 < sharpness_factor(100.0, 2.0) < 2.0
    assert np.isfinite(sharpness_factor(1.0, 0.0))
