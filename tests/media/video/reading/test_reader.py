"""Reading: exact times and descriptions, clear refusals, and nothing lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from dlc.errors import DamagedInputError, InputError, OptionError
from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import Orientation
from dlc.media.frames.planes import plane_arrays
from dlc.media.image.reader import ImageReader
from dlc.media.opening import open_target
from dlc.media.video.reading.reader import VideoReader
from tests.media.material import (
    NTSC,
    Clip,
    make,
    packets,
    picture,
    planes,
    times,
    transcode,
    with_a_hole,
)

VARIABLE = (0, 512, 700, 2000, 2001, 6000, 6400, 9000)
B_FRAMES = {"crf": "20", "preset": "medium", "bf": "3", "b-pyramid": "normal"}
LONG = Clip(pts=range(0, 100 * 512, 512), options={"preset": "fast", "crf": "20", "g": "12"})
FAST_START = {"movflags": "+faststart"}


def read_times(path: Path, **options: float) -> list[Fraction]:
    with VideoReader(path, **options) as reader:  # type: ignore[arg-type]
        return [frame.pts * frame.time_base for frame in reader]


@pytest.mark.parametrize("extension", [".mp4", ".mov", ".mkv", ".avi"])
def test_frames_come_whole_and_in_order(tmp_path: Path, extension: str) -> None:
    options = {"qp": "0", "bf": "0"}
    clip = Clip(options=options, time_base=Fraction(1, 25), pts=range(30), duration=1)
    path = make(tmp_path / ("a" + extension), clip)

    with VideoReader(path) as reader:
        for index, frame in enumerate(reader):
            assert frame.index == index
            assert frame.pts is not None
            assert frame.pts * frame.time_base == Fraction(index, 25)
            assert frame.time == pytest.approx(index / 25)
            known = plane_arrays(picture(clip, index))
            for plane, expected in zip(plane_arrays(frame.native), known, strict=True):
                assert np.array_equal(plane, expected)

    assert (reader.frames_read, reader.frames_lost, reader.frames_damaged) == (30, 0, 0)
    assert reader.notes == []
    assert reader.info.frame_count == 30


@pytest.mark.parametrize("options", [{"qp": "0", "bf": "0"}, B_FRAMES])
@pytest.mark.parametrize("offset", [0, 12345])
def test_variable_rates_and_late_starts_keep_every_time(
    tmp_path: Path, options: dict[str, str], offset: int
) -> None:
    pts = [p + offset for p in VARIABLE]
    path = make(tmp_path / "a.mp4", Clip(pts=pts, options=options))

    assert read_times(path) == [Fraction(p, 12800) for p in pts]


def test_the_description_is_complete(tmp_path: Path) -> None:
    clip = Clip(
        tags=ColorTags(9, 16, 9, 1),
        pix_fmt="yuv420p10le",
        sample_aspect_ratio=Fraction(4, 3),
        orientation=Orientation.from_exif(6),
        audio=("aac", "ac3"),
        subtitles=("mov_text",),
        rate=NTSC,
        time_base=Fraction(1001, 30000),
        pts=range(15),
        duration=1,
        options=B_FRAMES,
    )
    path = make(tmp_path / "a.mp4", clip)

    with VideoReader(path) as reader:
        info = reader.info

    assert (info.width, info.height) == (48, 64)
    assert (info.coded_width, info.coded_height) == (64, 48)
    assert info.display_matrix == Orientation.from_exif(6).display_matrix
    assert info.fps == NTSC
    assert info.frame_count == 15
    assert info.pix_fmt == "yuv420p10le"
    assert info.colors == ColorTags(9, 16, 9, 1)
    assert info.sample_aspect_ratio == Fraction(4, 3)
    assert info.audio_codecs == ("aac", "ac3")
    assert (len(info.audio_codecs), len(info.subtitle_codecs)) == (2, 1)
    assert info.reordered
    assert not info.is_image
    assert (info.start, info.end) == (None, None)


@pytest.mark.parametrize("exif", range(1, 9))
@pytest.mark.parametrize("extension", [".mp4", ".mov", ".mkv", ".webm"])
def test_all_eight_orientations_are_read(tmp_path: Path, exif: int, extension: str) -> None:
    clip = Clip(orientation=Orientation.from_exif(exif), pts=(0, 512))
    if extension == ".webm":
        clip = replace(clip, codec="libvpx-vp9", options={"lossless": "1", "cpu-used": "8"})
    path = make(tmp_path / ("a" + extension), clip)

    with VideoReader(path) as reader:
        frame = next(iter(reader))

    assert frame.orientation == Orientation.from_exif(exif)
    assert (frame.width, frame.height) == ((64, 48) if exif < 5 else (48, 64))
    assert (reader.info.width, reader.info.height) == (frame.width, frame.height)


@pytest.mark.parametrize(
    ("ratio", "exif", "size"),
    [
        (Fraction(64, 45), 1, (92, 48)),
        (Fraction(8, 9), 1, (56, 48)),
        (Fraction(1, 2), 6, (96, 64)),
        # Nobody shows 64 million columns.
        (Fraction(1_000_000), 1, (64, 48)),
    ],
)
def test_frames_have_the_shape_that_players_show(
    tmp_path: Path, ratio: Fraction, exif: int, size: tuple[int, int]
) -> None:
    turned = Orientation.from_exif(exif)
    path = make(tmp_path / "a.mkv", Clip(sample_aspect_ratio=ratio, orientation=turned))

    with VideoReader(path) as reader:
        frame = next(iter(reader))

        assert (frame.width, frame.height) == size
        assert frame.to_bgr().shape == (size[1], size[0], 3)
        assert (frame.native.width, frame.native.height) == (64, 48)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_avi_begins_with_its_first_frame(tmp_path: Path, codec: str) -> None:
    clip = Clip(codec=codec, options={"bf": "2"}, time_base=Fraction(1, 25), pts=range(20))
    path = make(tmp_path / "a.avi", replace(clip, duration=1))

    assert read_times(path) == [Fraction(n, 25) for n in range(20)]
    assert read_times(path, start=0.4) == [Fraction(n, 25) for n in range(10, 20)]


@pytest.mark.parametrize("rate", [Fraction(25), NTSC, Fraction(50)])
def test_raw_streams_without_times_get_regular_ones(tmp_path: Path, rate: Fraction) -> None:
    path = make(tmp_path / "a.h264", Clip(rate=rate, time_base=1 / rate, pts=range(12), duration=1))

    with VideoReader(path) as reader:
        found = [frame.pts * frame.time_base for frame in reader if frame.pts is not None]

    assert reader.info.fps == rate
    assert found == [n / rate for n in range(12)]
    assert any("no usable time" in note for note in reader.notes)


def test_one_frame_is_told_of_as_one(tmp_path: Path) -> None:
    path = make(tmp_path / "a.h264", Clip(time_base=1 / Fraction(25), pts=range(1), duration=1))
    with VideoReader(path) as reader:
        assert sum(1 for _ in reader) == 1
    assert reader.notes == ["1 frame had no usable time and got the next"]


def test_the_rate_of_a_raw_dv_file_is_that_of_its_frames(tmp_path: Path) -> None:
    clip = Clip(width=720, height=576, codec="dvvideo", options={}, audio=("pcm_s16le",))
    path = make(tmp_path / "a.dv", replace(clip, metadata={"timecode": "01:00:00:00"}))

    with VideoReader(path) as reader:
        assert (reader.info.fps, reader.info.frame_count) == (25, 12)


def test_empty_packets_let_the_picture_before_them_stay(tmp_path: Path) -> None:
    # As Theora's encoders write them where nothing moves. NUT keeps them as well.
    path, time_base = tmp_path / "a.nut", Fraction(1, 25)
    with av.open(path, "w") as container:
        stream = container.add_stream("mpeg4", rate=25, options={"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number, gray in enumerate((40, 80, None, None, 120, 160, None)):
            if gray is None:
                packet = av.Packet(b"")
                packet.pts = packet.dts = number
                packet.time_base, packet.stream = time_base, stream
                packet.duration = 1
                container.mux(packet)
                continue
            frame = av.VideoFrame.from_ndarray(np.full((72, 64), gray, np.uint8), format="yuv420p")
            frame.pts, frame.time_base = number, time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    with VideoReader(path) as reader:
        found = {
            frame.pts * frame.time_base * 25: int(plane_arrays(frame.native)[0].mean())
            for frame in reader
        }
    reader, _ = transcode(path, tmp_path / "b.mp4")

    assert reader.frames_lost == 0
    assert found == pytest.approx({0: 40, 1: 80, 4: 120, 5: 160}, abs=4)
    lengths = [length * 25 for _, length, _ in packets(tmp_path / "b.mp4", "video")]
    assert lengths == [1, 3, 1, 2]


def test_one_frame_is_a_video(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip(pts=(0,)))

    with open_target(path) as reader:
        assert isinstance(reader, VideoReader)
        assert len(list(reader)) == 1
        assert reader.info.frame_count == 1


@pytest.mark.parametrize("codec", ["libvpx-vp9", "libvpx"])
def test_opacity_of_webm_is_read(tmp_path: Path, codec: str) -> None:
    tags = ColorTags(primaries=1, transfer=1, matrix=5, range=1)
    options = {"auto-alt-ref": "0", "crf": "4", "b": "0"}
    clip = Clip(pix_fmt="yuva420p", codec=codec, options=options, tags=tags)
    path = make(tmp_path / "a.webm", clip)
    with av.open(str(path)) as container:
        tagged = {k.lower(): v for k, v in container.streams.video[0].metadata.items()}
    if tagged.get("alpha_mode") != "1":
        pytest.skip("this build of FFmpeg does not write the mark of opacity by itself")

    with VideoReader(path) as reader:
        frame = next(iter(reader))

    assert reader.info.pix_fmt == frame.native.format.name == "yuva420p"
    # Of the others, libvpx has its own mind.
    assert (reader.info.colors.primaries, reader.info.colors.transfer) == (1, 1)
    known = plane_arrays(picture(clip, 0))[3]
    assert np.abs(plane_arrays(frame.native)[3].astype(int) - known).mean() < 6


def test_palettes_and_packed_yuv_become_addressable(tmp_path: Path) -> None:
    path = make(tmp_path / "a.avi", Clip(codec="rawvideo", options={}, pix_fmt="yuv422p"))
    packed = tmp_path / "packed.avi"
    with av.open(str(packed), "w") as container:
        stream = container.add_stream("rawvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuyv422"
        for index, planar in enumerate(av.open(str(path)).decode(video=0)):
            frame = planar.reformat(format="yuyv422")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))

    with VideoReader(packed) as reader:
        natives = [[p.copy() for p in plane_arrays(f.native)] for f in reader]

    assert reader.info.pix_fmt == "yuv422p"
    for ours, theirs in zip(natives, planes(path), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


# Trimming


@pytest.mark.parametrize("extension", [".mp4", ".mkv"])
@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (1.0, 2.0, range(25, 50)),
        (1.3, None, range(33, 100)),
        (None, 0.5, range(13)),
        (0.04, 0.08, range(1, 2)),
        (0.0, None, range(100)),
        (3.9, 99.0, range(98, 100)),
    ],
)
def test_ranges_are_exact_to_the_frame(
    tmp_path: Path, extension: str, start: float | None, end: float | None, expected: range
) -> None:
    path = make(tmp_path / ("a" + extension), LONG)

    with VideoReader(path, start=start, end=end) as reader:
        found = [(f.index, f.pts * f.time_base) for f in reader if f.pts is not None]

    assert found == list(enumerate(Fraction(n, 25) for n in expected))
    assert reader.info.frame_count == len(expected)
    assert reader.frames_lost == 0


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), NTSC, Fraction(60000, 1001)])
def test_the_rate_that_flv_has_rounded_does_not_drift(tmp_path: Path, rate: Fraction) -> None:
    clip = Clip(time_base=1 / rate, rate=rate, pts=range(2000), duration=1)
    path = make(tmp_path / "a.flv", clip)

    assert read_times(path) == [n / rate for n in clip.pts]


@pytest.mark.parametrize("extension", [".mkv", ".flv"])
@pytest.mark.parametrize("start", [0.0, 0.033, 1.0, 1.001, 2.27, 3.3])
def test_ranges_of_rounded_times_begin_as_a_whole_run_goes_on(
    tmp_path: Path, start: float, extension: str
) -> None:
    clip = replace(LONG, time_base=1 / NTSC, rate=NTSC, pts=range(5, 105), duration=1)
    path = make(tmp_path / ("a" + extension), clip)
    whole = [n / NTSC for n in clip.pts]

    assert read_times(path) == whole
    begin = whole[0] + Fraction(str(start))
    with VideoReader(path, start=start) as reader:
        assert [frame.exact_time for frame in reader] == [time for time in whole if time >= begin]
    assert reader.info.fps == reader.info.frame_grid == NTSC


def test_a_range_counts_from_where_a_player_shows_zero(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, pts=[p + 25600 for p in LONG.pts]))

    found = read_times(path, start=1.0, end=1.1)

    assert found[0] == Fraction(3)
    assert len(found) == 3


def test_frames_of_a_range_equal_those_of_the_whole(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, options={**LONG.options, "bf": "3"}))
    whole = list(planes(path))

    with VideoReader(path, start=1.5, end=2.0) as reader:
        for frame in reader:
            expected = whole[38 + frame.index]
            for plane, known in zip(plane_arrays(frame.native), expected, strict=True):
                assert np.array_equal(plane, known)
    assert reader.frames_read == 12


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (2.0, 1.0, "is not after"),
        (1.0, 1.0, "is not after"),
        (-1.0, None, "at least 0 s"),
        (4.0, None, r"past the end of .* \(4.00 s\)"),
        (99.0, 100.0, "past the end"),
        (None, 0.0, "is not after"),
    ],
)
def test_impossible_ranges_are_refused_at_once(
    tmp_path: Path, start: float | None, end: float | None, words: str
) -> None:
    path = make(tmp_path / "a.mp4", LONG)

    with pytest.raises(OptionError, match=words):
        VideoReader(path, start=start, end=end)


def test_a_range_without_frames_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", LONG)

    with (
        VideoReader(path, start=0.01, end=0.02) as reader,
        pytest.raises(OptionError, match="no f"),
    ):
        list(reader)


# Refusals


def write_text(path: Path) -> None:
    path.write_text("This is no video, whatever it is called.\n" * 50)


def write_noise(path: Path) -> None:
    # Always the same: one in two hundred such files begins like subtitles or music.
    path.write_bytes(np.random.default_rng(0).bytes(5000))


def write_sound(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("name", "write", "words"),
    [
        ("missing.mp4", lambda _path: None, "no such file"),
        ("folder.mp4", Path.mkdir, "is a folder"),
        ("empty.mp4", Path.touch, "is empty"),
        ("text.mp4", write_text, "not a video or picture"),
        ("text.txt", write_text, "not a video or picture"),
        ("noise.mp4", write_noise, "not a video or picture"),
        ("sound.mp4", write_sound, "no video stream"),
    ],
)
def test_what_is_no_video_is_refused(
    tmp_path: Path, name: str, write: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / name
    write(path)

    with pytest.raises(InputError, match=words) as caught:
        open_target(path)
    assert "\n" not in str(caught.value)


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    make(tmp_path / "a.mp4", Clip())
    playlist = tmp_path / "list.mp4"
    playlist.write_text("ffconcat version 1.0\nfile a.mp4\n")

    with pytest.raises(InputError, match="not a video or picture"):
        open_target(playlist)


def test_a_cover_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    _, jpeg = cv2.imencode(".jpg", np.full((16, 16, 3), 99, np.uint8))
    write_sound(tmp_path / "sound.mp4")
    with av.open(str(path), "w") as container, av.open(str(tmp_path / "sound.mp4")) as sound:
        cover = container.add_mux_stream("mjpeg", rate=1, width=16, height=16)
        cover.disposition = av.stream.Disposition.attached_pic
        song = container.add_stream_from_template(sound.streams.audio[0])
        packet = av.Packet(jpeg.tobytes())
        packet.stream, packet.pts, packet.dts, packet.time_base = cover, 0, 0, Fraction(1, 1)
        container.mux(packet)
        for part in sound.demux(audio=0):
            if part.size:
                part.stream = song
                container.mux(part)

    with pytest.raises(InputError, match="no video stream"):
        open_target(path)


def test_images_and_animations_are_told_apart_by_their_bytes(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "still.png"), np.zeros((8, 8, 3), np.uint8))
    (tmp_path / "still.png").rename(tmp_path / "still.mp4")
    with open_target(tmp_path / "still.mp4") as reader:
        assert isinstance(reader, ImageReader)
    moving = make(tmp_path / "moving.gif", Clip(codec="gif", pix_fmt="gray", options={}))
    with open_target(moving) as reader:
        assert isinstance(reader, VideoReader)
        assert len(list(reader)) == 12
    with pytest.raises(OptionError, match="is a picture"):
        open_target(tmp_path / "still.mp4", start=1.0)


def test_an_animated_png_is_a_video(tmp_path: Path) -> None:
    clip = Clip(codec="apng", pix_fmt="rgb24", options={}, time_base=Fraction(1, 25), pts=range(5))
    path = tmp_path / "a.png"
    make(tmp_path / "a.apng", replace(clip, duration=1)).rename(path)

    with open_target(path) as reader:
        assert isinstance(reader, VideoReader)
        assert len(list(reader)) == 5


# Damage


def damaged_copy(path: Path, change: Callable[[bytearray], bytearray]) -> Path:
    damaged = path.with_name("damaged" + path.suffix)
    damaged.write_bytes(change(bytearray(path.read_bytes())))
    return damaged


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_a_truncated_mp4_is_refused_at_once_and_counted_if_allowed(
    tmp_path: Path, share: float
) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, container_options=FAST_START, audio=("aac",)))
    damaged = damaged_copy(path, lambda data: data[: int(len(data) * share)])

    with pytest.raises(
        DamagedInputError, match=r"truncated .* bytes are there\): pass `allow_damaged=True`"
    ):
        VideoReader(damaged)
    with VideoReader(damaged, allow_damaged=True) as reader:
        read = len(list(reader))

    assert 0 < read < 100
    assert reader.frames_lost == 100 - read
    assert any(f"{100 - read} frames" in note for note in reader.notes)


@pytest.mark.parametrize(
    ("extension", "clip"),
    [(".mkv", LONG), (".avi", replace(LONG, options={**LONG.options, "bf": "0"}))],
)
def test_other_truncated_files_give_an_estimate(tmp_path: Path, extension: str, clip: Clip) -> None:
    grid = replace(clip, time_base=Fraction(1, 25), pts=range(100), duration=1)
    path = make(tmp_path / ("a" + extension), grid)
    damaged = damaged_copy(path, lambda data: data[: len(data) // 2])

    with pytest.raises(DamagedInputError, match="truncated"):
        VideoReader(damaged)
    with VideoReader(damaged, allow_damaged=True) as reader:
        read = len(list(reader))

    assert 10 < read < 90
    assert abs(reader.frames_lost - (100 - read)) <= 1


def test_a_recording_without_index_is_explained(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", LONG)
    damaged = damaged_copy(path, lambda data: data[: data.rindex(b"moov") - 4])

    for allowed in (False, True):
        with pytest.raises(DamagedInputError, match="index"):
            VideoReader(damaged, allow_damaged=allowed)


def test_a_shorter_picture_than_sound_is_no_damage(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", replace(LONG, audio=("ac3",), audio_seconds=9.0))

    with VideoReader(path) as reader:
        assert len(list(reader)) == 100
    assert reader.frames_lost == 0


@pytest.mark.parametrize("frame_number", [5, 37, 99])
def test_a_frame_of_noise_never_passes_in_silence(tmp_path: Path, frame_number: int) -> None:
    path = make(tmp_path / "a.mp4", LONG)
    payload = packets(path, "video")[frame_number][2]
    noise = np.random.default_rng(0).integers(0, 256, len(payload) - 5, np.uint8).tobytes()

    def spoil(data: bytearray) -> bytearray:
        at = data.index(payload)
        data[at + 5 : at + len(payload)] = noise
        return data

    damaged = damaged_copy(path, spoil)

    with VideoReader(damaged) as reader, pytest.raises(DamagedInputError, match="damaged"):
        list(reader)
    with VideoReader(damaged, allow_damaged=True) as reader:
        read = len(list(reader))
    assert read + reader.frames_lost == 100
    assert reader.frames_lost + reader.frames_damaged >= 1
    assert reader.notes


@pytest.mark.parametrize("seed", range(8))
def test_scattered_bit_flips_are_reported_or_harmless(tmp_path: Path, seed: int) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, container_options=FAST_START))
    clean = list(planes(path))
    rng = np.random.default_rng(seed)

    def flip(data: bytearray) -> bytearray:
        begin = data.index(b"mdat") + 8
        for position in rng.integers(begin, len(data), 20):
            data[position] ^= 1 << int(rng.integers(8))
        return data

    damaged = damaged_copy(path, flip)
    try:
        with VideoReader(damaged) as reader:
            found = [[p.copy() for p in plane_arrays(f.native)] for f in reader]
    except DamagedInputError:
        with VideoReader(damaged, allow_damaged=True) as reader:
            assert len(list(reader)) + reader.frames_lost == 100
        return
    # Flips that the decoder cannot tell from a picture leave the count of frames as it is.
    assert len(found) == len(clean)


def test_a_stream_that_cannot_be_decoded_at_all_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, container_options=FAST_START))

    def blank(data: bytearray) -> bytearray:
        begin = data.index(b"mdat") + 4
        return data[:begin] + bytearray(len(data) - begin)

    with pytest.raises(InputError):
        VideoReader(damaged_copy(path, blank), allow_damaged=True)


def test_recorded_clips_are_read_whole(shared_data: Path) -> None:
    counts = {"talk_25fps_silent": 78, "portrait_720p_audio": 282, "stage_cuts_audio": 275}
    for name, count in counts.items():
        path = shared_data / f"{name}.mp4"
        with VideoReader(path) as reader:
            found = [f.pts * f.time_base for f in reader if f.pts is not None]
        assert len(found) == count == reader.info.frame_count
        assert found == times(path)


# Transport streams, of which a part was lost on the way

BROADCAST = replace(LONG, time_base=Fraction(1, 90_000), pts=range(0, 360_000, 3600), duration=3600)


@pytest.mark.parametrize("blu_ray", [False, True])
@pytest.mark.parametrize("end", [None, 3.5])
def test_frames_that_a_transport_stream_lost_are_counted(
    tmp_path: Path, end: float | None, blu_ray: bool
) -> None:
    options = {"mpegts_m2ts_mode": "1"} if blu_ray else {}
    path = make(tmp_path / "a.ts", replace(BROADCAST, container_options=options))
    damaged = with_a_hole(path, video_pid(path), 30)

    with VideoReader(damaged, allow_damaged=True, end=end) as reader:
        found = sum(1 for _ in reader)
    whole = 100 if end is None else 88
    assert 0 < reader.frames_lost < 40
    assert found + reader.frames_lost == pytest.approx(whole, abs=2)
    assert any("could not be read" in note for note in reader.notes)

    with (
        pytest.raises(DamagedInputError, match="of its frames cannot be read"),
        VideoReader(damaged, end=end) as reader,
    ):
        for _ in reader:
            pass
    assert reader.frames_read < found


def video_pid(path: Path) -> int:
    with av.open(str(path)) as container:
        return container.streams.video[0].id


def test_times_are_told_as_players_count_them(tmp_path: Path) -> None:
    five_hours = 5 * 3600 * 90_000
    recording = replace(BROADCAST, pts=range(five_hours, five_hours + 25 * 3600, 3600))
    path = make(tmp_path / "a.ts", recording)

    with VideoReader(path, start=0.2) as reader:
        found = [frame.time for frame in reader]
    assert found == pytest.approx([n / 25 for n in range(5, 25)])

    damaged = with_a_hole(path, video_pid(path), 1)
    with pytest.raises(DamagedInputError, match=r"is damaged at 0\.[4-6]"):
        list(VideoReader(damaged))


def go_on(path: Path, rest: Path) -> None:
    """Append to a recording as a recorder does that was paused: it goes on numbering packets."""
    pid, data = video_pid(path), bytearray(path.read_bytes())
    # Without the three tables at its beginning.
    seam = len(data)
    data += rest.read_bytes()[3 * 188 :]
    count = None
    for at in range(0, len(data), 188):
        is_video = int.from_bytes(data[at + 1 : at + 3], "big") & 0x1FFF == pid
        if not is_video or not data[at + 3] & 0x10:
            continue
        if at >= seam and count is not None:
            data[at + 3] = data[at + 3] & 0xF0 | (count + 1) % 16
        count = data[at + 3] & 0x0F
    path.write_bytes(data)


@pytest.mark.parametrize("kind", ["VARIABLE", "in pieces"])
def test_a_whole_transport_stream_is_not_damaged(tmp_path: Path, kind: str) -> None:
    uneven = [n * 3600 + 90_000 * (n > 40) + 900 * (n % 3) for n in range(100)]
    path = make(tmp_path / "a.ts", replace(BROADCAST, pts=uneven))
    if kind == "in pieces":
        later = replace(BROADCAST, pts=[pts + 540_000 for pts in BROADCAST.pts])
        go_on(path, make(tmp_path / "b.ts", later))

    with VideoReader(path) as reader:
        frames = sum(1 for _ in reader)

    assert frames == (200 if kind == "in pieces" else 100)
    assert (reader.frames_lost, reader.notes) == (0, [])
