"""The table of containers, checked against FFmpeg."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from dlc.errors import OutputError
from dlc.media.containers import VIDEO_EXTENSIONS, codecs_of, container_for
from dlc.media.encoders import encoder_named


@pytest.mark.parametrize("extension", VIDEO_EXTENSIONS)
def test_containers_hold_what_they_promise(extension: str) -> None:
    container = container_for(Path("film" + extension))

    codecs = codecs_of(container.format)

    assert container.format in av.formats_available
    for name in container.encoders:
        assert encoder_named(name).codec in codecs
    for encoder in (container.audio_encoder, container.subtitle_encoder):
        assert encoder is None or av.Codec(encoder, "w").canonical_name in codecs


def test_the_extension_counts_in_any_case() -> None:
    assert container_for(Path("FILM.MP4")).format == "mp4"


@pytest.mark.parametrize("name", ["film.xyz", "film", "film.png", "film.mp3"])
def test_unknown_extensions_are_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(OutputError, match=r"\.mp4, \.m4v, \.mov, \.mkv, \.webm, \.avi, \.gif"):
        container_for(Path(name))


def test_asking_a_container_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    codecs_of.cache_clear()

    codecs_of("mp4")

    assert list(tmp_path.iterdir()) == []
