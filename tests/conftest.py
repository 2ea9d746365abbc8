"""Pictures, clips and settings that tests of several rooms share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from numpy.typing import NDArray

from tests import clips

# How long one example takes says something about the machine, nothing about the code. The same
# examples each time: a change is judged by what it changed, and `make fuzz` looks for new ones.
hypothesis.settings.register_profile("dlc", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=500)
hypothesis.settings.load_profile("dlc")


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let Ctrl-C be tested where the tests themselves run in the background and ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def user_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the signing key that a first run makes away from the one of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of recorded clips beside the checkout; skip where there is none."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no recorded clips in {folder}")
    return folder


@pytest.fixture(scope="session")
def astronaut() -> NDArray[np.uint8]:
    """Return uint8 (512, 512, 3) BGR: one frontal, smiling face."""
    return clips.astronaut()


@pytest.fixture(scope="session")
def astronaut_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the astronaut as a PNG file."""
    path = tmp_path_factory.mktemp("astronaut") / "astronaut.png"
    clips.write_astronaut(path)
    return path


@pytest.fixture(scope="session")
def group_file() -> Path:
    """Return insightface's group photo as a JPEG file: six faces, 1280 x 886."""
    return clips.group_photo()


@pytest.fixture(scope="session")
def group() -> NDArray[np.uint8]:
    """Return uint8 (886, 1280, 3) BGR: the group photo."""
    return clips.group()


@pytest.fixture(scope="session")
def group_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one second of the demo clip: the camera moves over the group photo, with a tone."""
    path = tmp_path_factory.mktemp("group") / "group.mp4"
    clips.write_clip(path, clips.Clip(seconds=1.0))
    return path
