"""Installing models without a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import OptionError
from dlc.model_store.download import DownloadProgress
from dlc.model_store.licenses import INSIGHTFACE
from dlc.model_store.spec import License
from dlc.workflows.pulling import pull_models
from tests.model_store.server import FileServer
from tests.workflows.stores import CONTENT, small_store


def test_pulling_asks_for_each_license_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    asked: list[License] = []
    told: list[DownloadProgress] = []
    with FileServer(CONTENT) as server:
        store = small_store(tmp_path, server.url())
        with pytest.raises(OptionError, match="accept the license"):
            pull_models(["face"], store=store)
        pulled = pull_models(["face"], agree=asked.append, progress=told.append, store=store)
    assert [(each.path, each.downloaded) for each in pulled] == [
        (tmp_path / "models" / "face.onnx", True)
    ]
    assert asked == [INSIGHTFACE]
    assert told[-1].received == len(CONTENT)
