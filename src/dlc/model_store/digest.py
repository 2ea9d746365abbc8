"""SHA-256 digests of files, cached so that large files are not read at every start."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path

from dlc.atomic_write import atomic_write_text
from dlc.errors import ModelError
from dlc.model_store.json_file import read_object

_LOG = logging.getLogger(__name__)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        ModelError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


class DigestCache:
    """Digests by path, valid for as long as a file keeps its size and modification time.

    Args:
        path: the JSON file that stores them. Losing it, or being unable to write it, only costs
            time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def digest(self, path: Path) -> str:
        """Return a file's digest, cached or computed.

        Raises:
            ModelError: the file cannot be read.
        """
        entry = read_object(self._path).get(_key(path))
        if isinstance(entry, dict) and _stamp(path) == (entry.get("size"), entry.get("mtime_ns")):
            return str(entry.get("sha256"))
        return self.compute(path)

    def compute(self, path: Path) -> str:
        """Read the whole file; return and cache its digest.

        Raises:
            ModelError: the file cannot be read.
        """
        before = _stamp(path)
        digest = sha256_of(path)
        if before == _stamp(path):
            self.remember(path, digest)
        return digest

    def remember(self, path: Path, digest: str) -> None:
        """Cache the digest of a file as it is now."""
        size, mtime_ns = _stamp(path)
        known = read_object(self._path).items()
        entries = {key: entry for key, entry in known if os.access(key, os.F_OK)}
        entries[_key(path)] = {"size": size, "mtime_ns": mtime_ns, "sha256": digest}
        try:
            atomic_write_text(self._path, json.dumps(entries, indent=2))
        except OSError as error:
            _LOG.debug("digests are not remembered in %s: %s", self._path, error)


def _key(path: Path) -> str:
    return str(path.resolve())


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return status.st_size, status.st_mtime_ns


def _unreadable(path: Path, error: OSError) -> ModelError:
    return ModelError(f"{path} cannot be read: {error.strerror}; check its permissions")
