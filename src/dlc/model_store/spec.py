"""What is known about a model file before it is on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from dlc.model_store.role import Role


@dataclass(frozen=True, slots=True)
class License:
    """The terms under which weights may be used.

    Attributes:
        key: a short name that never changes; acceptance is recorded under it.
        title: the license in a few words.
        text: what it allows and forbids, as shown before a download.
        url: where the owner of the weights publishes it.
    """

    key: str
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file to download, and how to recognize it.

    Attributes:
        file: its path below a models folder, with forward slashes.
        size: its size in bytes.
        sha256: its digest, 64 lower-case hexadecimal digits.
        urls: its addresses, in the order to try.
    """

    file: str
    size: int
    sha256: str
    urls: tuple[str, ...]

    @property
    def basename(self) -> str:
        """The file's name without folders."""
        return PurePosixPath(self.file).name


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model that dlc can use.

    Attributes:
        name: its name for users.
        role: its role.
        license: the terms of its weights.
        remote: the file itself.
        archive: a ZIP file that also contains it, tried if `remote` is unavailable.
    """

    name: str
    role: Role
    license: License
    remote: RemoteFile
    archive: RemoteFile | None = None
