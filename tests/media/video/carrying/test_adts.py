"""AAC from transport streams into a container whose muxer does not unpack it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import DamagedInputError
from tests.media.material import Clip, look, make, packets, transcode

BROADCAST = Clip(
    time_base=Fraction(1, 90_000),
    pts=range(0, 75 * 3600, 3600),
    duration=3600,
    options={"qp": "0", "preset": "ultrafast", "bf": "0"},
    audio=("aac",),
)


def samples(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        return np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)


def with_unusable_headers(path: Path, count: int) -> Path:
    """Write a copy whose first packets of sound falsely claim a checksum and two blocks."""
    changed = path.with_name(f"changed-{path.name}")
    with av.open(str(path)) as source, av.open(str(changed), "w") as target:
        streams = [target.add_stream_from_template(s, opaque=True) for s in source.streams]
        left = count
        for packet in source.demux():
            if not packet.size:
                continue
            if packet.stream.type == "audio" and left:
                data = bytearray(bytes(packet))
                data[1] &= 0xFE
                data[6] |= 1
                packet, old = av.Packet(bytes(data)), packet
                packet.pts, packet.dts, packet.time_base = old.pts, old.dts, old.time_base
                packet.stream, left = old.stream, left - 1
            packet.stream = streams[packet.stream.index]
            target.mux(packet)
    return changed


def test_aac_of_a_transport_stream_fits_into_avi(tmp_path: Path) -> None:
    path = make(tmp_path / "a.ts", BROADCAST)

    _, writer = transcode(path, tmp_path / "b.avi")

    assert not any("audio" in note for note in writer.notes)
    assert np.array_equal(samples(tmp_path / "b.avi"), samples(path))
    # Two bytes of configuration, and payloads without the headers of seven bytes.
    assert look(tmp_path / "b.avi", lambda c: len(c.streams.audio[0].codec_context.extradata)) == 2
    pairs = zip(packets(path, "audio"), packets(tmp_path / "b.avi", "audio"), strict=True)
    assert all(packed[2][7:] == bare[2] for packed, bare in pairs)


@pytest.mark.parametrize("output", ["b.avi", "b.mkv"])
def test_aac_with_unusable_headers_is_refused_or_left_out(tmp_path: Path, output: str) -> None:
    path = with_unusable_headers(make(tmp_path / "a.ts", BROADCAST), 110)

    with pytest.raises(DamagedInputError, match="stream 1 is damaged"):
        transcode(path, tmp_path / output)
    _, writer = transcode(path, tmp_path / output, allow_damaged=True)

    assert "audio stream 1: left out, as nothing is known of it" in writer.notes
