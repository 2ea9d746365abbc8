"""Sound, subtitles and the rest: copied bit for bit, in step with the picture."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition
from numpy.typing import NDArray

from dlc.errors import DamagedInputError
from dlc.media.video.carrying.streams import StreamCarrier
from dlc.media.video.reading.reader import VideoReader
from dlc.options import EncodeOptions
from tests.media.material import (
    AUDIO_PID,
    LOSSLESS,
    Clip,
    look,
    make,
    packets,
    times,
    transcode,
    with_a_hole,
)

LONG = Clip(pts=range(0, 150 * 512, 512))


def payloads(path: Path, kind: str, number: int = 0) -> list[bytes]:
    return [packet[2] for packet in packets(path, kind, number)]


def sound(path: Path) -> tuple[Fraction, NDArray[np.float32]]:
    """Return when a file's sound begins, in seconds, and its samples at 48 kHz."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
        first = frames[0].pts * frames[0].time_base
        apart = [1 if f.format.is_planar else f.layout.nb_channels for f in frames]
        samples = [f.to_ndarray()[0, ::n] for f, n in zip(frames, apart, strict=True)]
        return first, np.concatenate(samples).astype(np.float32)


@pytest.mark.parametrize(
    ("output", "codecs"),
    [
        (".mp4", ("aac", "ac3", "libopus", "flac")),
        (".mov", ("aac", "ac3", "pcm_s16le")),
        (".mkv", ("aac", "ac3", "libopus", "flac", "pcm_s16le", "libvorbis")),
        (".webm", ("libopus",)),
        (".avi", ("ac3", "pcm_s16le")),
    ],
)
def test_every_audio_stream_is_copied_bit_for_bit(
    tmp_path: Path, output: str, codecs: tuple[str, ...]
) -> None:
    codecs = tuple(codec for codec in codecs if codec in av.codecs_available)
    path = make(tmp_path / "a.mkv", replace(LONG, audio=codecs))

    _, writer = transcode(path, tmp_path / ("b" + output))

    for number in range(len(codecs)):
        assert payloads(tmp_path / ("b" + output), "audio", number) == payloads(
            path, "audio", number
        )
    assert not any("audio" in note for note in writer.notes)


@pytest.mark.parametrize("output", [".mp4", ".mov"])
@pytest.mark.parametrize("start", [Fraction(0), Fraction(17, 100)])
def test_times_of_packets_and_priming_are_kept(
    tmp_path: Path, output: str, start: Fraction
) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, audio=("aac",), audio_start=start))

    transcode(path, tmp_path / ("b" + output))

    assert packets(tmp_path / ("b" + output), "audio") == packets(path, "audio")
    assert sound(tmp_path / ("b" + output))[0] == sound(path)[0]
    assert np.array_equal(sound(tmp_path / ("b" + output))[1], sound(path)[1])


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "aac"), ("a.mkv", "libopus")])
def test_the_priming_of_sound_does_not_move_pictures_where_it_cannot_be_hidden(
    tmp_path: Path, name: str, codec: str
) -> None:
    path = make(tmp_path / name, replace(LONG, audio=(codec,)))
    transcode(path, tmp_path / "b.avi")
    with VideoReader(path) as before, VideoReader(tmp_path / "b.avi") as after:
        expected, found = ([float(frame.time) for frame in reader] for reader in (before, after))
    assert found == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("codec", "encoder"), [("aac", "aac"), ("pcm_s16le", "pcm_s16le"), ("libopus", "aac")]
)
@pytest.mark.parametrize("start", [None, 0.2])
def test_sound_that_begins_late_gets_silence_in_front_where_times_cannot_be_kept(
    tmp_path: Path, codec: str, encoder: str, start: float | None
) -> None:
    begin = Fraction(7, 10)
    path = make(tmp_path / "a.mkv", replace(LONG, audio=(codec,), audio_start=begin))
    _, writer = transcode(path, tmp_path / "b.avi", start=start)
    assert any(f"encoded anew with {encoder}" in note for note in writer.notes)
    first, samples = sound(tmp_path / "b.avi")
    heard = np.flatnonzero(np.abs(samples) > 0.1 * np.abs(samples).max())[0] / 48_000
    assert first == 0
    assert heard == pytest.approx(float(begin) - (start or 0), abs=0.03)


