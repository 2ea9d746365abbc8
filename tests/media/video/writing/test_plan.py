"""What an output will be, decided without decoding."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from dlc.errors import EncoderError, OptionError, OutputError
from dlc.media.frames.color import ColorTags
from dlc.media.frames.fields import FieldOrder
from dlc.media.frames.orientation import Orientation
from dlc.media.info import MediaInfo
from dlc.media.video.writing.plan import plan_video
from dlc.options import EncodeOptions
from tests.media.material import Clip, look, make, transcode
from tests.media.video.writing.clip_info import INFO


@pytest.mark.parametrize(
    ("source", "name", "encoder", "expected"),
    [
        ("yuv420p", "o.mp4", None, "yuv420p"),
        ("yuvj420p", "o.mp4", None, "yuvj420p"),
        ("yuvj420p", "o.webm", None, "yuv420p"),
        ("nv12", "o.webm", None, "yuv420p"),
        ("yuv420p10le", "o.mp4", None, "yuv420p10le"),
        ("p010le", "o.mp4", None, "yuv420p10le"),
        ("yuv422p10le", "o.mov", "prores_ks", "yuv422p10le"),
        ("yuv444p12le", "o.mp4", "libx265", "yuv444p12le"),
        ("yuva420p", "o.webm", None, "yuva420p"),
        ("yuva444p12le", "o.mov", None, "yuva444p10le"),
        ("bgra", "o.mkv", "ffv1", "bgra"),
        ("bgr24", "o.mp4", None, "yuv444p"),
        ("gray", "o.mp4", None, "gray"),
        ("yuv420p10le", "o.mp4", "hevc_nvenc", "p010le"),
        ("yuv420p10le", "o.mp4", "libsvtav1", "yuv420p10le"),
        ("bgra", "o.gif", None, "pal8"),
    ],
)
def test_the_pixel_format_is_the_closest(
    source: str, name: str, encoder: str | None, expected: str
) -> None:
    plan = plan_video(Path(name), replace(INFO, pix_fmt=source), EncodeOptions(encoder=encoder))

    assert plan.pix_fmt == expected


@pytest.mark.parametrize(
    ("source", "name", "encoder", "words"),
    [
        ("yuv420p12le", "o.mp4", None, "12 bits a sample become 10"),
        ("yuv444p", "o.mp4", "libsvtav1", "lower resolution"),
        ("yuva420p", "o.mp4", None, "transparency is lost"),
        ("bgr24", "o.mp4", None, "RGB becomes YUV"),
        ("yuv420p", "o.gif", None, "256 colors"),
    ],
)
def test_unavoidable_losses_are_said(
    source: str, name: str, encoder: str | None, words: str
) -> None:
    plan = plan_video(Path(name), replace(INFO, pix_fmt=source), EncodeOptions(encoder=encoder))

    assert any(words in note for note in plan.notes)


@pytest.mark.parametrize("transfer", [16, 18])
@pytest.mark.parametrize(
    ("name", "pix_fmt", "asked", "expected"),
    [
        ("o.mp4", "yuv420p10le", None, "libx265"),
        ("o.mov", "yuv422p10le", None, "libx265"),
        ("o.mkv", "yuv420p10le", None, "libx265"),
        ("o.mp4", "yuv420p10le", "libx264", "libx264"),
        ("o.mp4", "yuv420p", None, "libx264"),
        ("o.webm", "yuv420p10le", None, "libvpx-vp9"),
    ],
)
def test_hdr_is_encoded_so_that_players_show_it(
    name: str, pix_fmt: str, asked: str | None, expected: str, transfer: int
) -> None:
    info = replace(INFO, pix_fmt=pix_fmt, colors=ColorTags(9, transfer, 9, 1))

    plan = plan_video(Path(name), info, EncodeOptions(encoder=asked))

    assert plan.encoder.name == expected
    assert any("few players show HDR" in note for note in plan.notes) == (expected == "libx264")


@pytest.mark.parametrize(
    ("name", "encoder", "keeps"),
    [
        ("o.mp4", None, True),
        ("o.mp4", "libsvtav1", True),
        ("o.mov", "prores_ks", True),
        ("o.mkv", None, True),
        ("o.mkv", "libx265", True),
        ("o.avi", None, True),
        ("o.mkv", "ffv1", False),
        ("o.mkv", "libsvtav1", False),
        ("o.webm", None, False),
        ("o.avi", "ffv1", False),
    ],
)
def test_the_shape_of_pixels_is_kept_or_its_loss_is_said(
    tmp_path: Path, name: str, encoder: str | None, keeps: bool
) -> None:
    ratio = Fraction(64, 45)
    path = make(tmp_path / "a.mp4", Clip(sample_aspect_ratio=ratio, pts=(0, 512, 1024)))

    _, writer = transcode(path, tmp_path / name, EncodeOptions(encoder=encoder))

    written = look(tmp_path / name, lambda c: c.streams.video[0].sample_aspect_ratio)
    assert (written == ratio) == keeps
    assert any("pixels are not square" in note for note in writer.notes) != keeps


def test_nothing_is_said_where_nothing_is_lost() -> None:
    assert plan_video(Path("o.mp4"), INFO, EncodeOptions()).notes == ()


@pytest.mark.parametrize(
    ("pix_fmt", "size", "padding"),
    [
        ("yuv420p", (63, 47), (1, 1)),
        ("yuv422p", (63, 47), (1, 0)),
        ("yuv444p", (63, 47), (0, 0)),
        ("yuv420p", (64, 48), (0, 0)),
    ],
)
def test_odd_sizes_grow_by_what_chroma_needs(
    pix_fmt: str, size: tuple[int, int], padding: tuple[int, int]
) -> None:
    info = replace(INFO, pix_fmt=pix_fmt, coded_width=size[0], coded_height=size[1])

    plan = plan_video(Path("o.mp4"), info, EncodeOptions())

    assert plan.padding == padding
    assert any("odd size" in note for note in plan.notes) == any(padding)


def test_av1_and_vp9_take_odd_sizes() -> None:
    info = replace(INFO, coded_width=63, coded_height=47)

    assert plan_video(Path("o.webm"), info, EncodeOptions()).padding == (0, 0)
    assert plan_video(Path("o.mp4"), info, EncodeOptions(encoder="libsvtav1")).padding == (0, 0)


@pytest.mark.parametrize(("name", "upright"), [("o.mp4", False), ("o.mkv", False), ("o.avi", True)])
def test_pictures_are_turned_only_where_the_container_cannot_say_it(
    name: str, upright: bool
) -> None:
    turned = Orientation.from_exif(6)
    info = replace(INFO, orientation=turned, display_matrix=turned.display_matrix)

    assert plan_video(Path(name), info, EncodeOptions()).upright == upright


@pytest.mark.parametrize(
    ("name", "time_base"),
    [("o.mp4", Fraction(1, 12800)), ("o.mkv", Fraction(1, 1000)), ("o.gif", Fraction(1, 100))],
)
def test_times_keep_their_unit_where_the_container_can(name: str, time_base: Fraction) -> None:
    assert plan_video(Path(name), INFO, EncodeOptions()).time_base == time_base


def test_containers_without_audio_refuse_it() -> None:
    info = replace(INFO, audio_codecs=("aac",))

    with pytest.raises(OutputError, match="cannot hold the audio"):
        plan_video(Path("o.gif"), info, EncodeOptions())
    plan_video(Path("o.gif"), info, EncodeOptions(audio=False))


@pytest.mark.parametrize("name", ["o.mp4", "o.webm", "o.avi", "o.gif"])
@pytest.mark.parametrize("codec", ["hdmv_pgs_subtitle", "subrip"])
def test_subtitles_that_do_not_fit_are_left_out_and_said(name: str, codec: str) -> None:
    info = replace(INFO, subtitle_codecs=(codec, codec))

    notes = plan_video(Path(name), info, EncodeOptions()).notes

    fits = codec == "subrip" and name in ("o.mp4", "o.webm")
    said = [note for note in notes if f"the {codec} subtitles are left out" in note]
    assert len(said) == (0 if fits else 1)
    assert not any("subtitles" in n for n in plan_video(Path("o.mkv"), info, EncodeOptions()).notes)


@pytest.mark.parametrize("quality", [-1, 51.5])
def test_qualities_off_the_scale_are_refused(quality: float) -> None:
    with pytest.raises(OptionError, match=r"0 \(best\) to 51"):
        plan_video(Path("o.mp4"), INFO, EncodeOptions(quality=quality))


def test_unknown_encoders_are_refused() -> None:
    with pytest.raises(EncoderError, match="unknown encoder"):
        plan_video(Path("o.mp4"), INFO, EncodeOptions(encoder="divx"))


def test_pictures_that_svt_av1_would_work_at_for_ever_are_refused() -> None:
    strip = replace(INFO, width=200, coded_width=200, height=20, coded_height=20)
    with pytest.raises(EncoderError, match=r"smaller than 32 x 32 pixels.*200 x 20"):
        plan_video(Path("o.mp4"), strip, EncodeOptions(encoder="libsvtav1"))


def test_pictures_too_narrow_for_x265_are_refused() -> None:
    """It writes beyond its memory there, which may end the process or not."""
    wide, narrow = (
        replace(INFO, width=width, coded_width=width, height=64, coded_height=64)
        for width in (64, 62)
    )
    x265 = EncodeOptions(encoder="libx265")
    plan_video(Path("o.mp4"), wide, x265)
    with pytest.raises(EncoderError, match=r"smaller than 64 x 1 pixels.*62 x 64.*libx264"):
        plan_video(Path("o.mp4"), narrow, x265)
    with pytest.raises(EncoderError, match="these have 32 x 32"):
        plan_video(Path("o.mp4"), wide, replace(x265, height=32))
    plan_video(Path("o.mp4"), narrow, replace(x265, height=128))
    plan_video(Path("o.mp4"), narrow, EncodeOptions(encoder="libx264"))


HD = replace(INFO, width=1920, height=1080, coded_width=1920, coded_height=1080)
PORTRAIT = replace(HD, width=1080, height=1920, orientation=Orientation.from_exif(6))


@pytest.mark.parametrize(
    ("info", "name", "height", "size"),
    [
        (HD, "o.mp4", 720, (1280, 720)),
        (HD, "o.mp4", 2160, (3840, 2160)),
        (HD, "o.mp4", 1080, None),
        (HD, "o.mp4", 718, (1276, 718)),
        (PORTRAIT, "o.mp4", 960, (960, 540)),
        (PORTRAIT, "o.avi", 960, (960, 540)),
        (replace(PORTRAIT, pix_fmt="yuv422p"), "o.mp4", 714, (714, 402)),
        (replace(HD, pix_fmt="yuv444p"), "o.mp4", 719, (1278, 719)),
        (replace(HD, pix_fmt="bgra"), "o.gif", 99, (176, 99)),
        (replace(INFO, width=63, coded_width=63), "o.mp4", 24, (32, 24)),
        (replace(HD, fields=FieldOrder.TOP), "o.mp4", 540, (960, 540)),
    ],
)
def test_the_height_is_the_one_that_a_player_shows(
    info: MediaInfo, name: str, height: int, size: tuple[int, int] | None
) -> None:
    plan = plan_video(Path(name), info, EncodeOptions(height=height))

    assert plan.size == size
    assert plan.padding == (0, 0)


@pytest.mark.parametrize(
    ("info", "height", "words"),
    [
        (HD, 719, "719, and pictures in yuv420p have an even height: give 718 or 720"),
        (replace(PORTRAIT, pix_fmt="yuv422p"), 719, "yuv422p have an even height"),
        (replace(INFO, height=47, coded_height=47), 47, "give 46 or 48"),
        (replace(HD, fields=FieldOrder.TOP), 718, "interlaced .* a multiple of 4: give 716 or 720"),
        (HD, 12, "at least 16"),
        (HD, 7000, "12444 x 7000 pixels have more than the 67 megapixels"),
    ],
)
def test_heights_that_pictures_cannot_have_are_refused(
    info: MediaInfo, height: int, words: str
) -> None:
    with pytest.raises(OptionError, match=words):
        plan_video(Path("o.mp4"), info, EncodeOptions(height=height))


@pytest.mark.parametrize(
    ("encoder", "height", "notes"),
    [
        ("libx264", None, []),
        ("libx264", 720, ["the fields of interlaced pictures are scaled one by one"]),
        ("libx265", None, ["line by line unchanged: players will not deinterlace them"]),
        ("libx265", 720, ["their fields scaled one by one: players will not deinterlace them"]),
    ],
)
def test_what_becomes_of_fields_is_said(encoder: str, height: int | None, notes: list[str]) -> None:
    info = replace(HD, fields=FieldOrder.TOP)

    plan = plan_video(Path("o.mp4"), info, EncodeOptions(height=height, encoder=encoder))

    assert plan.fields == (FieldOrder.TOP if encoder == "libx264" else None)
    assert len(plan.notes) == len(notes)
    assert all(said.endswith(note) for said, note in zip(plan.notes, notes, strict=True))
