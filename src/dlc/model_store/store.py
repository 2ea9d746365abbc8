"""Finding the model files that are installed, and telling the right ones from the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dlc.errors import ModelError
from dlc.model_store.catalogue import Catalogue
from dlc.model_store.digest import DigestCache
from dlc.model_store.folders import Folders
from dlc.model_store.licenses import LicenseRecord
from dlc.model_store.spec import ModelSpec

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that has the name of a model.

    Attributes:
        path: where it is.
        damage: what is wrong with it, in words, or None if it is the model.
    """

    path: Path
    damage: str | None


class ModelStore:
    """The models on this machine.

    Args:
        catalogue: the models there are.
        folders: where they may lie.
    """

    def __init__(self, catalogue: Catalogue, folders: Folders) -> None:
        self.catalogue = catalogue
        self.folders = folders
        self.digests = DigestCache(folders.cache / "digests.json")
        self.licenses = LicenseRecord(folders.data / "licenses.json")

    @classmethod
    def of_user(cls) -> ModelStore:
        """Return the models that dlc knows, in the folders of whoever runs it."""
        return cls(Catalogue.shipped(), Folders.of_user())

    def find(self, name: str) -> Path | None:
        """Return where a model lies, judged by name and size, or None if it is not installed.

        Raises:
            OptionError: no model has this name.
        """
        spec = self.catalogue.get(name)
        for path in self.files(spec):
            damage = _wrong_size(path, spec)
            if damage is None:
                return path
            _LOG.warning("%s is passed over: %s", path, damage)
        return None

    def require(self, name: str) -> Path:
        """Return where a model lies, after its digest was checked.

        A file that was checked before and did not change since is not read again.

        Raises:
            ModelError: the model is not installed, or every file of that name is damaged.
            OptionError: no model has this name.
        """
        spec = self.catalogue.get(name)
        damaged = []
        for copy in self.copies(spec):
            if copy.damage is None:
                return copy.path
            _LOG.warning("%s is passed over: %s", copy.path, copy.damage)
            damaged.append(f"{copy.path} {copy.damage}")
        remedy = f"`dlc models pull {spec.name}` downloads it"
        if damaged:
            raise ModelError(f"the model {spec.name} is damaged: {'; '.join(damaged)}; {remedy}")
        raise ModelError(f"the model {spec.name} is not installed; {remedy}")

    def copies(self, spec: ModelSpec, *, reread: bool = False) -> Iterator[Copy]:
        """Yield every file that has the model's name, in the order of the search.

        Args:
            spec: the model.
            reread: compute digests from the bytes, also of files that were checked before.
        """
        digest = self.digests.compute if reread else self.digests.digest
        for path in self.files(spec):
            damage = _wrong_size(path, spec)
            if damage is None and digest(path) != spec.remote.sha256:
                damage = "has other bytes than the model (its SHA-256 differs)"
            yield Copy(path, damage)

    def files(self, spec: ModelSpec) -> Iterator[Path]:
        """Yield every file that has the model's name, each once, unchecked."""
        seen: set[Path] = set()
        for path in self.folders.places(spec.remote.file):
            if path.is_file() and path.resolve() not in seen:
                seen.add(path.resolve())
                yield path

    def destination(self, spec: ModelSpec) -> Path:
        """Return the path to which a download of the model goes."""
        return self.folders.download / spec.remote.file


def find_model(name: str) -> Path | None:
    """Return where the user has a model, judged by name and size, or None; see `ModelStore`."""
    return ModelStore.of_user().find(name)


def require_model(name: str) -> Path:
    """Return where the user has a model, after its digest was checked; see `ModelStore`.

    Raises:
        ModelError: the model is not installed, or damaged; the message names the remedy.
        OptionError: no model has this name.
    """
    return ModelStore.of_user().require(name)


def _wrong_size(path: Path, spec: ModelSpec) -> str | None:
    try:
        size = path.stat().st_size
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if size == spec.remote.size:
        return None
    return f"has {size:,} bytes instead of {spec.remote.size:,}"