@pytest.mark.parametrize("length", [1.0, 9.0])
def test_sound_may_be_shorter_or_longer_than_the_picture(tmp_path: Path, length: float) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, audio=("aac",), audio_seconds=length))

    transcode(path, tmp_path / "b.mp4")

    assert payloads(tmp_path / "b.mp4", "audio") == payloads(path, "audio")


def test_sound_is_left_out_on_request(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, audio=("aac",)))

    transcode(path, tmp_path / "b.mp4", EncodeOptions(audio=False))

    assert look(tmp_path / "b.mp4", lambda c: len(c.streams.audio)) == 0


def test_sound_that_does_not_fit_is_encoded_anew_and_said(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, audio=("aac", "ac3")))

    _, writer = transcode(path, tmp_path / "b.webm")

    notes = [note for note in writer.notes if "encoded anew with libopus" in note]
    assert len(notes) == 2
    names = look(tmp_path / "b.webm", lambda c: [s.codec_context.name for s in c.streams.audio])
    assert names == ["opus", "opus"]
    _, before = sound(path)
    _, after = sound(tmp_path / "b.webm")
    assert abs(len(before) - len(after)) < 48_000 // 20
    # In step to a fraction of a millisecond: the tones overlap best without a shift.
    count = min(len(before), len(after)) - 2000
    scores = [float(before[1000:count] @ after[1000 + s : count + s]) for s in range(-80, 81)]
    assert abs(int(np.argmax(scores)) - 80) <= 24


def test_sound_is_written_beside_the_picture_not_after_it(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, audio=("aac",)))

    transcode(path, tmp_path / "b.mp4")

    with av.open(str(tmp_path / "b.mp4")) as container:
        order = sorted(
            (p.pos, p.stream_index, p.pts * p.time_base) for p in container.demux() if p.size
        )
    latest = Fraction(0)
    for _, index, time in order:
        if index == 0:
            latest = max(latest, time)
        else:
            assert abs(time - latest) < 2


# Subtitles


@pytest.mark.parametrize(
    ("source", "codec", "output"),
    [
        ("a.mkv", "subrip", ".mkv"),
        ("a.mkv", "ass", ".mkv"),
        ("a.mp4", "mov_text", ".mp4"),
        ("a.mp4", "mov_text", ".mov"),
        ("a.webm", "webvtt", ".webm"),
    ],
)
def test_subtitles_are_copied_bit_for_bit(
    tmp_path: Path, source: str, codec: str, output: str
) -> None:
    clip = replace(LONG, subtitles=(codec, codec))
    if source == "a.webm":
        clip = replace(clip, codec="libvpx-vp9", options={"cpu-used": "8", "lossless": "1"})
    path = make(tmp_path / source, clip)

    transcode(path, tmp_path / ("b" + output))

    for number in range(2):
        ours = [p for p in packets(tmp_path / ("b" + output), "subtitle", number) if len(p[2]) > 2]
        theirs = [p for p in packets(path, "subtitle", number) if len(p[2]) > 2]
        assert ours == theirs
        assert len(ours) == 30


@pytest.mark.parametrize(
    ("source", "codec", "output", "name"),
    [
        ("a.mp4", "mov_text", ".mkv", "subrip"),
        ("a.mkv", "subrip", ".mp4", "mov_text"),
        ("a.mkv", "ass", ".mov", "mov_text"),
        ("a.mkv", "subrip", ".webm", "webvtt"),
    ],
)
def test_text_subtitles_are_converted_and_said(
    tmp_path: Path, source: str, codec: str, output: str, name: str
) -> None:
    path = make(tmp_path / source, replace(LONG, subtitles=(codec,)))

    _, writer = transcode(path, tmp_path / ("b" + output))

    assert any(f"{codec} converted to {name}" in note for note in writer.notes)
    found = [p for p in packets(tmp_path / ("b" + output), "subtitle") if len(p[2]) > 2]
    assert len(found) == 30
    for second, (time, duration, text) in enumerate(found):
        assert time == Fraction(second, 5)
        assert duration == Fraction(3, 20)
        assert f"title 0 {second}".encode() in text


