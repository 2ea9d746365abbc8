"""Clips made on the spot, and ways to look into files without dlc."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.codec.context import Flags
from numpy.typing import NDArray

from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.planes import layout_of, plane_arrays
from dlc.media.opening import open_output, open_target
from dlc.options import EncodeOptions

NTSC = Fraction(30000, 1001)
UNTAGGED = ColorTags()
LOSSLESS = EncodeOptions(quality=0)


@dataclass(frozen=True)
class Clip:
    """A video to be made.

    Attributes:
        pts: the frames' times in units of `time_base`.
        audio: a codec name for each audio stream.
        subtitles: a codec name for each subtitle stream.
    """

    width: int = 64
    height: int = 48
    pix_fmt: str = "yuv420p"
    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=lambda: {"qp": "0", "preset": "ultrafast"})
    rate: Fraction = Fraction(25)
    time_base: Fraction = Fraction(1, 12800)
    pts: Sequence[int] = tuple(range(0, 12 * 512, 512))
    duration: int = 512
    tags: ColorTags = UNTAGGED
    orientation: Orientation = UPRIGHT
    sample_aspect_ratio: Fraction | None = None
    audio: Sequence[str] = ()
    audio_start: Fraction = Fraction(0)
    audio_seconds: float | None = None
    subtitles: Sequence[str] = ()
    container_options: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return float((self.pts[-1] + self.duration) * self.time_base)


def picture(clip: Clip, index: int) -> av.VideoFrame:
    """Return a picture of soft random texture that moves with `index`, inside legal levels."""
    frame = av.VideoFrame(clip.width, clip.height, clip.pix_fmt)
    layout = layout_of(clip.pix_fmt)
    assert layout is not None
    unit = 1 << (layout.depth - 8)
    for number, plane in enumerate(plane_arrays(frame)):
        height, width = plane.shape[:2]
        y, x = np.mgrid[0:height, 0:width].astype(np.float64)
        wave = np.sin((x + 3 * index) / 5 + number) * np.cos((y - 2 * index) / 7)
        values = (125 + 90 * wave + 10 * np.sin(x * y)) * unit
        if plane.ndim == 3:
            values = np.stack([np.roll(values, 5 * c, axis=0) for c in range(plane.shape[2])], -1)
        plane[...] = np.round(values).astype(plane.dtype) << layout.unused_bits
    return frame


def make(path: Path, clip: Clip) -> Path:
    """Write a clip with FFmpeg alone."""
    options = dict(clip.container_options)
    if path.suffix in (".mp4", ".mov"):
        options.setdefault("movie_timescale", str(clip.time_base.denominator))
    with av.open(str(path), "w", container_options=options) as container:
        container.metadata.update(clip.metadata)
        stream: Any = container.add_stream(clip.codec, rate=clip.rate, options=clip.options)
        stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, clip.pix_fmt
        context = stream.codec_context
        context.time_base = stream.time_base = clip.time_base
        context.flags |= Flags.frame_duration
        context.color_primaries, context.color_trc = clip.tags.primaries, clip.tags.transfer
        context.colorspace, context.color_range = clip.tags.matrix, clip.tags.range
        if clip.sample_aspect_ratio:
            context.sample_aspect_ratio = clip.sample_aspect_ratio
        if clip.orientation != UPRIGHT:
            stream.set_display_matrix(clip.orientation.display_matrix)
        sounds = [_add_sound(container, codec) for codec in clip.audio]
        titles = [_add_titles(container, codec) for codec in clip.subtitles]
        for index, pts in enumerate(clip.pts):
            frame = picture(clip, index)
            clip.tags.put_on(frame)
            frame.pts, frame.duration, frame.time_base = pts, clip.duration, clip.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        for number, sound in enumerate(sounds):
            _play(container, sound, clip, 300.0 * (number + 1))
        for number, title in enumerate(titles):
            _write_titles(container, title, clip, number)
    return path


def _add_sound(container: Any, codec: str) -> Any:
    stream = container.add_stream(codec, rate=48_000)
    stream.layout = "stereo"
    return stream


def _play(container: Any, stream: Any, clip: Clip, hertz: float) -> None:
    seconds = clip.seconds if clip.audio_seconds is None else clip.audio_seconds
    # A rising tone, so that no two packets are alike.
    at = np.arange(int(seconds * 48_000)) / 48_000
    samples = np.sin(2 * np.pi * (hertz + 100 * at) * at) * 0.3
    size = stream.codec_context.frame_size or 1024
    resampler = av.AudioResampler(stream.format, stream.layout, 48_000)
    for start in range(0, len(samples), size):
        part = samples[start : start + size].astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([part, part]), "fltp", "stereo")
        frame.rate, frame.time_base = 48_000, Fraction(1, 48_000)
        frame.pts = start + int(clip.audio_start * 48_000)
        for converted in resampler.resample(frame):
            container.mux(stream.encode(converted))
    container.mux(stream.encode(None))


def _add_titles(container: Any, codec: str) -> Any:
    stream = container.add_stream(codec)
    context = stream.codec_context
    context.subtitle_header = (
        b"[Script Info]\r\nScriptType: v4.00+\r\n\r\n[V4+ Styles]\r\nFormat: Name, Fontname, "
        b"Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
        b"Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, "
        b"Alignment, MarginL, MarginR, MarginV, Encoding\r\nStyle: Default,Arial,16,&Hffffff,"
        b"&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1\r\n\r\n[Events]\r\nFormat: "
        b"Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
    )
    context.time_base = stream.time_base = Fraction(1, 1000)
    return stream


def _write_titles(container: Any, stream: Any, clip: Clip, number: int) -> None:
    from av.subtitles.subtitle import SubtitleSet

    for second in range(max(1, int(clip.seconds * 5))):
        text = f"{second},0,Default,,0,0,0,,title {number} {second}".encode()
        packet = stream.codec_context.encode_subtitle(
            SubtitleSet.create(text, 0, 150, second * 200)
        )
        packet.pts = packet.dts = second * 200
        packet.duration, packet.time_base, packet.stream = 150, Fraction(1, 1000), stream
        container.mux(packet)


def times(path: Path) -> list[Fraction]:
    """Return the presentation times of a video's frames in seconds."""
    with av.open(str(path)) as container:
        return [f.pts * f.time_base for f in container.decode(video=0)]


