"""Bringing a model onto this machine: by itself, or inside an archive."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from dlc.errors import ModelError
from dlc.model_store.archive import extract_member
from dlc.model_store.download import Downloader, SourcesExhausted
from dlc.model_store.spec import ModelSpec, RemoteFile
from dlc.model_store.store import ModelStore

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pulled:
    """A model that is installed now: where, and whether it had to be downloaded."""

    spec: ModelSpec
    path: Path
    downloaded: bool


class Puller:
    """Installs models; an archive that several models come from is fetched once.

    Use it as a context manager: archives that it fetched are removed at the end.
    """

    def __init__(self, store: ModelStore, downloader: Downloader) -> None:
        self._store = store
        self._downloader = downloader
        self._fetched: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for archive in self._fetched:
            archive.unlink(missing_ok=True)

    def pull(self, spec: ModelSpec) -> Pulled:
        """Install a model unless it is installed and whole already.

        Raises:
            OptionError: its license was not accepted.
            ModelError: it can be had nowhere; the message tells how to install it by hand.
            WriteError: it cannot be written.
        """
        for copy in self._store.copies(spec):
            if copy.damage is None:
                return Pulled(spec, copy.path, downloaded=False)
            _LOG.warning("%s is not used: it %s", copy.path, copy.damage)
        self._store.licenses.require(spec.license)
        destination = self._store.destination(spec)
        try:
            self._install(spec, destination)
        except SourcesExhausted as exhausted:
            raise ModelError(_by_hand(spec, destination, exhausted.reasons)) from exhausted
        self._store.digests.remember(destination, spec.remote.sha256)
        return Pulled(spec, destination, downloaded=True)

    def _install(self, spec: ModelSpec, destination: Path) -> None:
        """Get the file itself, or else take it out of its archive."""
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
        """Return a whole archive in the download folder, which a user may have put there too."""
        path = self._store.folders.download / archive.file
        if path.is_file() and self._store.digests.digest(path) == archive.sha256:
            return path
        self._downloader.fetch(archive, path)
        self._fetched.append(path)
        return path


def _by_hand(spec: ModelSpec, destination: Path, reasons: list[str]) -> str:
    return (
        f"{spec.name} cannot be downloaded ({'; '.join(reasons)}). Check the network and try "
        f"again, or install it by hand: get {spec.remote.urls[0]} on another machine, put it at "
        f"{destination}, and run `dlc models verify {spec.name}`, which expects "
        f"{spec.remote.size:,} bytes with the SHA-256 {spec.remote.sha256}"
    )
