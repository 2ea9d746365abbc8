"""Finished segments of an output, kept beside it until it can be put together.

Each segment is a file of its own with a record beside it that is written last: a segment without a
record, or of another size than its record says, does not count.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from dlc.atomic_write import atomic_write
from dlc.errors import OutputError
from dlc.media.files.failures import unwritable

_IDENTITY = "run.json"


@dataclass(frozen=True, slots=True)
class Segment:
    """What is known of a finished segment.

    Attributes:
        frames: how many frames it has; in a video with long gaps it may have none, and no file.
        first_pts: time of its first frame in the target, in units of the target's time base.
        size: of its file in bytes.
        is_last: whether the target ends with it.
        faces: faces swapped, over its frames.
        faces_left: faces left as they were.
        seconds: how long it took.
        memo: what its maker wants to know of it later, as plain JSON.
    """

    frames: int
    first_pts: int
    size: int
    is_last: bool
    faces: int = 0
    faces_left: int = 0
    seconds: float = 0.0
    memo: Mapping[str, Any] = field(default_factory=dict)


def note_segments(output: Path) -> list[str]:
    """Return what to say, to a run without segments, of those that an earlier run left."""
    folder = _folder_of(output)
    # Not Path.exists, which fails in a folder that may not be looked into.
    if not os.access(folder / _IDENTITY, os.F_OK):
        return []
    return [
        f"{folder} holds segments of a run that was not finished: it may be deleted, or continued "
        "with `resume` and `overwrite=True`"
    ]


class SegmentFolder:
    """A hidden folder beside an output, used by one run at a time.

    Used as a context manager: what is finished stays when the block ends, unless it was removed.

    Attributes:
        path: the folder.
        finished: the segments that are whole, from the first on without a gap.
    """

    def __init__(
        self, output: Path, suffix: str, identity: Mapping[str, Any], *, anew: bool
    ) -> None:
        """Choose the name; nothing is read or written.

        Args:
            output: what the segments belong to.
            suffix: the extension of the segments' files.
            identity: everything on which the segments depend, by names that a message can show.
            anew: throw segments away that depend on something else.
        """
        self.path = _folder_of(output)
        self.finished: list[Segment] = []
        self._output = output
        self._suffix = suffix
        self._identity = dict(identity)
        self._anew = anew
        self._lock = FileLock(self.path.with_name(self.path.name + ".lock"), blocking=False)

    def __enter__(self) -> Self:
        """Take possession of the folder.

        Raises:
            OutputError: another run has it, or its segments depend on something else.
            WriteError: it cannot be written to.
        """
        try:
            self._lock.acquire()
        except Timeout as error:
            raise OutputError(f"another run is writing {self._output}: wait for its end") from error
        except OSError as error:
            raise unwritable(self._output, error) from error
        try:
            self._take_over()
        except OSError as error:
            self._unlock()
            raise unwritable(self._output, error) from error
        except OutputError:
            self._unlock()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._unlock()

    def file(self, number: int) -> Path:
        """Return where a segment's file is, or is to be."""
        return self.path / f"{number:06}{self._suffix}"

    def keep(self, segment: Segment) -> None:
        """Record that the segment after the finished ones is whole, and on the disk.

        Raises:
            WriteError: the disk refuses.
        """
        try:
            _write(self._record(len(self.finished)), asdict(segment))
        except OSError as error:
            raise unwritable(self._output, error) from error
        self.finished.append(segment)

    def remove(self) -> None:
        """Remove the folder and everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.finished = []

    def _take_over(self) -> None:
        self.path.mkdir(exist_ok=True)
        before = _read(self.path / _IDENTITY)
        if before is not None and before != self._identity:
            if not self._anew:
                raise OutputError(self._mismatch(before))
            before = None
        if before is None:
            self.remove()
            self.path.mkdir()
            _write(self.path / _IDENTITY, self._identity)
        while (segment := self._whole(len(self.finished))) is not None:
            self.finished.append(segment)
        known = {_IDENTITY}
        for number in range(len(self.finished)):
            known |= {self.file(number).name, self._record(number).name}
        for path in self.path.iterdir():
            if path.name not in known:
                path.unlink()

    def _whole(self, number: int) -> Segment | None:
        record = _read(self._record(number))
        if record is None:
            return None
        segment = Segment(**record)
        path = self.file(number)
        is_there = path.exists() and path.stat().st_size == segment.size
        return segment if is_there or not segment.frames else None

    def _mismatch(self, before: Mapping[str, Any]) -> str:
        names = sorted(before.keys() | self._identity.keys())
        other = [name for name in names if before.get(name) != self._identity.get(name)]
        return (
            f"{self.path} holds a run that was begun with something else ({', '.join(other)}): "
            "give the same again, remove the folder, or pass `overwrite=True` to start over"
        )

    def _record(self, number: int) -> Path:
        return self.path / f"{number:06}.json"

    def _unlock(self) -> None:
        # First, so that nobody who takes the lock meanwhile loses its file; Windows keeps it.
        with suppress(OSError):
            Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()


def _folder_of(output: Path) -> Path:
    return output.with_name(f".{output.name[:200]}.dlc-resume")


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON that is either all there or not at all, even if the power goes."""
    with atomic_write(path, synced=True) as file:
        file.write(json.dumps(content).encode("ascii"))


def _read(path: Path) -> dict[str, Any] | None:
    """Return what `_write` wrote; None where there is nothing, or nothing of the kind."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None
