"""The table of containers, checked against FFmpeg."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from dlc.errors import OutputError
from dlc.media.video.writing.containers import VIDEO_EXTENSIONS, container_for
from dlc.media.video.writing.encoders import ENCODER_NAMES, encoder_named


@pytest.mark.parametrize("extension", VIDEO_EXTENSIONS)
def test_containers_hold_what_they_promise(extension: str) -> None:
    container = container_for(Path("film" + extension))

    assert container.format in av.formats_available
    for name in container.encoders:
        assert container.holds(encoder_named(name).codec)
    for encoder in (container.audio_encoder, container.subtitle_encoder):
        assert encoder is None or container.holds(av.Codec(encoder, "w").canonical_name)


@pytest.mark.parametrize("extension", VIDEO_EXTENSIONS)
def test_every_encoder_that_fits_can_be_written(tmp_path: Path, extension: str) -> None:
    container = container_for(Path("film" + extension))
    fitting = [e for e in map(encoder_named, ENCODER_NAMES) if container.holds(e.codec)]

    for encoder in fitting:
        if not encoder.hardware:
            path = str(tmp_path / (encoder.name + extension))
            with av.open(path, "w", format=container.format) as output:
                stream: Any = output.add_stream(encoder.name, rate=25, options={"bf": "0"})
                stream.width, stream.height, stream.pix_fmt = 64, 64, encoder.formats()[0]
                stream.codec_context.time_base = Fraction(1, 25)
                frame = av.VideoFrame(64, 64, encoder.formats()[0])
                frame.pts, frame.time_base = 0, Fraction(1, 25)
                output.mux([*stream.encode(frame), *stream.encode(None)])


def test_the_extension_counts_in_any_case() -> None:
    assert container_for(Path("FILM.MP4")).format == "mp4"


@pytest.mark.parametrize("name", ["film.xyz", "film", "film.png", "film.mp3"])
def test_unknown_extensions_are_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(OutputError, match=r"\.mp4, \.m4v, \.mov, \.mkv, \.webm, \.avi, \.gif"):
        container_for(Path(name))


def test_asking_a_container_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert replace(container_for(Path("a.mp4")), format="3gp").holds("h264")

    assert list(tmp_path.iterdir()) == []
