"""Where runs of tests write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.threads import pipeline_threads


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return where outputs go; no temporary file and no thread may be left after a test."""
    yield tmp_path
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert pipeline_threads() == []
