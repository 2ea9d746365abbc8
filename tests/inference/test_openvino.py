from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from dlc.inference.openvino import prepare_openvino


@pytest.fixture
def libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the package openvino has its libraries, for a Python that has the package."""
    folder = tmp_path / "openvino" / "libs"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_windows_finds_openvinos_libraries_in_its_package(
    libraries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "before")
    monkeypatch.setattr(sys, "platform", "win32")
    prepare_openvino()
    prepare_openvino()
    assert os.environ["PATH"].split(os.pathsep) == [str(libraries), "before"]


@pytest.mark.usefixtures("libraries")
@pytest.mark.skipif(sys.platform == "win32", reason="about other systems")
def test_other_systems_have_them_in_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "before")
    prepare_openvino()
    assert os.environ["PATH"] == "before"
