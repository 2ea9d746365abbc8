"""The table of encoders: its options exist, its scales rise, its choices fit."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.codec.codec import UnknownCodecError

from dlc.errors import EncoderError
from dlc.media.video.writing.containers import container_for
from dlc.media.video.writing.encoders import ENCODER_NAMES, encoder_for, encoder_named
from dlc.options import EncodeOptions, Preset

SOFTWARE = [name for name in ENCODER_NAMES if not encoder_named(name).hardware]


def context_of(name: str) -> av.CodecContext:
    try:
        return av.CodecContext.create(name, "w")
    except UnknownCodecError:
        pytest.skip(f"{name} is not in this build of FFmpeg")


@pytest.mark.parametrize("name", ENCODER_NAMES)
@pytest.mark.parametrize("preset", list(Preset))
@pytest.mark.parametrize("quality", [0.0, 18.0])
def test_ffmpeg_knows_every_option(name: str, preset: Preset, quality: float) -> None:
    known = context_of(name).supported_options
    names = {option.name for option in (*known.generic, *known.private)}

    options = encoder_named(name).options(EncodeOptions(quality=quality, preset=preset))

    assert set(options) <= names


@pytest.mark.parametrize("name", SOFTWARE)
@pytest.mark.parametrize("preset", list(Preset))
@pytest.mark.parametrize("quality", [0.0, 18.0, 51.0])
def test_software_encoders_open_with_every_format_and_quality(
    name: str, preset: Preset, quality: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVT_LOG", "1")
    encoder = encoder_named(name)
    formats = encoder.formats()

    assert formats
    for pix_fmt in formats if preset is Preset.BALANCED else formats[:1]:
        context = context_of(name)
        context.width, context.height, context.pix_fmt = 128, 96, pix_fmt
        context.time_base = Fraction(1, 25)
        context.options = encoder.options(EncodeOptions(quality=quality, preset=preset))
        context.open()


@pytest.mark.parametrize("name", ENCODER_NAMES)
def test_a_better_quality_never_quantizes_more(name: str) -> None:
    encoder = encoder_named(name)
    key = next(iter(k for k, v in encoder.option.items() if "{}" in v), None)
    if key is None:
        pytest.skip("every output is lossless")

    numbers = [float(encoder.options(EncodeOptions(quality=q))[key]) for q in range(1, 52)]

    # Apple's scale alone counts upwards to the best.
    assert numbers == sorted(numbers, reverse="videotoolbox" in name)
    assert numbers[0] != numbers[-1]


def test_the_quality_of_x264_is_its_crf() -> None:
    assert encoder_named("libx264").options(EncodeOptions(quality=23.5))["crf"] == "23.5"


@pytest.mark.parametrize(("name", "option"), [("nvenc", "cq"), ("qsv", "global_quality")])
@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_the_best_quality_is_not_the_number_that_stands_for_none(
    codec: str, name: str, option: str
) -> None:
    encoder = encoder_named(f"{codec}_{name}")
    chosen = [encoder.options(EncodeOptions(quality=q))[option] for q in (0, 0.5, 1, 18)]
    assert chosen == ["1", "1", "1", "18"]


def test_quality_zero_is_lossless_where_there_is_lossless() -> None:
    assert encoder_named("libx264").options(EncodeOptions(quality=0))["qp"] == "0"
    parameters = encoder_named("libx265").options(EncodeOptions(quality=0))["x265-params"]
    assert parameters == "log-level=error:lossless=1"


def test_unknown_encoders_are_refused_with_near_and_known_names() -> None:
    with pytest.raises(EncoderError, match=r"did you mean libx26[45] or libx26[45].*known are"):
        encoder_named("x264")
    with pytest.raises(EncoderError, match=r"unknown encoder qqq: known are libx264"):
        encoder_named("qqq")


def test_encoders_must_fit_the_container() -> None:
    with pytest.raises(EncoderError, match=r"libx264 does not fit a \.webm file.*libvpx-vp9"):
        encoder_for("libx264", container_for(Path("a.webm")), alpha=False)


@pytest.mark.parametrize(
    ("name", "alpha", "expected"),
    [
        ("a.mp4", False, "libx264"),
        ("a.mp4", True, "libx264"),
        ("a.mov", False, "libx264"),
        ("a.mov", True, "prores_ks"),
        ("a.mkv", True, "libvpx-vp9"),
        ("a.webm", True, "libvpx-vp9"),
        ("a.gif", True, "gif"),
    ],
)
def test_the_default_keeps_opacity_where_it_can(name: str, alpha: bool, expected: str) -> None:
    assert encoder_for(None, container_for(Path(name)), alpha=alpha).name == expected


def test_an_encoder_missing_from_ffmpeg_is_an_error_of_ours() -> None:
    missing = [n for n in ENCODER_NAMES if n not in av.codecs_available]
    if not missing:
        pytest.skip("this build of FFmpeg has them all")

    with pytest.raises(EncoderError, match="not available"):
        encoder_named(missing[0]).formats()
