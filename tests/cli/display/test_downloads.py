from __future__ import annotations

import io

from rich.console import Console

from dlc.cli.display.downloads import DownloadDisplay
from dlc.model_store.download import DownloadProgress

SIZE = 554_000_000


def shown(*, terminal: bool, quiet: bool = False, interval: float = 60.0) -> str:
    """Return what a download of eleven pieces prints."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, color_system=None)
    with DownloadDisplay(console, quiet=quiet, interval=interval) as display:
        for tenths in range(11):
            display.update(DownloadProgress("model.onnx", SIZE // 10 * tenths, SIZE))
    return out.getvalue()


def test_without_a_terminal_there_are_few_lines() -> None:
    assert shown(terminal=False).splitlines() == [
        "model.onnx: 0 MB of 554 MB",
        "model.onnx: 554 MB of 554 MB",
    ]
    assert len(shown(terminal=False, interval=0.0).splitlines()) == 11


def test_on_a_terminal_there_is_a_bar() -> None:
    text = shown(terminal=True)
    assert "model.onnx" in text
    assert "554.0/554.0 MB" in text


def test_quiet_is_quiet() -> None:
    assert shown(terminal=False, quiet=True) == shown(terminal=True, quiet=True) == ""
