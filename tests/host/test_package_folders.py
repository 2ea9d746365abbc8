"""Packages are found without being imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dlc.host.package_folders import package_folders


def test_a_package_is_found_and_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "slow_to_import"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError")
    monkeypatch.syspath_prepend(tmp_path)

    assert package_folders("slow_to_import") == [folder]
    assert "slow_to_import" not in sys.modules


def test_what_is_no_package_has_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "only_a_module.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    assert package_folders("only_a_module") == []
    assert package_folders("never_installed") == []