# Cuts


@pytest.mark.parametrize(
    ("output", "begins_with_the_picture"),
    [(".mp4", True), (".mov", True), (".mkv", False)],
)
@pytest.mark.parametrize("start", [1.0, 2.57])
def test_sound_stays_with_the_picture_when_the_beginning_is_cut(
    tmp_path: Path, output: str, begins_with_the_picture: bool, start: float
) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, audio=("aac",)))

    transcode(path, tmp_path / ("b" + output), start=start, end=start + 2)

    video = times(tmp_path / ("b" + output))
    shift = Fraction(-(-round(start * 100) // 4) * 4, 100)
    assert video[0] == 0
    original = {data: time for time, _, data in packets(path, "audio")}
    tick = Fraction(1, 48_000) if output != ".mkv" else Fraction(1, 1000)
    found = packets(tmp_path / ("b" + output), "audio")
    for time, _, data in found:
        assert abs(time - (original[data] - shift)) <= tick
    begin = found[0][0]
    if begins_with_the_picture:
        # What lies before 0 primes the decoder and is hidden.
        assert -Fraction(3 * 1024, 48_000) <= begin <= 0
        assert 0 <= sound(tmp_path / ("b" + output))[0] < tick
    else:
        assert 0 <= begin < Fraction(1024, 48_000)
    assert 2 - Fraction(2 * 1024, 48_000) < found[-1][0] < 2 + tick


def test_subtitles_and_chapters_are_cut_with_the_picture(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", replace(LONG, subtitles=("subrip",)))
    with_chapters = tmp_path / "c.mkv"
    with av.open(str(path)) as source, av.open(str(with_chapters), "w") as target:
        streams = [target.add_stream_from_template(s, opaque=True) for s in source.streams]
        unit = Fraction(1, 1000)
        target.set_chapters(
            [
                {
                    "id": n,
                    "start": 2000 * n,
                    "end": 2000 * n + 2000,
                    "time_base": unit,
                    "metadata": {"title": f"part {n}"},
                }
                for n in range(3)
            ]
        )
        for packet in source.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                target.mux(packet)

    transcode(with_chapters, tmp_path / "b.mkv", start=1.0, end=3.0)

    found = packets(tmp_path / "b.mkv", "subtitle")
    assert [time for time, _, _ in found] == [Fraction(n, 5) for n in range(10)]
    assert b"title 0 5" in found[0][2]
    chapters = look(tmp_path / "b.mkv", lambda c: c.chapters())
    kept = [
        (c["metadata"]["title"], c["start"] * c["time_base"], c["end"] * c["time_base"])
        for c in chapters
    ]
    assert kept == [("part 0", 0, 1), ("part 1", 1, 2)]


@pytest.mark.parametrize("output", ["b.avi", "b.gif"])
def test_subtitles_that_do_not_fit_are_left_out(tmp_path: Path, output: str) -> None:
    path = make(tmp_path / "a.mkv", replace(LONG, subtitles=("subrip",)))

    _, writer = transcode(path, tmp_path / output)

    assert look(tmp_path / output, lambda c: [s.type for s in c.streams]) == ["video"]
    assert any("subrip subtitles are left out" in note for note in writer.notes)


@pytest.mark.parametrize("subtitles", [(), ("mov_text",)])
def test_nothing_outlasts_a_picture_that_was_cut(
    tmp_path: Path, subtitles: tuple[str, ...]
) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, subtitles=subtitles))
    with_chapters = tmp_path / "c.mp4"
    with av.open(str(path)) as source, av.open(str(with_chapters), "w") as target:
        streams = [target.add_stream_from_template(s, opaque=True) for s in source.streams]
        target.set_chapters(
            [
                {
                    "id": 0,
                    "start": 0,
                    "end": 6,
                    "time_base": Fraction(1),
                    "metadata": {"title": "all"},
                }
            ]
        )
        for packet in source.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                target.mux(packet)

    # In the middle of a subtitle, of which there is one from 2.4 s to 2.55 s.
    transcode(with_chapters, tmp_path / "b.mp4", start=0.48, end=2.48)

    assert look(tmp_path / "b.mp4", lambda c: c.duration) == 2_000_000
    if subtitles:
        begin, length, _ = packets(tmp_path / "b.mp4", "subtitle")[-1]
        assert begin + length <= 2


def test_an_uncut_video_keeps_its_chapters(tmp_path: Path) -> None:
    path = make(tmp_path / "plain.mp4", LONG)
    with_chapters = tmp_path / "a.mp4"
    with av.open(str(path)) as source, av.open(str(with_chapters), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0], opaque=True)
        entry: dict[str, Any] = {"id": 1, "start": 500, "end": 3000, "time_base": Fraction(1, 1000)}
        target.set_chapters([{**entry, "metadata": {"title": "middle"}}])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)

    _, writer = transcode(with_chapters, tmp_path / "b.mp4")

    assert writer.notes == []

    def describe(container: Any) -> list[tuple[str, Fraction, Fraction]]:
        return [
            (c["metadata"]["title"], c["start"] * c["time_base"], c["end"] * c["time_base"])
            for c in container.chapters()
        ]

    assert look(tmp_path / "b.mp4", describe) == look(with_chapters, describe)
    assert look(tmp_path / "b.mp4", describe)[0][0] == "middle"


