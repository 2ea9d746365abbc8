"""The targets in a folder, told from other files by their names, and names for their outputs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dlc.media.files.failures import unreadable
from dlc.media.image.formats.heif import read_heif
from dlc.media.image.kinds import IMAGE_EXTENSIONS, ONLY_READ_EXTENSIONS, OUTPUT_EXTENSIONS
from dlc.media.image.recognition import image_kind, is_animated_png, is_image_sequence
from dlc.media.video.writing.containers import VIDEO_EXTENSIONS

# Videos that FFmpeg reads, and dlc does not write.
_ONLY_READ_VIDEOS = (
    ".3g2",
    ".3gp",
    ".apng",
    ".asf",
    ".divx",
    ".dv",
    ".f4v",
    ".flv",
    ".m2t",
    ".m2ts",
    ".m2v",
    ".mpe",
    ".mpeg",
    ".mpg",
    ".mts",
    ".mxf",
    ".ogv",
    ".qt",
    ".rm",
    ".rmvb",
    ".ts",
    ".vob",
    ".wmv",
    ".wtv",
    ".y4m",
)
TARGET_EXTENSIONS = (*IMAGE_EXTENSIONS, *VIDEO_EXTENSIONS, *_ONLY_READ_VIDEOS)
# Bytes; descriptions of phone photos take a few thousand.
_HEAD = 1 << 18
# What a video becomes that cannot be written as what it is.
_DEFAULT_EXTENSION = ".mp4"


@dataclass(frozen=True, slots=True)
class FolderContents:
    """What is directly in a folder, hidden files and folders left out, in natural order.

    Attributes:
        targets: files whose names are those of videos or pictures.
        others: everything else that is no folder.
        folders: folders.
    """

    targets: tuple[Path, ...]
    others: tuple[Path, ...]
    folders: tuple[Path, ...]


def look_into(folder: Path) -> FolderContents:
    """Return what is in a folder.

    Raises:
        InputError: it may not be read.
    """
    try:
        paths = natural_order(path for path in folder.iterdir() if path.name[0] != ".")
        folders = tuple(path for path in paths if path.is_dir())
        targets = tuple(path for path in paths if _is_target(path))
    except OSError as error:
        raise unreadable(folder, error) from error
    others = tuple(path for path in paths if path not in {*folders, *targets})
    return FolderContents(targets, others, folders)


def output_name(target: Path) -> str:
    """Return the name of a target's output: its own where dlc writes that kind of file.

    Other videos become MP4. Other pictures become JPEG, or PNG where they have opacity or more than
    8 bits a sample, which JPEG has not.
    """
    suffix = target.suffix.lower()
    if suffix in ONLY_READ_EXTENSIONS and not _is_moving(target):
        return target.with_suffix(".png" if _needs_png(target) else ".jpg").name
    if suffix in (*OUTPUT_EXTENSIONS, *VIDEO_EXTENSIONS) and not _is_moving(target):
        return target.name
    return target.with_suffix(_DEFAULT_EXTENSION).name


def natural_order(paths: Iterable[Path]) -> list[Path]:
    """Sort files as people count: "clip2" comes before "clip10"; case matters last."""
    return sorted(paths, key=lambda path: (_natural(path.stem), _natural(path.suffix), path.name))


def _natural(text: str) -> list[str | int]:
    # Texts and numbers take turns, so that equal places always compare the same kind.
    parts = re.split(r"([0-9]+)", text.casefold())
    return [int(part) if number % 2 else part for number, part in enumerate(parts)]


def _is_target(path: Path) -> bool:
    return path.suffix.lower() in TARGET_EXTENSIONS and path.is_file()


def _is_moving(target: Path) -> bool:
    """Whether a file is named like a picture and is a video all the same."""
    suffix = target.suffix.lower()
    try:
        if suffix == ".png":
            return is_animated_png(target)
        return suffix in ONLY_READ_EXTENSIONS and is_image_sequence(target)
    except OSError:
        return False  # whoever opens it says why it cannot be read


def _needs_png(target: Path) -> bool:
    """Whether a picture has what JPEG has no room for."""
    try:
        if image_kind(target) is None:
            return False
        with target.open("rb") as file:
            head = file.read(_HEAD)
            # What says so nearly always comes before the pixels, of which there may be gigabytes.
            picture = read_heif(head) or read_heif(head + file.read())
    except OSError:
        return False
    return picture is not None and (picture.has_alpha or picture.depth > 8)
