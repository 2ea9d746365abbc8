"""Folders that may not be looked into: each way to name one ends with an error that names it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.run import command, environment

# What lets the superuser read everything; without it, the superuser is a user like others.
_LIKE_A_USER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX"),
    pytest.mark.skipif(
        os.name != "nt" and os.geteuid() == 0 and shutil.which("setpriv") is None,
        reason="the superuser may read everything",
    ),
]


def run_as_user(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    prefix = _LIKE_A_USER if os.geteuid() == 0 else ()
    return subprocess.run(
        [*prefix, *command(*arguments)],
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def closed(tmp_path: Path, astronaut_file: Path) -> Iterator[Path]:
    """Return a folder with a photo that may not be opened."""
    path = tmp_path / "closed"
    path.mkdir()
    shutil.copy(astronaut_file, path / "photo.png")
    path.chmod(0)
    yield path
    path.chmod(0o700)


CASES = {
    "photos": ("swap", "{closed}", "{clip}", "out.mp4"),
    "a target": ("swap", "{photo}", "{closed}/clip.mp4", "out.mp4"),
    "a photo of a person": ("swap", "--map", "{closed}/photo.png={photo}", "{clip}", "out.mp4"),
    "numbered pictures": (
        "live", "--source", "{photo}", "--camera", "{closed}/%03d.png", "--output", "out.mp4",
    ),
    "a model": (
        "swap", "{photo}", "{clip}", "out.mp4", "--occlusion", "model",
        "--occluder-model", "{closed}/m.onnx",
    ),
    "a model to optimize": ("optimize-models", "{closed}/m.onnx"),
    "portraits": ("faces", "{clip}", "--output", "{closed}/people"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_closed_folder_is_named(
    case: str, closed: Path, astronaut_file: Path, clip: Path, folder: Path
) -> None:
    places = {"closed": closed, "clip": clip, "photo": astronaut_file}
    arguments = [
        word.format(**places).replace("out.mp4", f"{folder}/o.mp4") for word in CASES[case]
    ]

    run = run_as_user(*arguments)

    assert run.returncode == (6 if case == "portraits" else 3), run.stderr
    line = run.stderr.splitlines()[-1]
    assert str(closed) in line
    assert "may not be" in line
    assert list(folder.iterdir()) == []


def test_models_are_looked_for_elsewhere_and_this_is_said(closed: Path) -> None:
    run = run_as_user("models", "path", "det_10g", DLC_MODELS=str(closed))

    assert run.returncode == 9
    assert run.stderr.count(f"no models are looked for in {closed}: Permission denied") == 1
