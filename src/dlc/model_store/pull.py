"""Downloads models to this machine, individually or inside an archive."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlc.errors import ModelError, OptionError
from dlc.model_store.archive import extract_member
from dlc.model_store.download import Downloader, SourcesExhausted
from dlc.model_store.spec import License, ModelSpec, RemoteFile
from dlc.model_store.store import ModelStore

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pulled:
    """An installed model: where it is, and whether it had to be downloaded."""

    spec: ModelSpec
    path: Path
    downloaded: bool


def refuse(license_: License) -> None:
    """Accept no license: the default of a puller without a way to ask.

    Raises:
        OptionError: always.
    """
    message = (
        f"the license {license_.title!r} ({license_.url}) was not accepted yet: read it and "
        "accept the license"
    )
    raise OptionError(message)


class Puller:
    """Installs models.

    Args:
        store: where they go, or may already be.
        downloader: fetches files.
        agree: called with every license not accepted before; returns if the user accepts it and
            raises otherwise.
    """

    def __init__(
        self,
        store: ModelStore,
        downloader: Downloader,
        agree: Callable[[License], None] = refuse,
    ) -> None:
        self._store = store
        self._downloader = downloader
        self._agree = agree
        self._fetched: list[Path] = []

    def pull(self, specs: Sequence[ModelSpec]) -> list[Pulled]:
        """Install the models that are missing or damaged.

        All licenses are settled before the first download. An archive with several of the models is
        fetched once, and removed at the end.

        Raises:
            OptionError: a license was not accepted.
            ModelError: a model cannot be downloaded; the message says how to install it by hand.
            WriteError: a file cannot be written.
        """
        present = {spec: self._store.whole(spec) for spec in specs}
        missing = [spec for spec, path in present.items() if path is None]
        for license_ in self._store.licenses.pending(missing):
            self._agree(license_)
            self._store.licenses.accept(license_)
        try:
            return [
                self._download(spec) if path is None else Pulled(spec, path, downloaded=False)
                for spec, path in present.items()
            ]
        finally:
            for archive in self._fetched:
                archive.unlink(missing_ok=True)
            self._fetched.clear()

    def _download(self, spec: ModelSpec) -> Pulled:
        destination = self._store.destination(spec)
        try:
            self._install(spec, destination)
        except SourcesExhausted as exhausted:
            raise ModelError(_by_hand(spec, destination, exhausted.reasons)) from exhausted
        self._store.digests.remember(destination, spec.remote.sha256)
        return Pulled(spec, destination, downloaded=True)

    def _install(self, spec: ModelSpec, destination: Path) -> None:
        """Download the file itself, or else extract it from its archive."""
        try:
            self._downloader.fetch(spec.remote, destination)
        except SourcesExhausted as exhausted:
            if spec.archive is None:
                raise
            _LOG.info("%s is looked for in %s", spec.name, spec.archive.file)
            try:
                archive = self._archive(spec.archive)
            except SourcesExhausted as further:
                raise SourcesExhausted(exhausted.reasons + further.reasons) from further
            extract_member(archive, spec.remote, destination)

    def _archive(self, archive: RemoteFile) -> Path:
        """Return a complete archive in the download folder; a user may have put it there."""
        path = self._store.folders.download / archive.file
        if path.is_file() and self._store.digests.digest(path) == archive.sha256:
            return path
        self._downloader.fetch(archive, path)
        self._fetched.append(path)
        return path


def _by_hand(spec: ModelSpec, destination: Path, reasons: list[str]) -> str:
    causes = "; ".join(dict.fromkeys(reasons))
    return (
        f"{spec.name} cannot be downloaded ({causes}). Check the network and try again, or install "
        f"it by hand: get {spec.remote.urls[0]} on another machine, put it at {destination}, and "
        f"run `dlc models verify {spec.name}`, which expects {spec.remote.size:,} bytes with the "
        f"SHA-256 {spec.remote.sha256}"
    )
