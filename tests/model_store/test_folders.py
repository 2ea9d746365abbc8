from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from dlc.model_store.folders import Folders


def test_the_order_of_the_search() -> None:
    folders = Folders.of_user({"DLC_MODELS": "/mine"})
    checkout = Path(__file__).parents[2] / "models"
    data = platformdirs.user_data_path("dlc", appauthor=False)
    mine = Path("/mine").absolute()
    home = Path.home() / ".insightface" / "models"
    assert folders.search == (checkout, mine, data / "models", home)
    assert folders.download == mine
    assert folders.data == data


@pytest.mark.parametrize("environment", [{}, {"DLC_MODELS": ""}])
def test_without_the_variable_downloads_go_to_the_data_folder(environment: dict[str, str]) -> None:
    folders = Folders.of_user(environment)
    assert folders.download == folders.data / "models"
    assert len(folders.search) == 3
    assert folders.download in folders.search


def test_the_variable_may_name_the_home_folder_or_a_relative_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Folders.of_user({"DLC_MODELS": "~/m"}).download == Path.home() / "m"
    assert Folders.of_user({"DLC_MODELS": "m"}).download == tmp_path / "m"


def test_a_packed_file_is_looked_for_with_and_without_its_package(folders: Folders) -> None:
    first, second = folders.search[:2]
    assert list(folders.places("pack/a.onnx"))[:4] == [
        first / "pack" / "a.onnx",
        first / "a.onnx",
        first / "pack" / "pack" / "a.onnx",
        second / "pack" / "a.onnx",
    ]
    assert list(folders.places("a.onnx")) == [folder / "a.onnx" for folder in folders.search]
