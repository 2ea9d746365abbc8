from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.source.dim_channels import without_dim_channels
from dlc.swapping.mesh.source.photo import ATLAS_SIZE

SURE = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)


def test_skin_that_has_all_colors_stays_as_it_is(skin: Floats, layout: Layout) -> None:
    np.testing.assert_array_equal(without_dim_channels(skin, SURE, layout), skin)


@pytest.mark.parametrize("light", [(0.05, 0.6, 1.0), (0.1, 0.1, 1.0), (1.5, 0.3, 0.1)])
def test_a_channel_without_light_follows_the_luma(
    skin: Floats, layout: Layout, light: tuple[float, float, float]
) -> None:
    dim = skin * np.asarray(light, np.float32)
    filled = without_dim_channels(dim, SURE, layout)
    np.testing.assert_allclose(filled @ LUMA, dim @ LUMA, rtol=1e-3)
    share = filled.mean(axis=(0, 1)) / filled.mean()
    assert share.min() > 0.4
    # The grain of the luma is in every channel.
    relative = filled / filled.mean(axis=(0, 1))
    assert relative.std(axis=(0, 1)).min() > 0.02


def test_only_where_it_is_dark(skin: Floats, layout: Layout) -> None:
    half = ATLAS_SIZE // 2
    skin[:, :half, 0] *= 0.05
    filled = without_dim_channels(skin, SURE, layout)
    np.testing.assert_array_equal(filled[:, -half // 3 :], skin[:, -half // 3 :])
    assert filled[half, half // 2, 0] > 4 * skin[half, half // 2, 0]
