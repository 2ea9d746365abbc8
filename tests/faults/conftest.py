"""A clip that takes long enough to be killed in the middle."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import clips


@pytest.fixture(scope="session")
def small_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return three seconds of two faces, 320 x 180, eight frames a second, with a tone."""
    path = tmp_path_factory.mktemp("faults") / "small.mp4"
    view = clips.View(600.0, 350.0, 700.0), clips.View(650.0, 370.0, 640.0)
    clips.write_clip(path, clips.Clip(320, 180, 8, 3.0, *view))
    return path