# What describes the streams


def test_languages_and_roles_are_kept(tmp_path: Path) -> None:
    path = make(tmp_path / "plain.mkv", replace(LONG, audio=("ac3", "ac3"), subtitles=("subrip",)))
    described = tmp_path / "a.mkv"
    with av.open(str(path)) as source, av.open(str(described), "w") as target:
        streams = []
        for number, stream in enumerate(source.streams):
            copy = target.add_stream_from_template(stream, opaque=True)
            copy.metadata["language"] = ["und", "deu", "fra", "eng"][number]
            copy.metadata["title"] = f"stream {number}"
            streams.append(copy)
        streams[2].disposition = av.stream.Disposition.comment
        for packet in source.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                target.mux(packet)

    transcode(described, tmp_path / "b.mkv")

    def describe(container: Any) -> list[tuple[str | None, str | None, int]]:
        return [
            (s.language, s.metadata.get("title"), int(s.disposition)) for s in container.streams
        ]

    assert look(tmp_path / "b.mkv", describe) == look(described, describe)


def test_names_in_other_encodings_do_no_harm(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, metadata={"title": "Gruesse"}))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"Gruesse", b"Gr\xfc\xdfe  "))

    transcode(path, tmp_path / "b.mp4")

    with av.open(str(tmp_path / "b.mp4"), metadata_errors="surrogateescape") as container:
        assert container.metadata["title"].encode(errors="surrogateescape") == b"Gr\xfc\xdfe  "


def test_attachments_stay_in_matroska_and_are_missed_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    plain = make(tmp_path / "plain.mkv", LONG)
    with av.open(str(plain)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0], opaque=True)
        target.add_attachment("font.ttf", "application/x-truetype-font", b"letters")
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)

    transcode(path, tmp_path / "b.mkv")
    _, writer = transcode(path, tmp_path / "b.mp4")

    attached = look(tmp_path / "b.mkv", lambda c: [(s.name, s.data) for s in c.streams.attachments])
    assert attached == [("font.ttf", b"letters")]
    assert any("attachment stream 1 is not carried over" in note for note in writer.notes)


def test_only_one_packet_is_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, audio=("aac",), audio_seconds=6.0))
    ahead: list[Fraction] = []
    advance = StreamCarrier.advance

    def watched(self: StreamCarrier, time: Fraction) -> None:
        advance(self, time)
        held = self._held
        if held is not None:
            ahead.append(held.pts * held.time_base - time)

    monkeypatch.setattr(StreamCarrier, "advance", watched)
    transcode(path, tmp_path / "b.mp4")

    assert len(ahead) > 100
    assert max(ahead) < Fraction(2 * 1024, 48_000)


def test_sound_that_breaks_off_is_refused_or_said(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", replace(LONG, audio=("ac3",)))
    damaged = tmp_path / "damaged.mkv"
    damaged.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])

    with pytest.raises(DamagedInputError):
        transcode(damaged, tmp_path / "b.mkv", LOSSLESS)
    reader, _ = transcode(damaged, tmp_path / "b.mkv", LOSSLESS, allow_damaged=True)

    assert reader.frames_lost > 0
    kept = payloads(tmp_path / "b.mkv", "audio")
    assert kept
    assert payloads(path, "audio")[: len(kept) - 1] == kept[:-1]


