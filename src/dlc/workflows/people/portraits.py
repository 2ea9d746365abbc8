"""The folder with a portrait of each person in a video, and a sheet of all of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np

from dlc.arrays import Image
from dlc.errors import OutputError
from dlc.faces.people.sightings import Portrait
from dlc.media.files.atomic import AtomicFile
from dlc.media.files.failures import unwritable
from dlc.media.files.outputs import made_folders
from dlc.path_kind import PathKind, kind_of
from dlc.workflows.people.sheet import draw_people

_SHEET = "people.png"
# What a run may write, replace or remove.
_OWN_NAME = re.compile(r"people\.png|person\d+\.png")
# A smaller portrait is enlarged to this side, so that its face is found when it is read back.
_LEAST_SIDE = 320


def check_portraits(folder: Path, target: Path, *, overwrite: bool) -> None:
    """Raise OutputError unless portraits of the people in `target` may be written to `folder`."""
    try:
        kind = kind_of(folder)
        if kind not in (PathKind.NOTHING, PathKind.FOLDER):
            raise OutputError(f"{folder} is not a folder: choose another name")
        is_used = kind is PathKind.FOLDER and any(folder.iterdir())
    except OSError as error:
        raise OutputError(
            f"{folder} may not be looked into ({error.strerror}): choose another folder"
        ) from error
    if is_used and not overwrite:
        raise OutputError(f"{folder} is not empty: choose another folder or pass `overwrite=True`")
    if _OWN_NAME.fullmatch(target.name) and folder.resolve() == target.parent.resolve():
        raise OutputError(f"{target} would be replaced by a portrait: choose another folder")


def portrait_path(folder: Path, number: int) -> Path:
    """Return where the portrait of a person is, or is to be; numbers count from 1."""
    return folder / f"person{number}.png"


def write_portraits(
    folder: Path, portraits: Sequence[Portrait], captions: Sequence[str], *, overwrite: bool
) -> Path:
    """Write the portraits and their sheet, and return the path of the sheet.

    Args:
        folder: where they go; made if it is missing.
        portraits: at least one, in the order of their numbers.
        captions: what the sheet says of each.
        overwrite: whether files of an earlier run may be replaced; what it had more is removed.

    Raises:
        OutputError: they cannot be written, or a file appeared meanwhile.
    """
    with made_folders(folder), ExitStack() as stack:
        # All of them before one gets its name: a full disk leaves none.
        files = [
            _written_png(
                portrait_path(folder, number), _picture(portrait), stack, overwrite=overwrite
            )
            for number, portrait in enumerate(portraits, 1)
        ]
        sheet = draw_people(map(_picture, portraits), captions)
        files.append(_written_png(folder / _SHEET, sheet, stack, overwrite=overwrite))
        stale = _stale_portraits(folder, len(portraits))
        for file in files:
            file.commit()
        for path in stale:
            _remove(path)
    return folder / _SHEET


def _picture(portrait: Portrait) -> Image:
    bgr = portrait.bgr
    scale = _LEAST_SIDE / max(bgr.shape[:2])
    if scale <= 1:
        return bgr
    return np.asarray(cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))


def _stale_portraits(folder: Path, count: int) -> list[Path]:
    """Return what is left of a run that found more people, who may not be in this target."""
    if not (folder / _SHEET).exists():
        return []
    numbered = (portrait_path(folder, number) for number in itertools.count(count + 1))
    return list(itertools.takewhile(Path.is_file, numbered))


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def _written_png(path: Path, bgr: Image, stack: ExitStack, *, overwrite: bool) -> AtomicFile:
    """Return a picture that has yet to get its name, which `stack` otherwise discards."""
    file = AtomicFile(path, overwrite=overwrite)
    stack.callback(file.discard)
    file.write(cv2.imencode(".png", bgr)[1].tobytes())
    return file
