from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import onnxruntime
import pytest

from dlc.host.packages import installed_packages, requires_cpu_package


def _install(folder: Path, name: str, number: str, *requirements: str) -> None:
    """Lay down what pip leaves of a distribution's metadata."""
    info = folder / f"{name.replace('-', '_')}-{number}.dist-info"
    info.mkdir()
    lines = [f"Name: {name}", f"Version: {number}", *(f"Requires-Dist: {r}" for r in requirements)]
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", *lines, ""]))


def test_the_installed_package_is_found() -> None:
    packages, _ = installed_packages()
    assert onnxruntime.__version__ in [package.version for package in packages]
    assert all(package.version == version(package.name) for package in packages)


def test_both_packages_and_who_wants_the_plain_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(tmp_path, "onnxruntime-gpu", "1.31.1", "numpy>=1.21.6")
    _install(tmp_path, "Onnxruntime", "1.31.0")
    _install(tmp_path, "onnxruntime-extensions", "0.15.0")
    _install(tmp_path, "InsightFace", "2.1", "numpy", "onnxruntime")
    _install(tmp_path, "careful", "1.0", "onnxruntime-gpu>=1.20")
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    packages, dependents = installed_packages()
    assert [str(package) for package in packages] == [
        "onnxruntime 1.31.0",
        "onnxruntime-gpu 1.31.1",
    ]
    assert dependents == ("insightface",)


def test_a_distribution_with_broken_metadata_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken-1.0.dist-info").mkdir()
    _install(tmp_path, "onnxruntime", "1.31.0")
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert [str(package) for package in installed_packages()[0]] == ["onnxruntime 1.31.0"]


@pytest.mark.parametrize(
    ("requirement", "required"),
    [
        ("onnxruntime", True),
        ("onnxruntime>=1.24", True),
        ("onnxruntime (>=1.24)", True),
        ("ONNXRuntime ; python_version > '3.10'", True),
        ("onnxruntime-gpu>=1.24", False),
        ("onnxruntime_gpu", False),
        ("onnxruntime>=1.24; extra == 'cpu'", False),
        ("onnx>=1.20", False),
    ],
)
def test_only_the_plain_package_without_an_extra_counts(requirement: str, required: bool) -> None:
    assert requires_cpu_package([requirement]) is required
