"""Videos joined from segments have the times, sound and description of those made in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from dlc.errors import Cancelled, OutputError, WriteError
from dlc.media.frames.orientation import Orientation
from dlc.media.info import MediaInfo
from dlc.media.video.carrying.other_streams import no_streams
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.resuming.joining import SegmentFile, join_segments, segment_format
from dlc.media.video.writing.writer import VideoWriter
from dlc.options import EncodeOptions
from tests.media.material import NTSC, Clip, look, make, packets, times, transcode

FRAMES = 12
SEGMENTS = 3
EVEN = tuple(range(0, FRAMES * 512, 512))
# Uneven times, as telephones record them, beginning late.
UNEVEN = tuple(
    1000 + at for at in (0, 512, 900, 1536, 2600, 2700, 3072, 3600, 4400, 4608, 5100, 9000)
)
B_FRAMES = {"qp": "0", "preset": "medium", "bf": "3"}


def split(path: Path, output: Path, encoding: EncodeOptions, **read: float) -> list[SegmentFile]:
    """Encode the frames of a video as segments of `output`."""
    with VideoReader(path, **read) as reader:
        plan = segment_format(output, reader.info, encoding)
        frames = list(reader)
    size, segments = FRAMES // SEGMENTS, []
    for number in range(0, len(frames), size):
        some = frames[number : number + size]
        file = path.with_name(f"segment{number}{plan.suffix}")
        first = some[0].pts or 0
        info = replace(plan.info, start=first * plan.info.time_base)
        with VideoWriter(
            file, info, plan.encoding, overwrite=True, mark=False, others=no_streams
        ) as writer:
            for frame in some:
                writer.write(frame)
        segments.append(SegmentFile(file, len(some), first))
    return segments


def join(path: Path, output: Path, encoding: EncodeOptions, **read: float) -> Path:
    segments = split(path, output, encoding, **read)
    with VideoReader(path, **read) as reader:
        put_together(output, reader.info, segments, encoding)
    return output


def put_together(
    output: Path,
    info: MediaInfo,
    segments: Sequence[SegmentFile],
    encoding: EncodeOptions | None = None,
    check: Callable[[], None] = lambda: None,
) -> None:
    encoding = encoding or EncodeOptions()
    join_segments(output, info, encoding, segments, overwrite=False, finish=None, check=check)


@pytest.mark.parametrize("pts", [EVEN, UNEVEN])
@pytest.mark.parametrize("options", [B_FRAMES, {"qp": "0", "bf": "0"}], ids=["b", "no b"])
@pytest.mark.parametrize(
    ("suffix", "encoder"),
    [
        (".mp4", None),
        (".mov", None),
        (".mkv", None),
        (".mp4", "libx265"),
        (".mov", "prores_ks"),
        (".webm", None),
        (".mkv", "libsvtav1"),
    ],
)
def test_times_and_sound_are_those_of_one_piece(
    tmp_path: Path, suffix: str, encoder: str | None, options: dict[str, str], pts: tuple[int, ...]
) -> None:
    sound = "libopus" if suffix in (".webm", ".mkv") else "aac"
    clip = Clip(
        pts=pts,
        options=options,
        audio=(sound,),
        orientation=Orientation.from_exif(6),
        metadata={"title": "a title"},
    )
    source = make(tmp_path / ("in.mkv" if sound == "libopus" else "in.mp4"), clip)
    encoding = EncodeOptions(encoder=encoder, quality=20)
    plain, joined = tmp_path / f"plain{suffix}", tmp_path / f"joined{suffix}"
    transcode(source, plain, encoding)
    join(source, joined, encoding)
    assert times(joined) == times(plain)
    assert packets(joined, "audio") == packets(plain, "audio")
    for fact in (
        lambda c: c.streams.video[0].codec_context.name,
        lambda c: c.streams.video[0].codec_context.codec_tag,
        lambda c: c.streams.video[0].time_base,
        lambda c: c.streams.video[0].average_rate,
        lambda c: c.metadata.get("comment"),
        lambda c: c.metadata.get("title"),
        lambda c: next(c.decode(video=0)).rotation,
    ):
        assert look(joined, fact) == look(plain, fact)


@pytest.mark.parametrize("options", [B_FRAMES, {"qp": "0", "bf": "0"}], ids=["b", "no b"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_times_that_matroska_has_rounded_are_exact_at_the_seams(
    tmp_path: Path, suffix: str, options: dict[str, str]
) -> None:
    clip = Clip(
        time_base=1 / NTSC, rate=NTSC, pts=range(7, 7 + FRAMES), duration=1, options=options
    )
    source = make(tmp_path / "in.mkv", clip)
    plain, joined = tmp_path / f"plain{suffix}", tmp_path / f"joined{suffix}"
    transcode(source, plain, EncodeOptions())
    join(source, joined, EncodeOptions())
    assert times(joined) == times(plain)
    assert suffix == ".mkv" or times(joined) == [n / NTSC for n in clip.pts]


def test_the_clock_of_a_broadcast_begins_at_zero(tmp_path: Path) -> None:
    clip = Clip(
        time_base=Fraction(1, 90_000),
        pts=range(0, FRAMES * 3600, 3600),
        duration=3600,
        options=B_FRAMES,
        audio=("aac",),
    )
    source = make(tmp_path / "in.ts", clip)
    plain, joined = tmp_path / "plain.mp4", tmp_path / "joined.mp4"
    transcode(source, plain, EncodeOptions())
    join(source, joined, EncodeOptions())
    assert times(joined) == times(plain)
    assert times(joined)[0] < Fraction(1, 25)
    assert packets(joined, "audio") == packets(plain, "audio")


def test_a_range_begins_at_its_first_frame(tmp_path: Path) -> None:
    source = make(tmp_path / "in.mp4", Clip(pts=EVEN, options=B_FRAMES, audio=("aac",)))
    plain, joined = tmp_path / "plain.mp4", tmp_path / "joined.mp4"
    transcode(source, plain, EncodeOptions(), start=0.1, end=0.4)
    join(source, joined, EncodeOptions(), start=0.1, end=0.4)
    assert times(joined) == times(plain)
    assert times(joined)[0] == 0
    assert packets(joined, "audio") == packets(plain, "audio")


@pytest.mark.parametrize("name", ["out.gif", "out.avi"])
def test_what_has_one_frame_rate_cannot_be_joined(tmp_path: Path, name: str) -> None:
    source = make(tmp_path / "in.mp4", Clip(pts=EVEN))
    with (
        VideoReader(source) as reader,
        pytest.raises(OutputError, match="cannot be made of segments"),
    ):
        segment_format(tmp_path / name, reader.info, EncodeOptions())


def test_a_part_that_lost_frames_is_noticed(tmp_path: Path) -> None:
    source, output = make(tmp_path / "in.mp4", Clip(pts=EVEN)), tmp_path / "out.mp4"
    first, *others = split(source, output, EncodeOptions())
    segments = [replace(first, frames=first.frames + 1), *others]
    with VideoReader(source) as reader, pytest.raises(WriteError, match="4 of its 5 frames"):
        put_together(output, reader.info, segments)
    assert not output.exists()


def test_parts_that_do_not_fit_together_are_noticed(tmp_path: Path) -> None:
    source, output = make(tmp_path / "in.mp4", Clip(pts=EVEN)), tmp_path / "out.mp4"
    segments = split(source, output, EncodeOptions())
    other = make(tmp_path / "other.mp4", Clip(width=96, pts=EVEN[:4], time_base=Fraction(1, 12800)))
    segments[1] = replace(segments[1], path=other)
    with VideoReader(source) as reader, pytest.raises(WriteError, match="in another way"):
        put_together(output, reader.info, segments)


def test_joining_can_be_stopped(tmp_path: Path) -> None:
    source, output = make(tmp_path / "in.mp4", Clip(pts=EVEN)), tmp_path / "out.mp4"
    segments = split(source, output, EncodeOptions())

    def stop() -> None:
        raise Cancelled("stopped")

    with VideoReader(source) as reader, pytest.raises(Cancelled):
        put_together(output, reader.info, segments, check=stop)
    assert [path.name for path in tmp_path.glob(".*")] == []
