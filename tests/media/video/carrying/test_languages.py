"""Languages survive in QuickTime files, whichever of their two codes the input has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from dlc.media.video.carrying.languages import language_in
from tests.media.material import Clip, look, make, transcode

# Both codes of ISO 639-2, and what FFmpeg calls the language in QuickTime files.
CODES = [
    ("alb", "sqi", "alb"), ("arm", "hye", "arm"), ("baq", "eus", "baq"), ("bur", "mya", "bur"),
    ("chi", "zho", "chi"), ("cze", "ces", "ces"), ("dut", "nld", "dut"), ("fre", "fra", "fra"),
    ("geo", "kat", "geo"), ("ger", "deu", "ger"), ("gre", "ell", "gre"), ("ice", "isl", "ice"),
    ("mac", "mkd", "mac"), ("may", "msa", "may"), ("per", "fas", "per"), ("rum", "ron", "ron"),
    ("slo", "slk", "slk"), ("tib", "bod", "tib"), ("wel", "cym", "wel"), ("swe", "swe", "sve"),
    ("eng", "eng", "eng"),
]  # fmt: skip


def test_ffmpeg_knows_what_languages_are_called(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as container:
        streams = []
        for *_, name in CODES:
            streams.append(container.add_stream("mpeg4", rate=25))
            streams[-1].width, streams[-1].height, streams[-1].pix_fmt = 32, 32, "yuv420p"
            streams[-1].metadata["language"] = name
        container.start_encoding()
        for stream in streams:
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
            container.mux(stream.encode(None))
    found = look(path, lambda container: [stream.language for stream in container.streams])
    assert found == [name for *_, name in CODES]


@pytest.mark.parametrize(("one", "other", "name"), CODES)
def test_both_codes_of_a_language_are_known(one: str, other: str, name: str) -> None:
    assert language_in("mov", one) == language_in("mov", other) == name
    assert (language_in("mp4", one), language_in("matroska", other)) == (one, other)


def test_no_track_loses_its_language(tmp_path: Path) -> None:
    plain = make(tmp_path / "a.mkv", replace(Clip(), audio=("ac3",), subtitles=("subrip",)))
    told = tmp_path / "told.mkv"
    with av.open(str(plain)) as source, av.open(str(told), "w") as target:
        copies = []
        for stream, language in zip(source.streams, ["swe", "fre", "deu"], strict=True):
            copies.append(target.add_stream_from_template(stream, opaque=True))
            copies[-1].metadata["language"] = language
        for packet in source.demux():
            if packet.size:
                packet.stream = copies[packet.stream_index]
                target.mux(packet)

    def languages(container: Any) -> list[str | None]:
        return [stream.language for stream in container.streams]

    for name, expected in {"b.mov": ["sve", "fra", "ger"], "b.mp4": ["swe", "fre", "deu"]}.items():
        transcode(told, tmp_path / name)
        assert look(tmp_path / name, languages) == expected
