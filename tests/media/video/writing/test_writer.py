"""Writing: what goes in comes out, whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from dlc.errors import (
    Cancelled,
    DamagedInputError,
    EncoderError,
    InputError,
    OptionError,
    OutputError,
    WriteError,
)
from dlc.geometry import Box
from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import Orientation
from dlc.media.frames.planes import plane_arrays
from dlc.media.frames.side_data import hdr_metadata
from dlc.media.opening import check_output, open_output
from dlc.media.provenance.marking import synthetic_note
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.writing.writer import VideoWriter
from dlc.options import EncodeOptions, Preset
from tests.media.hdr_clips import HDR10
from tests.media.material import (
    LOSSLESS,
    NTSC,
    Clip,
    assert_same_planes,
    first_frame,
    look,
    make,
    packets,
    planes,
    times,
    transcode,
)

VARIABLE = (0, 512, 700, 2000, 2001, 6000, 6400, 9000)
B_FRAMES = {"crf": "20", "preset": "medium", "bf": "3"}


@pytest.mark.parametrize(
    ("pix_fmt", "codec", "source", "output", "encoder"),
    [
        ("yuv420p", "libx264", "a.mp4", "b.mp4", None),
        ("yuv420p", "libx264", "a.mp4", "b.mov", None),
        ("yuv420p", "libx264", "a.mp4", "b.mkv", None),
        ("yuv420p", "libx264", "a.mp4", "b.webm", None),
        ("yuv420p", "libx264", "a.mp4", "b.mkv", "ffv1"),
        ("yuv420p", "libx264", "a.mp4", "b.mp4", "libx265"),
        ("yuv420p", "libx264", "a.mp4", "b.avi", None),
        ("yuv422p", "libx264", "a.mp4", "b.mp4", None),
        ("yuv444p", "libx264", "a.mp4", "b.mp4", None),
        ("yuvj420p", "libx264", "a.mp4", "b.mp4", None),
        ("yuv420p10le", "libx264", "a.mp4", "b.mp4", None),
        ("yuv420p10le", "libx264", "a.mp4", "b.mkv", "ffv1"),
        ("yuv422p10le", "libx264", "a.mp4", "b.mov", None),
        ("yuv444p12le", "ffv1", "a.mkv", "b.mp4", "libx265"),
        ("yuva420p", "ffv1", "a.mkv", "b.mkv", "ffv1"),
        ("bgra", "ffv1", "a.mkv", "b.mkv", "ffv1"),
        ("gbrp16le", "ffv1", "a.mkv", "b.mkv", "ffv1"),
        ("gray", "ffv1", "a.mkv", "b.mkv", "ffv1"),
    ],
)
def test_untouched_frames_come_out_bit_for_bit(
    tmp_path: Path, pix_fmt: str, codec: str, source: str, output: str, encoder: str | None
) -> None:
    options = {"qp": "0", "preset": "ultrafast"} if codec == "libx264" else {}
    path = make(tmp_path / source, Clip(pix_fmt=pix_fmt, codec=codec, options=options))

    reader, writer = transcode(path, tmp_path / output, EncodeOptions(encoder=encoder, quality=0))

    assert_same_planes(path, tmp_path / output)
    assert times(tmp_path / output) == times(path) or output == "b.avi"
    assert writer.frames_written == reader.frames_read == 12
    assert not [note for note in writer.notes if "times are rounded" not in note]


def test_only_pasted_pixels_change_from_file_to_file(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip())
    white = np.full((11, 13, 3), 255, np.uint8)

    with VideoReader(path) as reader, open_output(tmp_path / "b.mp4", reader, LOSSLESS) as writer:
        for frame in reader:
            frame.paste(Box(20, 10, 33, 21), white, white[..., 0])
            writer.write(frame)

    for before, after in zip(planes(path), planes(tmp_path / "b.mp4"), strict=True):
        for number, (a, b) in enumerate(zip(before, after, strict=True)):
            changed = np.argwhere(a != b)
            shift = 1 if number else 0
            assert changed.min(axis=0)[0] >= 10 >> shift
            assert changed.max(axis=0)[0] <= 20 >> shift
            assert changed.min(axis=0)[1] >= 20 >> shift
            assert changed.max(axis=0)[1] <= 32 >> shift


# Times: the peers lose variable rates, speed 24 fps up and let the sound drift.


@pytest.mark.parametrize("extension", [".mp4", ".mov"])
@pytest.mark.parametrize("options", [{"qp": "0", "bf": "0"}, B_FRAMES])
@pytest.mark.parametrize("offset", [0, 10214])
def test_every_time_and_the_unit_are_kept(
    tmp_path: Path, extension: str, options: dict[str, str], offset: int
) -> None:
    clip = Clip(pts=[p + offset for p in VARIABLE], options=options, audio=("aac",))
    path = make(tmp_path / "a.mp4", clip)
    output = tmp_path / ("b" + extension)

    _, writer = transcode(path, output)

    assert times(output) == times(path)
    assert writer.notes == []
    unit = look(output, lambda c: c.streams.video[0].time_base)
    assert (clip.time_base / unit).denominator == 1


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("hours", [0, 10])
def test_the_clock_of_a_broadcast_begins_at_zero(tmp_path: Path, hours: int, suffix: str) -> None:
    pts = [hours * 3600 * 90_000 + 3600 * n for n in range(12)]
    clip = Clip(
        time_base=Fraction(1, 90_000),
        pts=pts,
        duration=3600,
        options=B_FRAMES,
        audio=("aac",),
        audio_start=Fraction(hours * 3600),
        audio_seconds=0.5,
    )
    path, output = make(tmp_path / "a.ts", clip), tmp_path / f"b{suffix}"

    transcode(path, output)

    tick = Fraction(1, 1000) if suffix == ".mkv" else Fraction(1, 90_000)
    before = min(times(path)[0], packets(path, "audio")[0][0])
    assert before > 0
    for old, new in (
        (times(path), times(output)),
        (sound_times(path), sound_times(output)),
    ):
        assert len(old) == len(new)
        assert all(abs(a - before - b) <= tick for a, b in zip(old, new, strict=True))


def sound_times(path: Path) -> list[Fraction]:
    return [time for time, _, _ in packets(path, "audio")]


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), NTSC, Fraction(60)])
def test_rate_and_duration_are_kept(tmp_path: Path, rate: Fraction) -> None:
    clip = Clip(time_base=1 / rate, pts=range(20), duration=1, rate=rate)
    path = make(tmp_path / "a.mp4", clip)

    transcode(path, tmp_path / "b.mp4")

    assert times(tmp_path / "b.mp4") == [n / rate for n in range(20)]
    stream = look(tmp_path / "b.mp4", lambda c: (c.streams.video[0], c.duration))
    assert look(tmp_path / "b.mp4", lambda c: c.streams.video[0].average_rate) == rate
    assert stream[1] == look(path, lambda c: c.duration)


def test_the_last_frame_lasts_as_long_as_before(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip(pts=(0, 512, 1024), duration=5000))

    transcode(path, tmp_path / "b.mp4")

    assert packets(tmp_path / "b.mp4", "video")[-1][1] == Fraction(5000, 12800)


def test_an_edit_list_cuts_the_same_frames(tmp_path: Path) -> None:
    whole = make(
        tmp_path / "whole.mp4", Clip(options={**B_FRAMES, "g": "50"}, pts=range(0, 25600, 512))
    )
    cut = tmp_path / "cut.mp4"
    # A cut that is no key frame: the frames before it are stored, and an edit list hides them.
    with av.open(str(whole)) as source, av.open(str(cut), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0], opaque=True)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                packet.pts, packet.dts = packet.pts - 5 * 512, packet.dts - 5 * 512
                target.mux(packet)

    reader, _ = transcode(cut, tmp_path / "b.mp4")

    assert len(times(cut)) == 45
    assert (reader.frames_read, reader.frames_lost) == (45, 0)
    assert times(tmp_path / "b.mp4") == times(cut)


def test_times_in_matroska_are_rounded_and_said(tmp_path: Path) -> None:
    clip = Clip(time_base=1 / NTSC, pts=range(10), duration=1, rate=NTSC)
    path = make(tmp_path / "a.mp4", clip)

    _, writer = transcode(path, tmp_path / "b.mkv")

    assert times(tmp_path / "b.mkv") == [Fraction(round(n / NTSC * 1000), 1000) for n in range(10)]
    assert any("1 ms" in note for note in writer.notes)


@pytest.mark.parametrize(
    ("extension", "codec", "audio"),
    [(".mkv", "libx264", ("aac",)), (".flv", "libx264", ("aac",)), (".wmv", "wmv2", ("ac3",))],
)
@pytest.mark.parametrize(
    "rate", [Fraction(24000, 1001), NTSC, Fraction(60000, 1001), *map(Fraction, (25, 30, 60))]
)
def test_rates_that_a_container_has_rounded_are_constant_again(
    tmp_path: Path, rate: Fraction, extension: str, codec: str, audio: Sequence[str]
) -> None:
    # Encoders of sound begin before 0, and so the picture of files with sound begins a bit later.
    clip = Clip(time_base=1 / rate, rate=rate, pts=range(1, 60), duration=1, audio=audio)
    clip = replace(clip, codec=codec, options=clip.options if codec == "libx264" else {})
    path = make(tmp_path / ("a" + extension), clip)

    _, writer = transcode(path, tmp_path / "b.mp4")
    transcode(path, tmp_path / "c.mkv")

    found = packets(tmp_path / "b.mp4", "video")
    assert {length for _, length, _ in found} == {1 / rate}
    assert {b - a for a, b in pairwise(sorted(time for time, _, _ in found))} == {1 / rate}
    assert look(tmp_path / "b.mp4", lambda c: c.streams.video[0].average_rate) == rate
    tick = Fraction(1, 1000)
    exact = zip(times(path), times(tmp_path / "b.mp4"), strict=True)
    assert all(abs(a - b) < tick for a, b in exact)
    assert times(tmp_path / "c.mkv") == times(path)
    before, after = packets(path, "audio"), packets(tmp_path / "b.mp4", "audio")
    assert [p[2] for p in after] == [p[2] for p in before]
    assert all(abs(a[0] - b[0]) < tick for a, b in zip(before, after, strict=True))
    assert writer.notes == []


def test_a_variable_rate_in_matroska_keeps_every_time(tmp_path: Path) -> None:
    milliseconds = (0, 16, 50, 67, 117, 133, 180, 200, 240)
    clip = Clip(time_base=Fraction(1, 1000), rate=Fraction(30), pts=milliseconds, duration=17)
    path = make(tmp_path / "a.mkv", clip)

    transcode(path, tmp_path / "b.mp4")

    assert times(tmp_path / "b.mp4") == [Fraction(n, 1000) for n in milliseconds]


def test_frames_that_a_recorder_has_dropped_leave_their_gaps(tmp_path: Path) -> None:
    numbers = [n for n in range(30) if n not in (4, 11, 12)]
    clip = Clip(time_base=1 / NTSC, rate=NTSC, pts=numbers, duration=1)
    path = make(tmp_path / "a.mkv", clip)

    transcode(path, tmp_path / "b.mp4")

    assert times(tmp_path / "b.mp4") == [n / NTSC for n in numbers]


def test_a_rate_in_nanoseconds_is_exact_again_in_avi(tmp_path: Path) -> None:
    rate = Fraction(60000, 1001)
    path = make(tmp_path / "a.mkv", Clip(time_base=1 / rate, rate=rate, pts=range(20), duration=1))

    _, writer = transcode(path, tmp_path / "b.avi")

    assert look(tmp_path / "b.avi", lambda c: c.streams.video[0].average_rate) == rate
    assert writer.notes == []


def test_rounding_is_said_where_it_was_not_done_before(tmp_path: Path) -> None:
    clip = Clip(time_base=1 / NTSC, rate=NTSC, pts=range(10), duration=1)
    path = make(tmp_path / "a.mkv", clip)

    _, again = transcode(path, tmp_path / "b.mkv")
    _, coarser = transcode(path, tmp_path / "b.gif")

    assert not [note for note in again.notes if "rounded" in note]
    assert any("rounded to 10 ms" in note for note in coarser.notes)


def test_a_variable_rate_in_avi_is_said(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip(pts=(0, 512, 1024, 1700, 2100)))

    _, writer = transcode(path, tmp_path / "b.avi")

    assert any("one frame rate" in note for note in writer.notes)


# Colors, orientation, shape


@pytest.mark.parametrize("extension", [".mp4", ".mov", ".mkv", ".webm"])
@pytest.mark.parametrize(
    ("tags", "pix_fmt"),
    [
        (ColorTags(1, 1, 1, 1), "yuv420p"),
        (ColorTags(6, 6, 6, 1), "yuv420p"),
        (ColorTags(5, 6, 5, 2), "yuvj420p"),
        (ColorTags(9, 16, 9, 1), "yuv420p10le"),
        (ColorTags(9, 18, 9, 1), "yuv420p10le"),
        (ColorTags(2, 2, 2, 0), "yuv420p"),
    ],
)
def test_color_tags_are_kept(tmp_path: Path, extension: str, tags: ColorTags, pix_fmt: str) -> None:
    if extension == ".webm" and pix_fmt == "yuv420p10le":
        pytest.skip("FFmpeg's VP9 encoder is built for 8 bits")
    path = make(tmp_path / "a.mp4", Clip(tags=tags, pix_fmt=pix_fmt))

    transcode(path, tmp_path / ("b" + extension))

    found = ColorTags.of(first_frame(tmp_path / ("b" + extension)))
    # VP9 has no number for "unspecified" range and says limited, which it means.
    assert (
        found == tags
        or (extension == ".webm" and replace(found, range=0) == tags)
        or (extension == ".webm" and pix_fmt == "yuvj420p" and found.range == 2)
    )


@pytest.mark.parametrize("extension", [".mp4", ".mov", ".mkv", ".webm"])
@pytest.mark.parametrize("exif", range(1, 9))
def test_all_eight_orientations_are_kept(tmp_path: Path, extension: str, exif: int) -> None:
    path = make(tmp_path / "a.mp4", Clip(orientation=Orientation.from_exif(exif), pts=(0, 512)))

    transcode(path, tmp_path / ("b" + extension))

    assert_same_planes(path, tmp_path / ("b" + extension))
    with VideoReader(tmp_path / ("b" + extension)) as reader:
        assert reader.info.orientation == Orientation.from_exif(exif)


@pytest.mark.parametrize("exif", range(2, 9))
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p"])
def test_avi_gets_upright_pictures(tmp_path: Path, exif: int, pix_fmt: str) -> None:
    orientation = Orientation.from_exif(exif)
    clip = Clip(orientation=orientation, pix_fmt=pix_fmt, pts=(0, 512))
    path = make(tmp_path / "a.mp4", clip)

    _, writer = transcode(path, tmp_path / "b.avi")

    assert any("turned upright" in note for note in writer.notes)
    upright = orientation.to_upright(next(planes(path))[0])
    assert np.array_equal(next(planes(tmp_path / "b.avi"))[0], upright)


def test_the_sample_aspect_ratio_is_kept(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip(sample_aspect_ratio=Fraction(64, 45)))

    for extension in (".mp4", ".mkv"):
        transcode(path, tmp_path / ("b" + extension))
        ratio = look(tmp_path / ("b" + extension), lambda c: c.streams.video[0].sample_aspect_ratio)
        assert ratio == Fraction(64, 45)


@pytest.mark.parametrize("size", [(63, 47), (63, 48), (64, 47), (1, 1)])
def test_odd_sizes_grow_by_repeating_the_last_pixels(tmp_path: Path, size: tuple[int, int]) -> None:
    path = make(tmp_path / "a.mkv", Clip(*size, codec="ffv1", options={}))

    _, writer = transcode(path, tmp_path / "b.mp4")

    assert any("odd size" in note for note in writer.notes)
    for before, after in zip(planes(path), planes(tmp_path / "b.mp4"), strict=True):
        for small, large in zip(before, after, strict=True):
            rows, columns = large.shape[0] - small.shape[0], large.shape[1] - small.shape[1]
            assert np.array_equal(np.pad(small, ((0, rows), (0, columns)), "edge"), large)


def test_odd_sizes_stay_where_the_encoder_takes_them(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", Clip(63, 47, codec="ffv1", options={}))

    transcode(path, tmp_path / "b.webm")

    assert_same_planes(path, tmp_path / "b.webm")


def test_opacity_is_kept_in_webm_and_mov(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", Clip(pix_fmt="yuva420p", codec="ffv1", options={}))

    transcode(path, tmp_path / "b.webm", EncodeOptions(quality=2))
    transcode(path, tmp_path / "c.mov", EncodeOptions(quality=2))

    with VideoReader(tmp_path / "b.webm") as reader:
        frame = next(iter(reader))
        known = next(planes(path))[3].astype(int)
        assert frame.native.format.name == "yuva420p"
        assert np.abs(plane_arrays(frame.native)[3] - known).mean() < 2
    assert first_frame(tmp_path / "c.mov").format.name.startswith("yuva444p")


def test_gifs_go_through_and_keep_their_times(tmp_path: Path) -> None:
    clip = Clip(pix_fmt="gray", codec="gif", options={}, time_base=Fraction(1, 100), duration=8)
    path = make(tmp_path / "a.gif", replace(clip, pts=(0, 4, 12, 24, 28)))

    reader, writer = transcode(path, tmp_path / "b.gif")

    assert reader.info.pix_fmt == "bgra"
    assert writer.notes == ["GIF has 256 colors a frame: colors are reduced"]
    assert times(tmp_path / "b.gif") == times(path)
    for ours, theirs in zip(planes(tmp_path / "b.gif"), planes(path), strict=True):
        assert np.abs(ours[0].astype(int) - theirs[0]).mean() < 1


def test_recorded_clips_keep_their_background(shared_data: Path, tmp_path: Path) -> None:
    for name in ("talk_25fps_silent", "stage_cuts_audio"):
        path = shared_data / f"{name}.mp4"
        output = tmp_path / f"{name}.mp4"
        transcode(path, output, EncodeOptions())
        errors = []
        with av.open(str(path)) as first, av.open(str(output)) as second:
            pairs = zip(first.decode(video=0), second.decode(video=0), strict=True)
            for number, (a, b) in enumerate(pairs):
                if number % 10 == 0:
                    before, after = (f.to_ndarray(format="bgr24").astype(float) for f in (a, b))
                    errors.append(10 * np.log10(255**2 / ((before - after) ** 2).mean()))
        assert np.mean(errors) >= 43
        assert times(output) == times(path)


def fidelity(path: Path, encoder: str, output: Path) -> float:
    """Return the luma PSNR in dB of the first frames at the default quality."""
    transcode(path, output, EncodeOptions(encoder=encoder), end=0.8)
    squares = []
    for before, after in zip(planes(path), planes(output), strict=False):
        scale = 4 if after[0].dtype == np.uint16 else 1
        squares.append(((before[0] - after[0] / scale) ** 2).mean())
    return float(10 * np.log10(255**2 / np.mean(squares)))


@pytest.mark.parametrize(
    ("encoder", "extension"),
    [("libx265", ".mp4"), ("libsvtav1", ".mp4"), ("libvpx-vp9", ".mkv"), ("prores_ks", ".mov")],
)
def test_the_default_quality_means_the_same_to_every_encoder(
    shared_data: Path, tmp_path: Path, encoder: str, extension: str
) -> None:
    path = shared_data / "portrait_720p_audio.mp4"

    known = fidelity(path, "libx264", tmp_path / "x264.mp4")

    assert fidelity(path, encoder, tmp_path / ("b" + extension)) == pytest.approx(known, abs=2.5)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_first_frames_of_a_reordered_clip_can_be_written_by_x265(
    tmp_path: Path, count: int
) -> None:
    source = make(tmp_path / "in.mp4", Clip(options=B_FRAMES))
    encoding = EncodeOptions(encoder="libx265", preset=Preset.FAST)
    # Decoding times that x265 does not fill in go wrong in about one of two runs.
    for turn in range(12):
        output = tmp_path / f"{turn}.mp4"
        transcode(source, output, encoding, end=count / 25)
        assert times(output) == [Fraction(frame, 25) for frame in range(count)]


@pytest.mark.parametrize("preset", list(Preset))
def test_every_preset_writes_a_playable_file(tmp_path: Path, preset: Preset) -> None:
    path = make(tmp_path / "a.mp4", Clip())

    transcode(path, tmp_path / "b.mp4", EncodeOptions(preset=preset))

    assert times(tmp_path / "b.mp4") == times(path)


@pytest.mark.parametrize("extension", [".mp4", ".mov", ".mkv", ".webm", ".avi"])
def test_outputs_say_that_they_are_synthetic(tmp_path: Path, extension: str) -> None:
    path = make(tmp_path / "a.mp4", Clip(metadata={"title": "Feiertage", "comment": "holiday"}))

    transcode(path, tmp_path / ("b" + extension))

    found = {
        k.lower(): v
        for k, v in look(tmp_path / ("b" + extension), lambda c: dict(c.metadata)).items()
    }
    assert found["comment"] == f"holiday; {synthetic_note()}"
    assert found["title"] == "Feiertage"


def test_the_mark_can_be_left_out(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip())
    with VideoReader(path) as reader, VideoWriter(tmp_path / "b.mp4", reader, mark=False) as writer:
        for frame in reader:
            writer.write(frame)

    assert "comment" not in look(tmp_path / "b.mp4", lambda c: dict(c.metadata))


# Trimming


def test_a_range_begins_at_zero_with_its_own_spacing(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip(pts=VARIABLE, options=B_FRAMES))

    transcode(path, tmp_path / "b.mp4", start=0.05, end=0.5)

    kept = [p for p in VARIABLE if 0.05 * 12800 <= p < 0.5 * 12800]
    assert times(tmp_path / "b.mp4") == [Fraction(p - kept[0], 12800) for p in kept]


# Refusals


def test_refusals_come_before_any_work(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip(audio=("aac",)))
    photo = tmp_path / "me.jpg"
    photo.write_bytes(b"photo")
    taken = tmp_path / "taken.mp4"
    taken.write_bytes(b"old")
    with VideoReader(path) as reader:
        cases = [
            (tmp_path / "b.xyz", EncodeOptions(), OutputError, r"extension \.xyz"),
            (tmp_path / "b", EncodeOptions(), OutputError, "no extension"),
            (tmp_path / "b.png", EncodeOptions(encoder="libx264"), EncoderError, "encodes videos"),
            (tmp_path / "no" / "b.mp4", EncodeOptions(), OutputError, "no folder"),
            (taken, EncodeOptions(), OutputError, "exists already"),
            (path, EncodeOptions(), OutputError, "is an input"),
            (tmp_path / "b.gif", EncodeOptions(), OutputError, "cannot hold the audio"),
            (tmp_path / "b.mp4", EncodeOptions(encoder="x264"), EncoderError, "did you mean"),
            (tmp_path / "b.webm", EncodeOptions(encoder="libx264"), EncoderError, "does not fit"),
            (tmp_path / "b.mp4", EncodeOptions(quality=99), OptionError, "`quality` is"),
        ]
        for output, encoding, kind, words in cases:
            with pytest.raises(kind, match=words) as caught:
                check_output(output, reader, encoding)
            assert "\n" not in str(caught.value)
            with pytest.raises(kind, match=words):
                open_output(output, reader, encoding)
        with pytest.raises(OutputError, match="is an input"):
            check_output(photo, reader, overwrite=True, inputs=[photo])

    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", "me.jpg", "taken.mp4"]
    assert taken.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["b.heic", "b.avif", "b.psd", "b"])
def test_a_name_of_neither_kind_tells_what_a_video_and_a_frame_can_become(
    tmp_path: Path, name: str
) -> None:
    with (
        VideoReader(make(tmp_path / "a.mp4", Clip())) as reader,
        pytest.raises(OutputError, match=r"video can be .* \.mp4.* one frame of it to \.jpg"),
    ):
        check_output(tmp_path / name, reader)


@pytest.mark.parametrize("encoder", ["h264_nvenc", "hevc_nvenc", "h264_qsv", "hevc_videotoolbox"])
def test_hardware_that_is_not_there_is_an_error_not_a_fallback(
    tmp_path: Path, encoder: str
) -> None:
    path = make(tmp_path / "a.mp4", Clip(256, 144))
    try:
        transcode(path, tmp_path / "b.mp4", EncodeOptions(encoder=encoder))
    except EncoderError as error:
        assert encoder in str(error)  # noqa: PT017 - either outcome is right
        assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]
    else:
        assert times(tmp_path / "b.mp4") == times(path)


def test_an_existing_output_is_replaced_only_with_leave_and_only_at_the_end(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip())
    output = tmp_path / "b.mp4"
    output.write_bytes(b"old")
    with VideoReader(path) as reader, open_output(output, reader, overwrite=True) as writer:
        for frame in reader:
            writer.write(frame)
            assert output.read_bytes() == b"old"
    assert times(output) == times(path)


# Whole or not at all


def write_some(
    path: Path, output: Path, count: int, *, keep_partial: bool, why: BaseException
) -> None:
    with (
        VideoReader(path) as reader,
        open_output(output, reader, LOSSLESS, keep_partial=keep_partial) as writer,
    ):
        for frame in reader:
            if frame.index == count:
                raise why
            writer.write(frame)


@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize(
    ("why", "keep_partial"),
    [(KeyboardInterrupt(), False), (Cancelled(), False), (RuntimeError("a bug"), True)],
)
def test_a_stop_or_a_failure_leaves_nothing(
    tmp_path: Path, count: int, why: BaseException, keep_partial: bool
) -> None:
    path = make(tmp_path / "a.mp4", Clip(audio=("aac",)))

    with pytest.raises(type(why)):
        write_some(path, tmp_path / "b.mp4", count, keep_partial=keep_partial, why=why)

    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("extension", [".mp4", ".mkv"])
@pytest.mark.parametrize("why", [KeyboardInterrupt(), Cancelled()])
def test_a_kept_part_is_playable(tmp_path: Path, extension: str, why: BaseException) -> None:
    clip = Clip(audio=("aac",), pts=range(0, 100 * 512, 512))
    path = make(tmp_path / "a.mp4", clip)
    output = tmp_path / ("b" + extension)

    with pytest.raises(type(why)):
        write_some(path, output, 50, keep_partial=True, why=why)

    assert times(output) == times(path)[:50]
    assert packets(output, "audio")[-1][0] <= 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", output.name]


def test_nothing_is_kept_of_nothing(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip())

    with pytest.raises(Cancelled):
        write_some(path, tmp_path / "b.mp4", 0, keep_partial=True, why=Cancelled())
    with VideoReader(path) as reader, pytest.raises(OutputError, match="no frame"):
        open_output(tmp_path / "b.mp4", reader).close()

    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_closing_and_aborting_twice_is_harmless(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip())
    with VideoReader(path) as reader:
        writer = open_output(tmp_path / "b.mp4", reader)
        for frame in reader:
            writer.write(frame)
        writer.close()
        writer.close()
        writer.abort()

    assert times(tmp_path / "b.mp4") == times(path)


def test_a_damaged_input_leaves_no_short_output(tmp_path: Path) -> None:
    clip = Clip(pts=range(0, 100 * 512, 512), options={"crf": "20"})
    path = make(tmp_path / "a.mp4", replace(clip, container_options={"movflags": "+faststart"}))
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(DamagedInputError):
        transcode(damaged, tmp_path / "b.mp4")
    assert not (tmp_path / "b.mp4").exists()
    reader, writer = transcode(damaged, tmp_path / "b.mp4", allow_damaged=True)
    assert writer.frames_written + reader.frames_lost == 100
    assert len(times(tmp_path / "b.mp4")) == writer.frames_written


def test_an_input_that_vanished_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip())
    with VideoReader(path) as reader:
        path.unlink()
        with pytest.raises(InputError):
            open_output(tmp_path / "b.mp4", reader)
    assert list(tmp_path.iterdir()) == []


# A full disk


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with room for 200 kB; skip where none can be mounted."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


NOISE = Clip(320, 240, pts=range(0, 60 * 512, 512), audio=("aac",))


@pytest.mark.parametrize("extension", [".mp4", ".mkv"])
def test_a_full_disk_is_an_error_and_leaves_nothing(
    tmp_path: Path, tiny_disk: Path, extension: str
) -> None:
    path = make(tmp_path / "a.mp4", NOISE)
    output = tiny_disk / ("b" + extension)

    with pytest.raises(WriteError, match=r"disk is full.*free some"):
        transcode(path, output)

    assert list(tiny_disk.iterdir()) == []


LIMITED = """
import resource, sys
from pathlib import Path
from dlc.errors import WriteError
from dlc.media.opening import open_target
from dlc.media.opening import open_output
from dlc.options import EncodeOptions
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with open_target(Path(sys.argv[1])) as reader:
        with open_output(Path(sys.argv[2]), reader, EncodeOptions(quality=0)) as writer:
            for frame in reader:
                writer.write(frame)
