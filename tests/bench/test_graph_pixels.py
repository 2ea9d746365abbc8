from __future__ import annotations

import pytest
from rich.console import Console

from tests.bench import graph_pixels


def test_warping_in_the_graph_gives_what_opencv_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_pixels, "ROUNDS", 1)
    figures = graph_pixels.measure(Console(quiet=True))
    assert figures["mean_difference"] < 0.5
    assert figures["notes"] == []
