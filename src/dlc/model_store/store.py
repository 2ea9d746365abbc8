"""Finds installed model files, and tells the right ones from the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from dlc.errors import ModelError
from dlc.model_store.catalog import Catalog
from dlc.model_store.digest import DigestCache
from dlc.model_store.folders import Folders
from dlc.model_store.licenses import LicenseRecord
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.spec import ModelSpec
from dlc.path_kind import PathKind, kind_of

_LOG = logging.getLogger(__name__)


class Check(Enum):
    """How closely to check an installed file."""

    SIZE = auto()
    """Its size: costs nothing."""
    DIGEST = auto()
    """Its digest, which is remembered for as long as the file does not change."""
    BYTES = auto()
    """Its digest, computed from the bytes that are there now."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A file with the name of a model.

    Attributes:
        path: where it is.
        damage: what is wrong with it, in words, or None if it is the right file.
    """

    path: Path
    damage: str | None


class ModelStore:
    """The models on this machine.

    Args:
        catalog: the known models.
        folders: where they may be.
    """

    def __init__(self, catalog: Catalog, folders: Folders) -> None:
        self.catalog = catalog
        self.folders = folders
        self.digests = DigestCache(folders.cache / "digests.json")
        self.licenses = LicenseRecord(folders.data / "licenses.json")
        self._closed: set[Path] = set()

    @property
    def rewritten(self) -> RewrittenFiles:
        """The files that are made of models."""
        return RewrittenFiles(self.folders.cache, self.digests)

    @property
    def compiled(self) -> Path:
        """The folder where providers keep what they compile."""
        return self.folders.cache / "providers"

    @classmethod
    def of_user(cls) -> ModelStore:
        """Return the models that dlc knows, in the folders of the current user."""
        return cls(Catalog.shipped(), Folders.of_user())

    def find(self, name: str) -> Path | None:
        """Return where a model is, judged by name and size, or None if it is not installed.

        Raises:
            OptionError: there is no model with this name.
        """
        return self.whole(self.catalog.get(name), Check.SIZE)

    def require(self, name: str) -> Path:
        """Return where a model is, after checking its digest.

        A file that was checked before and has not changed since is not read again.

        Raises:
            ModelError: the model is not installed, or every file of that name is damaged.
            OptionError: there is no model with this name.
        """
        spec = self.catalog.get(name)
        path = self.whole(spec)
        if path is not None:
            return path
        remedy = f"`dlc models pull {spec.name}` downloads it"
        damaged = [f"{copy.path} {copy.damage}" for copy in self.copies(spec)]
        if damaged:
            raise ModelError(f"the model {spec.name} is damaged: {'; '.join(damaged)}; {remedy}")
        raise ModelError(f"the model {spec.name} is not installed; {remedy}")

    def whole(self, spec: ModelSpec, check: Check = Check.DIGEST) -> Path | None:
        """Return the first intact file; warn of damaged ones skipped on the way."""
        for copy in self.copies(spec, check):
            if copy.damage is None:
                return copy.path
            _LOG.warning("%s is passed over: it %s", copy.path, copy.damage)
        return None

    def copies(self, spec: ModelSpec, check: Check = Check.DIGEST) -> Iterator[Copy]:
        """Yield every file with the model's name, in search order."""
        for path in self.files(spec):
            yield Copy(path, self._damage(path, spec, check))

    def files(self, spec: ModelSpec) -> Iterator[Path]:
        """Yield every file with the model's name, each once, unchecked."""
        seen: set[Path] = set()
        for path in self.folders.places(spec.remote.file):
            if self._is_file(path) and path.resolve() not in seen:
                seen.add(path.resolve())
                yield path

    def _is_file(self, path: Path) -> bool:
        try:
            return kind_of(path) is PathKind.FILE
        except OSError as error:
            folder = next(each for each in self.folders.search if path.is_relative_to(each))
            if folder not in self._closed:
                self._closed.add(folder)
                _LOG.warning("no models are looked for in %s: %s", folder, error.strerror)
            return False

    def _damage(self, path: Path, spec: ModelSpec, check: Check) -> str | None:
        try:
            size = path.stat().st_size
        except OSError as error:
            return f"cannot be read ({error.strerror})"
        if size != spec.remote.size:
            return f"has {size:,} bytes instead of {spec.remote.size:,}"
        if check is Check.SIZE:
            return None
        digest = self.digests.digest if check is Check.DIGEST else self.digests.compute
        if digest(path) != spec.remote.sha256:
            return "has other bytes than the model (its SHA-256 differs)"
        return None

    def destination(self, spec: ModelSpec) -> Path:
        """Return the path that a download of the model goes to."""
        return self.folders.download / spec.remote.file
