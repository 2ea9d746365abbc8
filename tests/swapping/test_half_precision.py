from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import ModelError
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.swapping.half_precision import why_not_half
from dlc.swapping.inswapper_model import InswapperModel
from tests.swapping.inswappers import open_swapper


def swapper(folder: Path, **options: bool | int) -> InswapperModel:
    name = "-".join(f"{key}{value}" for key, value in options.items())
    path = folder / f"swapper-{name}.onnx"
    write_inswapper(path, InswapperOptions(width=4, **options))  # type: ignore[arg-type]
    return InswapperModel(open_swapper(path))


def test_half_precision_that_is_right_passes(tmp_path: Path) -> None:
    assert why_not_half(swapper(tmp_path, half=True), swapper(tmp_path, half=False)) is None


def test_half_precision_that_overflows_is_told(tmp_path: Path) -> None:
    single = swapper(tmp_path, overflowing=True)
    problem = why_not_half(swapper(tmp_path, half=True, overflowing=True), single)
    assert problem == "what comes out is NaN or infinite"


def test_pictures_of_another_model_are_told_by_how_far_they_are_off(tmp_path: Path) -> None:
    problem = why_not_half(swapper(tmp_path, half=True), swapper(tmp_path, seed=1))
    assert problem is not None
    assert "PSNR" in problem


def test_a_model_that_fails_in_single_precision_as_well_is_an_error(tmp_path: Path) -> None:
    broken = swapper(tmp_path, half=True, overflowing=True)
    with pytest.raises(ModelError, match="NaN"):
        why_not_half(broken, broken)