def planes(path: Path) -> Iterator[list[NDArray[Any]]]:
    """Yield copies of the native planes of a video's frames."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield [plane.copy() for plane in plane_arrays(frame)]


def first_frame(path: Path) -> av.VideoFrame:
    """Return a video's first frame."""
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


def packets(path: Path, kind: str, number: int = 0) -> list[tuple[Fraction, Fraction, bytes]]:
    """Return time, duration and bytes of a stream's packets."""
    with av.open(str(path)) as container:
        stream = [s for s in container.streams if s.type == kind][number]
        return [
            (p.pts * p.time_base, (p.duration or 0) * p.time_base, bytes(p))
            for p in container.demux(stream)
            if p.size
        ]


def look(path: Path, function: Callable[[Any], Any]) -> Any:
    """Return what `function` finds out about an open container."""
    with av.open(str(path)) as container:
        return function(container)


def transcode(source: Path, output: Path, encoding: EncodeOptions = LOSSLESS, **read: Any) -> Any:
    """Pass every frame of a video through reader and writer; return both, closed."""
    with open_target(source, **read) as reader, open_output(output, reader, encoding) as writer:
        for frame in reader:
            writer.write(frame)
    return reader, writer


def assert_same_planes(first: Path, second: Path) -> None:
    """Assert that two videos have the same samples in the same formats."""
    for ours, theirs in zip(planes(first), planes(second), strict=True):
        for a, b in zip(ours, theirs, strict=True):
            assert np.array_equal(a, b)


# What FFmpeg calls the first streams of a transport stream.
VIDEO_PID, AUDIO_PID = 0x100, 0x101


def with_a_hole(path: Path, pid: int, count: int) -> Path:
    """Write a copy of a transport stream that lacks packets of one stream in the middle."""
    data = path.read_bytes()
    lead = 0 if data[0] == 0x47 else 4
    size = lead + 188
    packets = [data[at : at + size] for at in range(0, len(data), size)]
    heads = [int.from_bytes(packet[lead + 1 : lead + 3], "big") for packet in packets]
    own = [n for n, head in enumerate(heads) if head & 0x1FFF == pid]
    begin = len(own) // 2 - count // 2
    while heads[own[begin]] & 0x4000:
        # Not where a frame begins, which would be lost as a whole.
        begin += 1
    lost = set(own[begin : begin + count])
    holed = path.with_name(f"holed-{path.name}")
    holed.write_bytes(b"".join(p for n, p in enumerate(packets) if n not in lost))
    return holed
