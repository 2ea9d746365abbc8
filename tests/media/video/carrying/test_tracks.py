"""Single streams on their way: where packets are cut, and what describes them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from dlc.errors import DamagedInputError
from dlc.media.video.carrying.tracks import KeptRange, SubtitleCopy, description_of
from tests.media.material import LOSSLESS, Clip, look, make, packets, transcode

LONG = Clip(pts=range(0, 150 * 512, 512))


@pytest.mark.parametrize(
    ("begin", "duration", "expected"),
    [
        (500, 400, None),
        (900, 300, (1000, 200)),
        (1000, 300, (1000, 300)),
        (1900, 300, (1900, 100)),
        (2000, 300, None),
    ],
)
def test_subtitles_are_shown_within_the_range_only(
    tmp_path: Path, begin: int, duration: int, expected: tuple[int, int] | None
) -> None:
    path = make(tmp_path / "a.mkv", replace(LONG, subtitles=("subrip",)))
    packet = av.Packet(b"words")
    packet.pts = packet.dts = begin
    packet.duration, packet.time_base = duration, Fraction(1, 1000)

    with av.open(str(path)) as source, av.open(str(tmp_path / "b.mkv"), "w") as output:
        track = SubtitleCopy(source.streams.subtitles[0], output)
        kept = track.cut(packet, KeptRange(Fraction(1), Fraction(1), Fraction(2)))

    assert ((packet.pts, packet.duration) if kept else None) == expected


def test_what_counted_the_old_frames_is_left_behind(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", Clip())
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.metadata.update({"NUMBER_OF_FRAMES-eng": "5", "BPS": "9", "language": "deu"})
        assert "DURATION" in stream.metadata

        assert description_of(stream) == {"language": "deu"}


def test_pcm_with_unnamed_channels_fits_into_mp4(tmp_path: Path) -> None:
    clip = replace(LONG, time_base=Fraction(1, 25), pts=range(50), duration=1)
    path = make(tmp_path / "a.avi", replace(clip, audio=("pcm_s16le",), options={"bf": "0"}))
    assert look(path, lambda c: c.streams.audio[0].layout.name) == "2 channels"

    transcode(path, tmp_path / "b.mp4")

    joined = [b"".join(p[2] for p in packets(p, "audio")) for p in (path, tmp_path / "b.mp4")]
    assert joined[0] == joined[1]
    assert look(tmp_path / "b.mp4", lambda c: c.streams.audio[0].layout.name) == "stereo"


def test_damaged_sound_that_must_be_decoded_is_refused_or_skipped(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", replace(LONG, audio=("aac",)))
    data = bytearray(path.read_bytes())
    for _, _, payload in packets(path, "audio")[40:50]:
        at = data.index(payload)
        noise = np.random.default_rng(0).integers(0, 256, len(payload), np.uint8)
        data[at : at + len(payload)] = noise.tobytes()
    path.write_bytes(data)

    with pytest.raises(DamagedInputError, match="part of stream 1 cannot be decoded"):
        transcode(path, tmp_path / "b.webm", LOSSLESS)
    transcode(path, tmp_path / "b.webm", LOSSLESS, allow_damaged=True)

    assert packets(tmp_path / "b.webm", "audio")[-1][0] > 5
