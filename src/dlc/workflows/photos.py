"""Which photos a source stands for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from dlc.errors import InputError, OptionError
from dlc.media.files.paths import files_in, is_folder, named_path, require_file
from dlc.media.image.kinds import IMAGE_EXTENSIONS

logger = logging.getLogger(__name__)

Source = str | Path | Sequence[str | Path]


def photo_paths(source: Source) -> list[Path]:
    """Return the photos `source` stands for: a photo, several, or a folder of photos.

    Raises:
        InputError: a photo or folder does not exist or cannot be used, or a folder holds no
            pictures.
        OptionError: no photo was named, or one with an empty name, or something that is no name.
    """
    is_several = isinstance(source, Iterable) and not isinstance(source, str | bytes)
    names = cast(Iterable[str | Path], source if is_several else [source])
    named = [named_path(name) for name in names]
    if not named:
        message = "no source photo was given; name at least one"
        raise OptionError(message)
    paths: list[Path] = []
    for path in named:
        if is_folder(path):
            paths.extend(_pictures_in(path))
        else:
            require_file(path)
            paths.append(path)
    return paths


def _pictures_in(folder: Path) -> list[Path]:
    files = files_in(folder)
    pictures = [path for path in files if path.suffix.lower() in IMAGE_EXTENSIONS]
    for path in files:
        if path not in pictures:
            logger.info("ignoring %s: not a picture", path)
    if not pictures:
        message = f"{folder} holds no picture; put photos of one person into it"
        raise InputError(message)
    return pictures
