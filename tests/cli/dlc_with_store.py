"""Runs `dlc` as a user would, with models of a test instead of the real ones.

Called with a folder, a catalog in JSON, and what follows `dlc` on the command line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from dlc.cli.app import main
from dlc.model_store.catalog import Catalog
from dlc.model_store.folders import Folders
from dlc.model_store.licenses import GPEN, INSIGHTFACE
from dlc.model_store.role import Role
from dlc.model_store.spec import ModelSpec, RemoteFile
from dlc.model_store.store import ModelStore


def _spec(entry: dict[str, str]) -> ModelSpec:
    remote = RemoteFile(entry["file"], int(entry["size"]), entry["sha256"], (entry["url"],))
    license_ = GPEN if entry["file"].startswith("gpen") else INSIGHTFACE
    return ModelSpec(entry["file"].removesuffix(".onnx"), Role.SWAPPER, license_, remote)


def store_at(folder: Path, entries: list[dict[str, str]]) -> ModelStore:
    """Return a user's models, in folders of their own, by a catalog of a test."""
    search = (folder / "other", folder / "models")
    folders = Folders(search, folder / "models", folder / "data", folder / "cache")
    return ModelStore(Catalog(map(_spec, entries)), folders)


def _run(folder: Path, entries: list[dict[str, str]], arguments: list[str]) -> None:
    store = store_at(folder, entries)
    ModelStore.of_user = classmethod(lambda _cls: store)  # type: ignore[assignment]
    sys.argv = ["dlc", *arguments]
    main()


if __name__ == "__main__":
    _run(Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:])
