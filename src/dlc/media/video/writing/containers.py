"""The containers videos can be written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
from av.codec.codec import UnknownCodecError

from dlc.errors import OutputError


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file.

    Attributes:
        extension: the file name's ending, with its dot.
        format: FFmpeg's name of the muxer.
        encoders: video encoders in order of preference; a later one is taken where it alone keeps
            the input's opacity.
        audio_encoder: what audio becomes that cannot be copied; None where there is no audio.
        subtitle_encoder: what text subtitles become that cannot be copied; None where there are
            none.
        keeps_orientation: whether a display matrix can be stored, in all eight orientations.
        negative_times: whether packets before time 0 are hidden exactly (by an edit list).
        hides_early: whether packets before time 0 are hidden in any way.
        delays_sound: whether sound may begin later than the picture, and have gaps.
        tick: the only time base there is; None where any can be stored.
        constant_rate: whether frames lie on a grid of one frame rate.
        keeps_comment: whether there is room for a comment.
        keeps_shape: whether it says that pixels are not square; codecs may do so themselves.
        keeps_timecode: whether there is room for the timecode that the picture begins with.
        reorders: whether frames may be stored in another order than they are shown; AVI has no
            times that would say so.
        takes_adts: whether the muxer unpacks AAC with ADTS headers by itself.
        refused: codecs that the muxer lists and then does not take.
        options: for the muxer.
        crash_options: for the muxer in addition, where what is written has to be playable up to
            the last seconds even if the process is killed.
    """

    extension: str
    format: str
    encoders: tuple[str, ...]
    audio_encoder: str | None = None
    subtitle_encoder: str | None = None
    keeps_orientation: bool = True
    negative_times: bool = False
    hides_early: bool = True
    delays_sound: bool = True
    tick: Fraction | None = None
    constant_rate: bool = False
    keeps_comment: bool = True
    keeps_shape: bool = True
    keeps_timecode: bool = True
    reorders: bool = True
    takes_adts: bool = True
    refused: frozenset[str] = frozenset()
    options: Mapping[str, str] = field(default_factory=dict)
    crash_options: Mapping[str, str] = field(default_factory=dict)

    def holds(self, codec: str) -> bool:
        """Whether a codec, by FFmpeg's name of it, can be stored."""
        return codec not in self.refused and codec in _codecs_of(self.format)

    def carries_subtitles(self, codec: str) -> bool:
        """Whether subtitles can be stored, as they are or as another kind of text."""
        is_convertible = codec in _TEXT_SUBTITLES and self.subtitle_encoder is not None
        return self.holds(codec) or is_convertible


# Subtitles made of text can become another kind of text subtitles; pictures cannot.
_TEXT_SUBTITLES = frozenset({"ass", "mov_text", "ssa", "subrip", "srt", "text", "webvtt"})
_MILLISECOND = Fraction(1, 1000)
# Packets before time 0, such as those that prime an AAC decoder, would move everything later.
_AS_IT_IS = {"avoid_negative_ts": "disabled"}
# An index for every second, which the muxer replaces at the end with one for the whole file. Only
# where the first one waits for what it is of does the priming of AAC leave the pictures in place.
_FRAGMENTS = {
    "movflags": "+hybrid_fragmented+delay_moov",
    "frag_duration": "1000000",
    "flush_packets": "1",
}
_CLUSTERS = {"cluster_time_limit": "1000", "flush_packets": "1"}


def _mp4(extension: str) -> Container:
    return Container(
        extension,
        "mp4",
        ("libx264",),
        "aac",
        "mov_text",
        negative_times=True,
        crash_options=_FRAGMENTS,
    )


_CONTAINERS = (
    _mp4(".mp4"),
    _mp4(".m4v"),
    Container(
        ".mov",
        "mov",
        ("libx264", "prores_ks"),
        "aac",
        "mov_text",
        negative_times=True,
        refused=frozenset({"av1", "vp8", "vp9", "opus", "flac"}),
        crash_options=_FRAGMENTS,
    ),
    Container(
        ".mkv",
        "matroska",
        ("libx264", "libvpx-vp9"),
        "libopus",
        "subrip",
        tick=_MILLISECOND,
        # There is room for it, as there is in AVI, and PyAV has no way to have it written.
        keeps_shape=False,
        options=_AS_IT_IS,
        crash_options=_CLUSTERS,
    ),
    Container(
        ".webm",
        "webm",
        ("libvpx-vp9",),
        "libopus",
        "webvtt",
        tick=_MILLISECOND,
        keeps_shape=False,
        options=_AS_IT_IS,
        crash_options=_CLUSTERS,
    ),
    Container(
        ".avi",
        "avi",
        ("libx264",),
        "aac",
        keeps_orientation=False,
        hides_early=False,
        delays_sound=False,
        options=_AS_IT_IS,
        constant_rate=True,
        reorders=False,
        takes_adts=False,
        keeps_shape=False,
        keeps_timecode=False,
    ),
    Container(
        ".gif",
        "gif",
        ("gif",),
        keeps_orientation=False,
        tick=Fraction(1, 100),
        keeps_comment=False,
        keeps_timecode=False,
    ),
)
VIDEO_EXTENSIONS = tuple(container.extension for container in _CONTAINERS)


def container_for(path: Path) -> Container:
    """Return the container that a file name asks for.

    Raises:
        OutputError: if its extension is none that videos can be written to.
    """
    for container in _CONTAINERS:
        if container.extension == path.suffix.lower():
            return container
    said = f"the extension {path.suffix}" if path.suffix else "no extension"
    raise OutputError(
        f"{path.name} has {said}: a video can be written to {', '.join(VIDEO_EXTENSIONS)}"
    )


@cache
def _codecs_of(container_format: str) -> frozenset[str]:
    """Return FFmpeg's names of the codecs that a muxer can store."""
    # Opening for writing touches no file before the header is written.
    supported = av.open("codecs", "w", format=container_format).supported_codecs
    return frozenset(_canonical(name) for name in supported)


def _canonical(name: str) -> str:
    """Return the name of the codec that an encoder or a decoder is for."""
    try:
        return av.Codec(name, "r").canonical_name
    except UnknownCodecError:
        return av.Codec(name, "w").canonical_name