BROADCAST = replace(LONG, time_base=Fraction(1, 90_000), pts=range(0, 360_000, 3600), duration=3600)


@pytest.mark.parametrize("output", ["b.mp4", "b.mkv", "b.webm"])
def test_damaged_sound_is_refused_or_left_out_and_counted(tmp_path: Path, output: str) -> None:
    path = make(tmp_path / "a.ts", replace(BROADCAST, audio=("aac",)))
    damaged = with_a_hole(path, AUDIO_PID, 21)

    with pytest.raises(DamagedInputError, match="part of stream 1 cannot be decoded"):
        transcode(damaged, tmp_path / output)
    _, writer = transcode(damaged, tmp_path / output, allow_damaged=True)

    assert any("left out" in note and "damaged packet" in note for note in writer.notes)
    if output != "b.webm":
        sent, kept = payloads(damaged, "audio"), payloads(tmp_path / output, "audio")
        assert len(sent) - 4 <= len(kept) < len(sent)
    sound(tmp_path / output)


@pytest.mark.parametrize(
    ("known", "damage"),
    [(b"A_OPUS", b"A_OBUS"), (b"OpusHead\x01\x02", b"OpusHead\x01\x00")],
    ids=["codec", "channels"],
)
def test_sound_of_which_nothing_is_known_is_refused_or_left_out(
    tmp_path: Path, known: bytes, damage: bytes
) -> None:
    clip = replace(LONG, codec="libvpx-vp9", options={}, audio=("libopus",))
    path = make(tmp_path / "a.webm", clip)
    data = path.read_bytes()
    assert known in data
    # The number of channels is said twice, here in an element of its own.
    path.write_bytes(data.replace(known, damage).replace(b"\x9f\x81\x02", b"\x9f\x81\x00"))

    with pytest.raises(DamagedInputError, match="in stream 1 is damaged"):
        transcode(path, tmp_path / "b.mkv")
    assert not (tmp_path / "b.mkv").exists()
    _, writer = transcode(path, tmp_path / "b.mkv", allow_damaged=True)

    assert any("audio stream 1: left out" in note for note in writer.notes)
    with av.open(str(tmp_path / "b.mkv")) as container:
        assert not container.streams.audio


def test_sound_whose_times_go_back_is_refused_or_left_out(tmp_path: Path) -> None:
    options = {"cluster_time_limit": "480"}
    clip = replace(LONG, audio=("libopus",), container_options=options)
    path = make(tmp_path / "a.mkv", clip)
    data = bytearray(path.read_bytes())
    last = data.rindex(b"\x1f\x43\xb6\x75")
    time = data.index(b"\xe7\x82", last) + 2
    data[time : time + 2] = bytes(2)
    path.write_bytes(data)

    with pytest.raises(DamagedInputError):
        transcode(path, tmp_path / "b.mkv")
    _, writer = transcode(path, tmp_path / "b.mkv", allow_damaged=True)

    assert any("damaged packet" in note for note in writer.notes)


def test_recordings_put_together_are_not_damaged(tmp_path: Path) -> None:
    first = make(tmp_path / "a.ts", replace(BROADCAST, audio=("aac",), audio_seconds=3.9))
    later = [pts + 360_000 for pts in BROADCAST.pts]
    rest = replace(BROADCAST, pts=later, audio=("aac",), audio_start=Fraction(4), audio_seconds=4)
    whole = tmp_path / "whole.ts"
    whole.write_bytes(first.read_bytes() + make(tmp_path / "b.ts", rest).read_bytes())

    reader, writer = transcode(whole, tmp_path / "c.mp4")

    assert (reader.frames_read, reader.notes, writer.notes) == (200, [], [])
    assert payloads(tmp_path / "c.mp4", "audio")


def timecodes(path: Path) -> list[str]:
    """Return the timecodes that a file and its streams say they begin with."""
    with av.open(str(path)) as container:
        owners = [container.metadata, *(s.metadata for s in container.streams)]
        return [v for m in owners for k, v in m.items() if k.lower() == "timecode"]