except WriteError as error:
    sys.exit(f"refused: {error}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes")
def test_a_file_that_may_not_grow_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", NOISE)

    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(tmp_path / "b.mp4")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stderr.startswith("refused: "), run.stderr
    assert os.strerror(errno.EFBIG) in run.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_reader_and_writer_work_in_different_threads(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip(audio=("aac",), pts=range(0, 100 * 512, 512)))
    failures: list[BaseException] = []

    with VideoReader(path, threads=1) as reader:
        writer = open_output(tmp_path / "b.mp4", reader, LOSSLESS, threads=2)
        frames = list(reader)

        def encode() -> None:
            try:
                for frame in frames:
                    writer.write(frame)
                writer.close()
            except BaseException as error:  # noqa: BLE001 - reported by the test's own thread
                failures.append(error)

        worker = threading.Thread(target=encode)
        worker.start()
        worker.join()

    assert failures == []
    assert_same_planes(path, tmp_path / "b.mp4")


@pytest.mark.parametrize(
    ("source", "output", "encoder", "changes", "size"),
    [
        ("a.mp4", "b.mp4", None, {"audio": ("aac",)}, (42, 32)),
        ("a.mp4", "b.mov", None, {"pix_fmt": "yuv420p10le"}, (42, 32)),
        ("a.mp4", "b.mp4", None, {"orientation": Orientation.from_exif(6)}, (32, 24)),
        ("a.mp4", "b.mkv", None, {"sample_aspect_ratio": Fraction(4, 3)}, (42, 32)),
        (
            "a.mkv",
            "b.webm",
            None,
            {"pix_fmt": "yuva420p", "codec": "ffv1", "options": {}},
            (42, 32),
        ),
        ("a.mkv", "b.mkv", "ffv1", {"pix_fmt": "bgra", "codec": "ffv1", "options": {}}, (43, 32)),
        ("a.mp4", "b.avi", None, {"orientation": Orientation.from_exif(6)}, (24, 32)),
        ("a.mp4", "b.gif", None, {}, (43, 32)),
    ],
)
def test_videos_are_written_at_another_height(
    tmp_path: Path,
    source: str,
    output: str,
    encoder: str | None,
    changes: dict[str, object],
    size: tuple[int, int],
) -> None:
    tags = ColorTags(9, 1, 9, 1)
    clip = replace(Clip(pts=tuple(range(0, 6 * 512, 512)), tags=tags), **changes)
    path = make(tmp_path / source, clip)
    encoding = EncodeOptions(encoder=encoder, quality=0, height=32)

    reader, _ = transcode(path, tmp_path / output, encoding)

    shown, before = first_frame(tmp_path / output), first_frame(path)
    assert (shown.width, shown.height) == size
    assert len(times(tmp_path / output)) == 6
    if output in ("b.mp4", "b.mov"):
        assert times(tmp_path / output) == times(path)
        assert ColorTags.of(shown) == tags
        assert shown.rotation == before.rotation
        if clip.audio:
            assert packets(tmp_path / output, "audio") == packets(path, "audio")
    with VideoReader(tmp_path / output) as after:
        assert after.info.height == 32
        assert after.info.pix_fmt == ("bgra" if output == "b.gif" else reader.info.pix_fmt)
        assert after.info.sample_aspect_ratio == reader.info.sample_aspect_ratio
        picture = next(iter(after)).to_bgr()
    with VideoReader(path) as again:
        expected = cv2.resize(
            next(iter(again)).to_bgr(), picture.shape[1::-1], interpolation=cv2.INTER_AREA
        )
    assert np.abs(picture.astype(int) - expected).mean() < 12


def test_hdr_metadata_and_samples_of_many_bits_survive_scaling(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", HDR10)

    transcode(path, tmp_path / "b.mp4", EncodeOptions(height=96))

    shown = first_frame(tmp_path / "b.mp4")
    assert (shown.width, shown.height, shown.format.name) == (128, 96, "yuv420p10le")
    assert ColorTags.of(shown) == HDR10.tags
    assert hdr_metadata(shown) == hdr_metadata(first_frame(path))
