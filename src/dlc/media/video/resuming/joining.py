"""Putting a video together from segments that were encoded one by one.

The segments are MP4 or MOV files with nothing but pictures, encoded with the same options and in
the target's time base. Their packets are copied in order, and sound and subtitles come from the
target in one piece, so there is no gap and no sample at the seams that a single run would not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.container import OutputContainer
from av.packet import Packet

from dlc.errors import OutputError, WriteError
from dlc.media.files.atomic import AtomicFile, Finish
from dlc.media.files.inputs import open_input
from dlc.media.frames.planes import layout_of
from dlc.media.info import MediaInfo
from dlc.media.video.carrying.streams import StreamCarrier
from dlc.media.video.carrying.tracks import KeptRange
from dlc.media.video.clock import nearest
from dlc.media.video.writing.containers import container_for
from dlc.media.video.writing.muxer import close_quietly, naming_refusals, open_container
from dlc.media.video.writing.plan import VideoPlan, plan_video
from dlc.options import EncodeOptions

_ADVICE = "choose another output, or leave out `resume`"


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A file to be joined.

    Attributes:
        path: where it is.
        frames: how many frames it has to have.
        first_pts: when its first frame is shown, in units of the target's time base.
    """

    path: Path
    frames: int
    first_pts: int


@dataclass(frozen=True, slots=True)
class SegmentFormat:
    """How the segments of an output are to be encoded.

    Attributes:
        suffix: the extension of their files.
        info: the target without what the segments do not carry.
        encoding: with the encoder that suits the whole output.
    """

    suffix: str
    info: MediaInfo
    encoding: EncodeOptions


def segment_format(path: Path, info: MediaInfo, encoding: EncodeOptions) -> SegmentFormat:
    """Decide how the segments of the output `path` are encoded.

    Raises:
        OutputError: its container or codec cannot be put together from segments.
        EncoderError: the encoder is unknown or does not fit.
    """
    whole = plan_video(path, info, encoding)
    layout = layout_of(whole.pix_fmt)
    # Only MP4 and MOV keep the target's times exactly.
    suffix = ".mov" if whole.container.format == "mov" else ".mp4"
    is_opaque = layout is not None and (not layout.has_alpha or suffix == ".mov")
    if whole.container.constant_rate or not is_opaque:
        raise OutputError(f"{path.name} cannot be made of segments: {_ADVICE}")
    bare = replace(info, audio_codecs=(), audio_rates=(), subtitle_codecs=())
    exact = replace(encoding, encoder=whole.encoder.name, audio=False)
    if not container_for(Path(f"segment{suffix}")).holds(whole.encoder.codec):
        raise OutputError(f"segments cannot hold {whole.encoder.codec}: {_ADVICE}")
    return SegmentFormat(suffix, bare, exact)


def join_segments(
    path: Path,
    info: MediaInfo,
    encoding: EncodeOptions,
    segments: Sequence[SegmentFile],
    *,
    overwrite: bool,
    finish: Finish | None,
    check: Callable[[], None],
) -> list[str]:
    """Write the output; it gets its name when it is whole.

    Args:
        path: the output.
        info: the target.
        encoding: as for the whole output.
        segments: in order, at least one.
        overwrite: whether an existing file may be replaced.
        finish: the last thing done with the file, such as signing it.
        check: called now and then; what it raises stops the work.

    Returns:
        What is not as it is in the target, in words for the user.

    Raises:
        OutputError: a file appeared under the output's name.
        WriteError: the disk is full, or a segment is not what it was when it was finished.
        DamagedInputError: the target's sound cannot be read on.
    """
    plan = plan_video(path, info, encoding)
    with naming_refusals(path), AtomicFile(path, overwrite=overwrite, finish=finish) as file:
        notes = _write(file.temporary, plan, info, segments, audio=encoding.audio, check=check)
    return [*plan.notes, *notes]


def _write(
    path: Path,
    plan: VideoPlan,
    info: MediaInfo,
    segments: Sequence[SegmentFile],
    *,
    audio: bool,
    check: Callable[[], None],
) -> list[str]:
    """Write the pictures of the segments and the other streams of the target into one file."""
    with ExitStack() as stack:
        container = open_container(path, plan)
        stack.callback(close_quietly, container)
        video = _add_video(container, segments[0], plan, info)
        carrier = StreamCarrier(info, plan.container, container, audio=audio, allow_damaged=False)
        stack.callback(carrier.close)
        carrier.describe_video(video)
        plan.note_comment(container.metadata)
        first = segments[0].first_pts * info.time_base
        kept = KeptRange.of(info, first)
        carrier.begin(kept)
        extradata = video.codec_context.extradata
        for packet, time in _packets(segments, info, plan, kept.shift, extradata):
            check()
            packet.stream = video
            container.mux(packet)
            carrier.advance(time)
        carrier.finish()
        container.close()
        return carrier.notes


def _add_video(
    container: OutputContainer, segment: SegmentFile, plan: VideoPlan, info: MediaInfo
) -> Any:
    with open_input(segment.path) as source:
        stream: Any = container.add_stream_from_template(source.streams.video[0], opaque=True)
    stream.time_base = plan.time_base
    stream.codec_context.framerate = plan.rate
    plan.describe(stream, info)
    return stream


def _packets(
    segments: Sequence[SegmentFile],
    info: MediaInfo,
    plan: VideoPlan,
    shift: Fraction,
    extradata: Any,
) -> Iterator[tuple[Packet[Any], Fraction]]:
    """Yield all packets in order, with the output's times, and their time in the target."""
    last: int | None = None
    for segment in segments:
        first = segment.first_pts * info.time_base
        count = 0
        with open_input(segment.path) as source:
            stream = source.streams.video[0]
            if stream.codec_context.extradata != extradata:
                raise WriteError(f"{segment.path} was encoded in another way: remove its folder")
            for packet in source.demux(stream):
                if packet.pts is None or packet.dts is None or packet.time_base is None:
                    continue
                unit, time = packet.time_base, first + packet.pts * packet.time_base
                packet.pts = nearest((time - shift) / plan.time_base)
                packet.dts = nearest((first + packet.dts * unit - shift) / plan.time_base)
                if last is not None and packet.dts <= last:
                    # Where frames are stored out of order, a segment begins before its first frame.
                    packet.dts = last + 1
                last = packet.dts
                packet.duration = nearest((packet.duration or 0) * unit / plan.time_base)
                packet.time_base = plan.time_base
                count += 1
                yield packet, time
        if count != segment.frames:
            raise WriteError(
                f"{segment.path} has {count} of its {segment.frames} frames: remove its folder"
            )