@pytest.mark.parametrize("output", [".mov", ".mp4", ".mkv"])
def test_the_timecode_is_that_of_the_first_frame(tmp_path: Path, output: str) -> None:
    clip = replace(LONG, rate=Fraction(25), metadata={"timecode": "10:00:59:20"})
    path = make(tmp_path / "a.mov", clip)
    assert set(timecodes(path)) == {"10:00:59:20"}

    _, whole = transcode(path, tmp_path / f"b{output}")
    _, late = transcode(path, tmp_path / f"c{output}", start=0.4, end=1.0)

    assert set(timecodes(tmp_path / f"b{output}")) == {"10:00:59:20"}
    assert set(timecodes(tmp_path / f"c{output}")) == {"10:01:00:05"}
    assert not any("not carried over" in note for note in [*whole.notes, *late.notes])


def test_a_timecode_that_cannot_be_counted_on_is_not_kept(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", replace(LONG, metadata={"timecode": "evening"}))

    transcode(path, tmp_path / "b.mkv")
    transcode(path, tmp_path / "c.mkv", start=0.4)

    assert timecodes(tmp_path / "b.mkv") == ["evening"]
    assert timecodes(tmp_path / "c.mkv") == []


def test_a_lost_timecode_is_said(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mov", replace(LONG, metadata={"timecode": "10:00:00:00"}))

    _, writer = transcode(path, tmp_path / "b.avi")

    assert timecodes(tmp_path / "b.avi") == []
    assert "data stream 1 is not carried over" in writer.notes


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Disposition.attached_pic, "the cover picture is left out: it may show faces as they were"),
        (
            Disposition(0),
            "video stream 1 is not carried over: faces are swapped in stream 0, the main one",
        ),
    ],
)
def test_pictures_that_are_left_out_are_said(tmp_path: Path, role: Disposition, said: str) -> None:
    main = make(tmp_path / "a.mkv", LONG)
    other = make(tmp_path / "b.mkv", Clip(32, 24, codec="mjpeg", pix_fmt="yuvj420p", options={}))
    path = tmp_path / "c.mp4"
    with ExitStack() as stack:
        target = stack.enter_context(av.open(str(path), "w"))
        inputs = [stack.enter_context(av.open(str(source))) for source in (main, other)]
        streams = [target.add_stream_from_template(i.streams.video[0]) for i in inputs]
        streams[1].disposition = role
        for source, stream in zip(inputs, streams, strict=True):
            count = 1 if source is inputs[1] and role else None
            for packet in islice((p for p in source.demux(video=0) if p.size), count):
                packet.stream = stream
                target.mux(packet)

    _, writer = transcode(path, tmp_path / "d.mp4")

    assert writer.notes == [said]
    assert look(tmp_path / "d.mp4", lambda c: len(c.streams.video)) == 1


@pytest.mark.parametrize(("output", "earliest"), [(".mp4", 0.1), (".mkv", 0.05)])
def test_sound_that_an_edit_list_hides_stays_out(
    tmp_path: Path, output: str, earliest: float
) -> None:
    whole = make(tmp_path / "a.mp4", replace(LONG, audio=("aac",)))
    cut = tmp_path / "b.mp4"
    # As phones trim: the file keeps what came before, and an edit list hides it.
    with av.open(str(whole)) as source, av.open(str(cut), "w") as target:
        streams = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.size:
                back = int(1 / packet.time_base)
                packet.pts, packet.dts = packet.pts - back, packet.dts - back
                packet.stream = streams[packet.stream_index]
                target.mux(packet)
    assert packets(cut, "audio")[0][0] < -0.9

    transcode(cut, tmp_path / f"c{output}")

    carried = packets(tmp_path / f"c{output}", "audio")
    # What the decoder needs for the first samples is kept.
    assert -earliest <= carried[0][0] < 0.03 - earliest
    assert [p[2] for p in carried] == payloads(cut, "audio")[-len(carried) :]
    if output == ".mp4":
        assert sound(tmp_path / "c.mp4")[0] == sound(cut)[0]
        assert np.array_equal(sound(tmp_path / "c.mp4")[1], sound(cut)[1])
