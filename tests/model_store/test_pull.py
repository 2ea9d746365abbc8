from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from dlc.errors import Cancelled, ModelError, OptionError
from dlc.model_store.catalog import Catalog
from dlc.model_store.download import Downloader
from dlc.model_store.folders import Folders
from dlc.model_store.licenses import GFPGAN, GPEN, INSIGHTFACE
from dlc.model_store.pull import Puller
from dlc.model_store.role import Role
from dlc.model_store.spec import License, ModelSpec
from dlc.model_store.store import ModelStore
from tests.model_store import server as answers
from tests.model_store.archives import zipped
from tests.model_store.conftest import remote_file
from tests.model_store.policy import IMPATIENT
from tests.model_store.server import FileServer


def accept(_license: License) -> None:
    """Accept everything."""


def puller(store: ModelStore) -> Puller:
    return Puller(store, Downloader(IMPATIENT), accept)


def test_a_model_is_installed_and_then_found(
    store: ModelStore, spec: ModelSpec, folders: Folders, server: FileServer
) -> None:
    (pulled,) = puller(store).pull([spec])
    assert pulled.downloaded
    assert pulled.path == folders.download / "model.onnx" == store.require("model")
    (again,) = puller(store).pull([spec])
    assert not again.downloaded
    assert again.path == pulled.path
    assert len(server.asked) == 1


def test_what_lies_elsewhere_is_not_downloaded(
    store: ModelStore, spec: ModelSpec, folders: Folders, server: FileServer, content: bytes
) -> None:
    path = folders.search[3] / "model.onnx"
    path.parent.mkdir()
    path.write_bytes(content)
    (pulled,) = Puller(store, Downloader(IMPATIENT)).pull([spec])
    assert (pulled.path, pulled.downloaded) == (path, False)
    assert server.asked == []


def test_a_damaged_model_is_replaced_and_one_elsewhere_passed_over(
    store: ModelStore,
    spec: ModelSpec,
    folders: Folders,
    content: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    damaged = [folders.search[0] / "model.onnx", folders.download / "model.onnx"]
    for path in damaged:
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes(len(content)))
    with caplog.at_level(logging.WARNING, "dlc"):
        (pulled,) = puller(store).pull([spec])
    assert all(f"{path} is passed over" in caplog.text for path in damaged)
    assert pulled.path == damaged[1] == store.require("model")
    assert pulled.path.read_bytes() == content


def test_without_consent_nothing_is_downloaded(
    store: ModelStore, spec: ModelSpec, folders: Folders, server: FileServer
) -> None:
    with pytest.raises(OptionError, match="accept the license"):
        Puller(store, Downloader(IMPATIENT)).pull([spec])

    def decline(_license: License) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        Puller(store, Downloader(IMPATIENT), decline).pull([spec])
    assert server.asked == []
    assert not store.licenses.accepted(INSIGHTFACE)
    assert not folders.download.exists()


def test_every_license_is_asked_for_once_before_any_download(
    folders: Folders, server: FileServer, content: bytes
) -> None:
    specs = [
        ModelSpec(name, Role.ENHANCER, license_, remote_file(name, content, server.url(name)))
        for name, license_ in (("a", GPEN), ("b", GFPGAN), ("c", GPEN))
    ]
    store = ModelStore(Catalog(specs), folders)
    asked: list[License] = []

    def agree(license_: License) -> None:
        assert server.asked == []
        asked.append(license_)

    Puller(store, Downloader(IMPATIENT), agree).pull(specs)
    assert asked == [GPEN, GFPGAN]
    for spec in specs:
        store.destination(spec).unlink()
    Puller(store, Downloader(IMPATIENT)).pull(specs)
    assert [request.path for request in server.asked] == ["/a", "/b", "/c"] * 2


def test_what_cannot_be_had_tells_how_to_install_it_by_hand(
    store: ModelStore, spec: ModelSpec, folders: Folders, server: FileServer
) -> None:
    server.script = [answers.status(404)]
    with pytest.raises(ModelError) as caught:
        puller(store).pull([spec])
    message = str(caught.value)
    for words in (
        "404",
        spec.remote.urls[0],
        str(folders.download / "model.onnx"),
        spec.remote.sha256,
        "300,000 bytes",
        "dlc models verify model",
    ):
        assert words in message


NAMES = ("one", "two")


@pytest.fixture
def packed(content: bytes, folders: Folders) -> tuple[ModelStore, FileServer]:
    """Return two models whose own addresses are gone, and the server of their archive."""
    parts = dict(zip(NAMES, (content[:5000], content[5000:9000]), strict=True))
    archive = zipped([(f"{name}.onnx", part) for name, part in parts.items()])
    server = FileServer(archive)
    with server:
        url = server.url("gone")
    remote = remote_file("pack.zip", archive, url)
    specs = [
        ModelSpec(
            name,
            Role.DETECTOR,
            INSIGHTFACE,
            remote_file(f"pack/{name}.onnx", part, url),
            remote,
        )
        for name, part in parts.items()
    ]
    return ModelStore(Catalog(specs), folders), server


def with_archive_at(store: ModelStore, folders: Folders, url: str) -> ModelStore:
    specs = []
    for spec in store.catalog:
        assert spec.archive is not None
        specs.append(replace(spec, archive=replace(spec.archive, urls=(url,))))
    return ModelStore(Catalog(specs), folders)


def test_an_archive_is_the_second_source_and_fetched_once(
    packed: tuple[ModelStore, FileServer], folders: Folders
) -> None:
    store, _ = packed
    archive = next(iter(store.catalog)).archive
    assert archive is not None
    content = packed[1].content
    with FileServer(content) as server:
        store = with_archive_at(store, folders, server.url("pack.zip"))
        pulled = puller(store).pull(list(store.catalog))
        assert [asked.path for asked in server.asked] == ["/pack.zip"]
    assert [each.path for each in pulled] == [folders.download / f"pack/{n}.onnx" for n in NAMES]
    assert all(store.require(name) for name in NAMES)
    assert files_below(folders.download) == {"pack/one.onnx", "pack/two.onnx"}


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_an_archive_that_the_user_put_there_is_used_and_kept(
    packed: tuple[ModelStore, FileServer], folders: Folders
) -> None:
    store, server = packed
    folders.download.mkdir(parents=True)
    (folders.download / "pack.zip").write_bytes(server.content)
    puller(store).pull(list(store.catalog))
    assert all(store.require(name) for name in NAMES)
    assert files_below(folders.download) == {"pack.zip", "pack/one.onnx", "pack/two.onnx"}


def test_where_the_archive_is_gone_too_every_reason_is_told(
    packed: tuple[ModelStore, FileServer], folders: Folders
) -> None:
    store, _ = packed
    with FileServer(b"", [answers.status(403)]) as server:
        store = with_archive_at(store, folders, server.url("pack.zip"))
        with pytest.raises(ModelError) as caught:
            puller(store).pull([store.catalog.get("one")])
    assert "tried 2 times" in str(caught.value)
    assert "403" in str(caught.value)
    assert files_below(folders.download) == set()
