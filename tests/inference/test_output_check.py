from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from dlc.errors import ModelError
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.output_check import (
    check_finite,
    check_shape,
    output_problem,
    probe_output,
    sample_feed,
)
from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from tests.host import machines
from tests.inference.small_models import write_model


def _open(path: Path) -> RoutedSession:
    return open_session(path, choose_route(Role.SWAPPER, machines.cpu_only(), threads=1))


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("overflowing", [False, True])
def test_only_a_file_whose_half_precision_overflows_is_refused(
    half: bool,
    overflowing: bool,
    tmp_path: Path,
    swapper_feed: dict[str, NDArray[np.float32]],
) -> None:
    path = tmp_path / "swapper.onnx"
    write_inswapper(path, InswapperOptions(width=2, half=half, overflowing=overflowing))
    session = _open(path)
    if not (half and overflowing):
        probe_output(session)
        probe_output(session, swapper_feed)
        return
    with pytest.raises(ModelError, match=r"is NaN or infinite in 100% of its values.*\(fp32\)"):
        probe_output(session)


def test_a_black_picture_is_refused(tmp_path: Path) -> None:
    zero = helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0])
    darken = helper.make_node("Mul", ["image", "zero"], ["output"])
    path = write_model(tmp_path / "black.onnx", darken, (1, 3, 128, 128), weights=[zero])
    with pytest.raises(ModelError, match=r"black\.onnx .* its output output is 0 everywhere"):
        probe_output(_open(path))


def test_a_run_that_gives_nan_is_refused_but_not_a_flat_picture(swapper_file: Path) -> None:
    session = _open(swapper_file)
    check_finite(session, "output", np.zeros((1, 3, 8, 8), np.float32))
    with pytest.raises(ModelError, match=r"its output output is NaN or infinite in 50% .*\(fp32\)"):
        check_finite(session, "output", np.array([np.nan, 1.0]))


def test_a_picture_of_another_size_is_refused(swapper_file: Path) -> None:
    session, picture = _open(swapper_file), np.zeros((1, 3, 8, 9), np.float32)
    check_shape(session, "output", picture, (1, 3, 8, 9))
    with pytest.raises(ModelError, match="gives 1 x 3 x 8 x 9 values instead of 1 x 3 x 8 x 8"):
        check_shape(session, "output", picture, (1, 3, 8, 8))


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        (np.array([[0.1, 0.9]]), None),
        (np.array([0.5, 0.5, np.nan, 0.1]), "is NaN or infinite in 25% of its values"),
        (np.array([0.1, np.inf], np.float16), "is NaN or infinite in 50% of its values"),
        (np.full((2, 2), 1.0), "is 1 everywhere"),
        (np.zeros((0, 4)), "is empty"),
    ],
)
def test_garbage_output_is_described(output: NDArray[np.floating], problem: str | None) -> None:
    assert output_problem(output) == problem


def test_the_sample_is_noise_that_fits_and_repeats(swapper_file: Path) -> None:
    session = _open(swapper_file)
    feed = sample_feed(session)
    assert {name: value.shape for name, value in feed.items()} == {
        "target": (1, 3, 128, 128),
        "source": (1, 512),
    }
    for name, again in sample_feed(session).items():
        np.testing.assert_array_equal(feed[name], again)
    other = sample_feed(session, seed=1)
    assert not np.array_equal(feed["source"], other["source"])


def test_the_sample_closes_open_sizes(open_sized_file: Path) -> None:
    route = choose_route(Role.DETECTOR, machines.nvidia(machines.RTX_3060), threads=1)
    free = RoutedSession("open", _open(open_sized_file).session, route)
    assert sample_feed(free)["image"].shape == (1, 3, 640, 640)
    cpu = choose_route(Role.DETECTOR, machines.cpu_only(), threads=1)
    free = RoutedSession("open", _open(open_sized_file).session, cpu)
    assert sample_feed(free)["image"].shape == (1, 3, 1, 1)


def test_a_model_of_something_else_has_no_sample(tmp_path: Path) -> None:
    negate = helper.make_node("Neg", ["image"], ["output"])
    path = write_model(tmp_path / "tokens.onnx", negate, (1, 8), element=TensorProto.INT64)
    with pytest.raises(ModelError, match=r"takes tensor\(int64\) as its input image"):
        sample_feed(_open(path))
