"""Rewritten model files, cached so that each is made once per model and machine."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlc.atomic_write import atomic_write_text
from dlc.errors import WriteError
from dlc.model_store.digest import DigestCache
from dlc.model_store.json_file import read_object

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place for one rewritten file.

    Attributes:
        path: the file; never written for models with nothing to rewrite.
        key: 32 hexadecimal digits that identify everything the file depends on.
    """

    path: Path
    key: str

    @property
    def record(self) -> Path:
        """Path of the record of what the file is and how it was made."""
        return _record_of(self.path)


class RewrittenFiles:
    """The rewritten files on this machine.

    Args:
        cache: the user's cache folder.
        digests: identifies the content of files, cached while they do not change.
    """

    def __init__(self, cache: Path, digests: DigestCache) -> None:
        self.folder = cache / "rewritten"
        self.digests = digests

    def entry(
        self, source: Path, target: str, input_shape: tuple[int, ...] | None, facts: object
    ) -> Entry:
        """Return the place for a rewritten file; one made stale by an update has the same place.

        Args:
            source: the model's file.
            target: what it is rewritten for, such as "coreml"; the suffix of its name.
            input_shape: shape that its first input is fixed to; None leaves it open.
            facts: what else the file depends on, such as versions; compared by its `repr`.

        Raises:
            ModelError: the model's file cannot be read.
        """
        digest = self.digests.digest(source)
        key = hashlib.sha256(repr((digest, target, input_shape, facts)).encode()).hexdigest()[:32]
        shape = "" if input_shape is None else "-" + "x".join(map(str, input_shape))
        folder = self.folder / f"{digest[:16]}{shape}"
        return Entry(folder / f"{source.stem}_{target}.onnx", key)

    def lookup(self, entry: Entry) -> Mapping[str, Any] | None:
        """Return the record of a file that is current and intact; None if there is none."""
        record = read_object(entry.record)
        if not record:
            return None
        if record.get("key") != entry.key:
            _LOG.info("%s is stale", entry.path)
            return None
        expected = record.get("sha256")
        if expected is None:
            return record
        if not entry.path.is_file() or self.digests.digest(entry.path) != expected:
            _LOG.warning("%s is damaged or missing, and is made anew", entry.path)
            return None
        return record

    def keep(self, entry: Entry, facts: Mapping[str, Any], *, written: bool) -> None:
        """Record a file that was just written, or that there is nothing to write.

        Raises:
            WriteError: the record cannot be written.
        """
        digest = self.digests.compute(entry.path) if written else None
        record = {**facts, "key": entry.key, "sha256": digest}
        try:
            atomic_write_text(entry.record, json.dumps(record, indent=2))
        except OSError as error:
            raise _unwritable(entry.record.parent, error) from error

    def make_room(self, entry: Entry) -> None:
        """Create the folder of a file, and remove its predecessor's record.

        Raises:
            WriteError: the folder cannot be written to.
        """
        try:
            entry.path.parent.mkdir(parents=True, exist_ok=True)
            entry.record.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(entry.path.parent, error) from error


def _record_of(path: Path) -> Path:
    """Return the path of the record of how a rewritten file was made."""
    return path.with_suffix(".json")


def recorded_key(path: Path) -> str | None:
    """Return the key of a rewritten file; None if dlc did not write the file."""
    record = read_object(_record_of(path))
    key = record.get("key")
    return key if isinstance(key, str) and record.get("sha256") else None


def recorded_changes(path: Path) -> Mapping[str, int]:
    """Return how much each rewrite changed in a file that dlc rewrote; empty for others."""
    changes = read_object(_record_of(path)).get("changes")
    return changes if isinstance(changes, dict) else {}


def _unwritable(folder: Path, error: OSError) -> WriteError:
    """Return the error for a cache that cannot be written."""
    return WriteError(
        f"{folder} cannot be written to: {error.strerror}; "
        "make room there, or set XDG_CACHE_HOME to another folder"
    )
