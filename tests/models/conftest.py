from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "models"


@pytest.fixture
def models_folder() -> Path:
    """Return the folder of the shipped files and of the scripts that made them."""
    return FOLDER


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Return a function that imports one of the folder's scripts, as running it would."""
    monkeypatch.syspath_prepend(FOLDER)
    return import_module
