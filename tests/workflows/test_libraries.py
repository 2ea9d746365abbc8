"""Libraries that cannot load: the advice names what brings them."""

from __future__ import annotations

import sys

import pytest

from dlc.errors import MissingLibraryError
from dlc.workflows.libraries import require_libraries


class Refusal:
    """An import hook that lets one module fail to load with a given message."""

    def __init__(self, module: str, message: str) -> None:
        self.module, self.message = module, message

    def find_spec(self, name: str, *_: object) -> None:
        if name == self.module:
            raise ImportError(self.message)


def advice(monkeypatch: pytest.MonkeyPatch, module: str, message: str) -> str:
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Refusal(module, message), *sys.meta_path])
    with pytest.raises(MissingLibraryError) as caught:
        require_libraries()
    assert isinstance(caught.value.__cause__, ImportError)
    return str(caught.value)


def test_every_compiled_library_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    monkeypatch.setattr("dlc.workflows.libraries.importlib.import_module", imported.append)
    require_libraries()
    assert set(imported) == {"cv2", "av", "onnxruntime"}


def test_only_those_that_are_named_are_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    monkeypatch.setattr("dlc.workflows.libraries.importlib.import_module", imported.append)
    require_libraries("av")
    assert imported == ["av"]


@pytest.mark.parametrize(
    ("library", "package"),
    [("libGL.so.1", "libgl1"), ("libgthread-2.0.so.0", "libglib2.0-0")],
)
def test_the_package_of_an_opencv_library_is_named(
    monkeypatch: pytest.MonkeyPatch, library: str, package: str
) -> None:
    reason = f"{library}: cannot open shared object file: No such file or directory"
    message = advice(monkeypatch, "cv2", reason)
    assert f"apt install {package}" in message
    assert "pip install opencv-python-headless" in message


def test_another_shared_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = "libstdc++.so.6: cannot open shared object file: No such file or directory"
    message = advice(monkeypatch, "onnxruntime", reason)
    assert "libstdc++.so" in message
    assert "system package" in message


def test_a_module_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    message = advice(monkeypatch, "av", "No module named 'av'")
    assert "cannot load av (No module named 'av')" in message
    assert "pip install" in message
