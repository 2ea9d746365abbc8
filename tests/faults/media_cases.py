"""Damaged media files, and what dlc's readers and writers make of them."""

from __future__ import annotations

import random
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from dlc.errors import DamagedInputError, DlcError
from dlc.media.image.kinds import IMAGE_EXTENSIONS
from dlc.media.opening import open_output, open_target
from dlc.options import EncodeOptions, Preset
from tests.faults import bombs, damage
from tests.media.image.heif_files import avif, heic
from tests.media.material import Clip, make, picture

CONTAINERS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".ts", ".flv")
_FAST = EncodeOptions(quality=40, preset=Preset.FAST)
_RATE = 25
_FRAMES = 16

# A frame's time and a digest of its pixels.
Contents = list[tuple[Fraction, int]]


@dataclass(frozen=True)
class MediaCase:
    """A damaged file, and the frames of the one it was made from, if it was made from one."""

    path: Path
    intact: Contents


def media_cases(folder: Path, count: int, seed: int) -> Iterator[tuple[str, MediaCase]]:
    """Write `count` damaged files, one at a time, and yield their names and themselves."""
    originals = [*_clips(folder), *_images(folder)]
    known = [contents(path) for path in originals]
    hostile = list(bombs.bombs())
    for number in range(count):
        chance = random.Random(f"{seed} media {number}")  # noqa: S311 - reproducible, no secret
        if number % 10 == 9:
            name, data = hostile[number // 10 % len(hostile)]
            path, intact, what = folder / f"bomb-{name}", list[tuple[Fraction, int]](), "bomb"
        else:
            which = number % len(originals)
            how = damage.KINDS[number // len(originals) % len(damage.KINDS)]
            path = originals[which].with_stem(f"damaged-{originals[which].stem}")
            data, intact, what = how(originals[which].read_bytes(), chance), known[which], ""
            what = how.__name__
        path.write_bytes(data)
        yield f"{number:03} {what} {path.name}", MediaCase(path, intact)


def judge(case: MediaCase) -> tuple[str, str]:
    """Read a file to its end and write it again, strictly and then as far as possible."""
    verdict, detail = _attempt(case, allow_damaged=False)
    if verdict == DamagedInputError.__name__:
        again, more = _attempt(case, allow_damaged=True)
        return f"{verdict}, then {again}", f"{detail}; {more}"
    return verdict, detail


def contents(path: Path, *, allow_damaged: bool = False) -> Contents:
    """Return the times and pixels of a file's frames."""
    with open_target(path, allow_damaged=allow_damaged) as reader:
        return [
            (frame.time, hash(np.asarray(frame.to_bgr()).tobytes()))  # type: ignore[misc]
            for frame in reader
        ]


def _attempt(case: MediaCase, *, allow_damaged: bool) -> tuple[str, str]:
    output = case.path.with_name("out" + (".png" if _is_image(case.path) else ".mkv"))
    try:
        with (
            open_target(case.path, allow_damaged=allow_damaged) as reader,
            open_output(output, reader, _FAST, overwrite=True) as writer,
        ):
            found: Contents = []
            for frame in reader:
                found.append((frame.time, hash(frame.to_bgr().tobytes())))
                writer.write(frame)
        notes = "; ".join([*reader.notes, *writer.notes])
    except DlcError as error:
        if output.exists():
            return "left behind", str(error)
        return type(error).__name__, str(error)
    except BaseException as error:  # noqa: BLE001 - that there is none is what is tested
        where = traceback.extract_tb(error.__traceback__)[-1]
        return "unforeseen", f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
    output.unlink()
    return _compared(found, case.intact, reported=bool(reader.frames_lost or notes)), notes


def _compared(found: Contents, intact: Contents, *, reported: bool) -> str:
    if found == intact:
        return "intact"
    if reported:
        return "reported"
    # Which pixels a codec's bits stand for no decoder can doubt; how many there are it can.
    return "other pixels" if len(found) == len(intact) else "unreported"


def _is_image(path: Path) -> bool:
    return path.suffix in IMAGE_EXTENSIONS


def _clips(folder: Path) -> Iterator[Path]:
    times = tuple(range(0, _FRAMES * 512, 512))
    for suffix in CONTAINERS:
        vp9 = suffix == ".webm"
        clip = Clip(
            codec="libvpx-vp9" if vp9 else "libx264",
            options={"deadline": "realtime"} if vp9 else {"g": "8", "preset": "ultrafast"},
            pts=times,
            audio=("libopus" if suffix in (".mkv", ".webm") else "aac",),
        )
        yield make(folder / f"clip{suffix}", clip)
    path = folder / "clip.gif"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("gif", rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb8"
        for index in range(_FRAMES):
            frame = picture(Clip(), index).reformat(format="rgb8")
            frame.pts, frame.time_base = index, Fraction(1, _RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    yield path


def _images(folder: Path) -> Iterator[Path]:
    pixels = picture(Clip(width=96, height=64), 0).to_ndarray(format="bgr24")
    for suffix in (".jpg", ".png", ".webp", ".tif", ".bmp"):
        path = folder / f"photo{suffix}"
        cv2.imwrite(str(path), pixels)
        yield path
    rgb = np.ascontiguousarray(pixels[..., ::-1])
    tiled = {"exif": b"Exif\0\0MM\0*\0\0\0\x08" + bytes(6), "tile_size": 64}
    for name, data in {"photo.heic": heic(rgb, **tiled), "photo.avif": avif(rgb)}.items():
        (folder / name).write_bytes(data)
        yield folder / name
