"""From packets to pictures: seeking, rewinding and keeping count."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from dlc.errors import DamagedInputError, InputError
from dlc.media.video.reading.decoding import Decoder
from dlc.media.video.reading.reader import VideoReader
from tests.media.material import Clip, make

LONG = Clip(pts=range(0, 100 * 512, 512), options={"preset": "fast", "crf": "20", "g": "12"})


def decoder_of(path: Path, *, allow_damaged: bool = False) -> Decoder:
    return Decoder(path, allow_damaged=allow_damaged, threads=None)


@pytest.mark.parametrize("extension", [".mp4", ".mkv", ".avi", ".h264"])
def test_a_seek_lands_at_or_before_its_target_or_at_the_beginning(
    tmp_path: Path, extension: str
) -> None:
    clip = replace(LONG, time_base=Fraction(1, 25), pts=range(100), duration=1)
    clip = replace(clip, options={**LONG.options, "bf": "0"})
    decoder = decoder_of(make(tmp_path / ("a" + extension), clip))
    all_of_them = sum(1 for _ in decoder.frames())

    decoder.seek(round(2 / (decoder.stream.time_base or 1)))

    frames = list(decoder.frames())
    assert 50 <= len(frames) <= all_of_them == 100
    assert decoder.ledger.missing == 0


def test_rewinding_gives_everything_again(tmp_path: Path) -> None:
    decoder = decoder_of(make(tmp_path / "a.mp4", LONG))
    first = next(decoder.frames()).pts

    decoder.rewind()

    assert next(decoder.frames()).pts == first
    assert sum(1 for _ in decoder.frames()) >= 90


def test_every_picture_is_accounted_for(tmp_path: Path) -> None:
    decoder = decoder_of(make(tmp_path / "a.mp4", LONG))

    count = sum(1 for _ in decoder.frames())

    assert (count, decoder.ledger.packets, decoder.ledger.missing) == (100, 100, 0)
    assert not decoder.gave_up


@pytest.mark.parametrize("options", [{"bf": "0"}, {"bf": "2"}])
def test_reordering_is_known_after_the_first_picture(
    tmp_path: Path, options: dict[str, str]
) -> None:
    decoder = decoder_of(
        make(tmp_path / "a.mp4", replace(LONG, options={**LONG.options, **options}))
    )
    next(decoder.frames())

    assert decoder.is_reordered == (options["bf"] != "0")


def test_the_words_for_a_cut_file_differ_from_those_for_another_kind(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", LONG)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DamagedInputError, match="lost too much"):
        next(decoder_of(path, allow_damaged=True).frames(), None)
    path.write_bytes(b"something else altogether" * 20)
    with pytest.raises(InputError, match="not a video"):
        decoder_of(path)


def broken(clip: Path, number: int, share: float) -> Path:
    """Put zeros in the place of the end of a packet, a share of it."""
    with av.open(str(clip)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][number]
    assert packet.pos is not None
    data = bytearray(clip.read_bytes())
    begin = packet.pos + round(packet.size * (1 - share))
    data[begin : packet.pos + packet.size] = bytes(packet.pos + packet.size - begin)
    clip.write_bytes(data)
    return clip


# With eight threads, a broken picture came without a mark once in seven times.
@pytest.mark.parametrize("number", [12, 20, 25])
def test_a_picture_of_which_a_part_is_broken_is_told_every_time(
    tmp_path: Path, number: int
) -> None:
    options = {"preset": "fast", "crf": "20", "threads": "1"}
    clip = Clip(320, 192, pts=range(0, 30 * 512, 512), options=options)
    path = broken(make(tmp_path / "a.mp4", clip), number, 0.5)
    for _ in range(30):
        with VideoReader(path, threads=8) as reader, pytest.raises(DamagedInputError):
            list(reader)
    with VideoReader(path, allow_damaged=True, threads=8) as reader:
        assert len(list(reader)) >= 29
        assert reader.is_damaged


def test_a_broken_picture_of_vp8_is_an_error(tmp_path: Path) -> None:
    clip = Clip(320, 192, codec="libvpx", pts=range(0, 30 * 512, 512), options={})
    path = broken(make(tmp_path / "a.webm", clip), 12, 0.98)
    decoder = Decoder(path, allow_damaged=False, threads=8)
    with pytest.raises(DamagedInputError):
        list(decoder.frames())
