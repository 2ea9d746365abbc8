"""Models that tests of sessions open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import helper

from dlc.graph.synthetic import InswapperOptions, write_inswapper
from tests.inference.small_models import write_model


@pytest.fixture(scope="session")
def swapper_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a narrow stand-in for inswapper_128 in single precision."""
    path = tmp_path_factory.mktemp("swapper") / "narrow.onnx"
    write_inswapper(path, InswapperOptions(width=2))
    return path


@pytest.fixture(scope="session")
def swapper_feed() -> dict[str, NDArray[np.float32]]:
    """Return a picture and an identity for it."""
    generator = np.random.default_rng(1)
    source = generator.standard_normal((1, 512), np.float32)
    return {
        "target": generator.random((1, 3, 128, 128), np.float32),
        "source": source / np.linalg.norm(source),
    }


@pytest.fixture
def open_sized_file(tmp_path: Path) -> Path:
    """Return a model that leaves the height and width of its input open, both by one name."""
    pool = helper.make_node(
        "AveragePool", ["image"], ["output"], kernel_shape=[2, 2], strides=[2, 2]
    )
    return write_model(tmp_path / "open.onnx", pool, (1, 3, "?", "?"))
