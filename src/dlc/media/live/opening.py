"""Opening a live source by what the user calls it."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from dlc.errors import CameraError, DamagedInputError, InputError, OptionError
from dlc.media.camera.camera import Camera
from dlc.media.files.failures import TAKE_WHOLE
from dlc.media.files.paths import files_in, is_folder, named_path, require_file
from dlc.media.image.recognition import is_image
from dlc.media.live.clip import Clip, ContainerClip, ContainerSpec, FileClip
from dlc.media.live.clock import LiveClock
from dlc.media.live.mirrored import MirroredSource
from dlc.media.live.paced_source import PacedSource
from dlc.media.live.reconnecting import ReconnectingSource
from dlc.media.live.source import LiveSource
from dlc.media.live.stream_source import StreamSource, stream_spec
from dlc.media.video.reading.reader import VideoReader
from dlc.options import CaptureOptions

_CAMERA = re.compile(r"(?:/dev/video)?([0-9]+)")
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_NUMBERED = re.compile(r"%(0\d+)?d")
_SEQUENCE_FPS = 25.0


def open_live_source(
    spec: str, options: CaptureOptions | None = None, *, clock: LiveClock | None = None
) -> LiveSource:
    """Open whatever delivers pictures in real time.

    Args:
        spec: a camera's number ("0", on Linux also "/dev/video0"), a file, a numbered image
            sequence ("shot_%04d.png"), an address ("http://...", "rtsp://..."), or a graph of
            FFmpeg's filters ("lavfi:testsrc=size=640x480:rate=30").
        options: how to open it; the defaults if None.
        clock: what frames are timed by, and what tells the source to stop.

    Raises:
        CameraError: the camera or stream is missing, busy or delivers nothing usable.
        InputError: the file, sequence or graph cannot be opened.
        DamagedInputError: the file is truncated or its first frame cannot be decoded.
        OptionError: the options make no sense for this kind of source.
        Cancelled: the run was asked to stop meanwhile.
    """
    options, clock = options or CaptureOptions(), clock or LiveClock()
    _check(options)
    source = _open(spec, options, clock)
    return MirroredSource(source) if options.mirror else source


def played_file(spec: str) -> Path | None:
    """Return the file that `open_live_source` plays for `spec`, None if it opens anything else."""
    if _CAMERA.fullmatch(spec) or _URL.match(spec) or spec.startswith("lavfi:"):
        return None
    return None if _is_sequence(spec) else Path(spec)


def _check(options: CaptureOptions) -> None:
    if options.resolution is not None and min(options.resolution) < 1:
        raise OptionError("`resolution` needs a width and a height above 0")
    if options.fps is not None and not options.fps > 0:
        raise OptionError(f"`fps` is {options.fps:g}: give more than 0")


def _open(spec: str, options: CaptureOptions, clock: LiveClock) -> LiveSource:
    if camera := _CAMERA.fullmatch(spec):
        index = int(camera[1])
        return _kept_alive(lambda: Camera(index, options, clock=clock), options, clock)
    if _URL.match(spec):
        return _kept_alive(lambda: _open_url(spec, options, clock), options, clock)
    return PacedSource(
        _clip_opener(spec, options),
        spec,
        loop=options.loop,
        clock=clock,
        notes=_unused(options, fps_used=_is_sequence(spec)),
    )


def _kept_alive(
    open_source: Callable[[], LiveSource], options: CaptureOptions, clock: LiveClock
) -> LiveSource:
    if options.loop:
        raise OptionError("only a file can be looped: leave out `loop`")
    return ReconnectingSource(open_source, clock=clock) if options.reconnect else open_source()


def _clip_opener(spec: str, options: CaptureOptions) -> Callable[[], Clip]:
    """Return what opens a clip at its beginning, as often as it is called."""
    if options.reconnect:
        raise OptionError("only a camera or a stream can be reconnected: leave out `reconnect`")
    if spec.startswith("lavfi:"):
        graph = ContainerSpec(spec.removeprefix("lavfi:"), spec, format="lavfi")
        return partial(ContainerClip, graph)
    if _is_sequence(spec):
        return partial(ContainerClip, _sequence(spec, options.fps or _SEQUENCE_FPS))
    path = named_path(spec)
    require_file(path)
    if is_image(path):
        raise InputError(f"{path} is a single picture: a live source needs a video")
    return lambda: FileClip(VideoReader(path, advice=TAKE_WHOLE))


def _is_sequence(spec: str) -> bool:
    # Not Path.exists, which fails in a folder that may not be looked into.
    return bool(_NUMBERED.search(Path(spec).name)) and not os.access(spec, os.F_OK)


def _sequence(spec: str, fps: float) -> ContainerSpec:
    """Return the image sequence beginning at the lowest number there is."""
    path = Path(spec)
    head, tail = (re.escape(part) for part in re.split(_NUMBERED.pattern, path.name)[::2])
    name = re.compile(rf"{head}(\d+){tail}")
    files = files_in(path.parent) if is_folder(path.parent) else []
    numbers = [int(match[1]) for file in files if (match := name.fullmatch(file.name))]
    if not numbers:
        raise InputError(f"no file is called like {spec}, with a number instead of the %d")
    options = {"framerate": f"{fps:g}", "start_number": str(min(numbers))}
    return ContainerSpec(spec, spec, format="image2", options=options)


def _open_url(url: str, options: CaptureOptions, clock: LiveClock) -> LiveSource:
    """Open an address: what has a duration is a file to be played, all else is a live stream."""
    spec = stream_spec(url)
    try:
        container = spec.open()
    except InputError as error:
        raise CameraError(f"{error}; check the address and the network") from error
    if container.duration is None:
        return StreamSource(container, spec, clock=clock)
    container.close()
    clip = partial(ContainerClip, ContainerSpec(url, url, timeout=spec.timeout))
    try:
        return PacedSource(clip, url, clock=clock, notes=_unused(options, fps_used=False))
    except DamagedInputError as error:
        if getattr(error.__cause__, "errno", None) != errno.EIO:
            raise
        # What FFmpeg says where it had to jump to the index at an MP4's end and back.
        raise InputError(
            f"{url} cannot be played while it comes: its server sends no parts of files, or broke "
            "off; download it first"
        ) from error


def _unused(options: CaptureOptions, *, fps_used: bool) -> tuple[str, ...]:
    """Say which options have no effect on a clip, which plays as it is."""
    notes = []
    if options.resolution is not None:
        notes.append("a resolution is only asked of cameras: this plays in its own")
    if options.fps is not None and not fps_used:
        notes.append("a frame rate is only asked of cameras: this plays at its own")
    return tuple(notes)
