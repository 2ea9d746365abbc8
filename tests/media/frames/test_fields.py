"""The order of the two fields of interlaced pictures: read, marked, and kept by encoders."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.codec.context import Flags

from dlc.media.frames.fields import FieldMarker, FieldOrder, field_order
from dlc.media.frames.planes import plane_arrays
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.writing.conform import Conformer
from dlc.media.video.writing.plan import plan_video
from dlc.options import EncodeOptions
from tests.media.material import Clip, first_frame, look, make, picture, transcode

ORDERS = [FieldOrder.TOP, FieldOrder.BOTTOM]
# FFmpeg's AVFieldOrder, as its parser of H.264 reads it out of the packets.
PARSED = {FieldOrder.TOP: 2, FieldOrder.BOTTOM: 3}


def interlaced(path: Path, order: FieldOrder, *, lines: int = 64, pix_fmt: str = "yuv420p") -> Path:
    """Write interlaced H.264, or FFV1 into Matroska."""
    clip = Clip(height=lines, pix_fmt=pix_fmt)
    mark = FieldMarker(order)
    codec, options = "libx264", {"qp": "0", "x264-params": f"{order}=1"}
    if path.suffix == ".mkv":
        codec, options = "ffv1", {"level": "3"}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = clip.width, lines, pix_fmt
        stream.codec_context.flags |= Flags.interlaced_dct
        for index in range(5):
            frame = mark(picture(clip, index))
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("order", ORDERS)
def test_marked_pictures_are_the_same_otherwise(order: FieldOrder) -> None:
    native = picture(Clip(), 0)
    assert field_order(native) is None

    marked = FieldMarker(order)(native)

    assert field_order(marked) == order
    assert marked.to_ndarray().tobytes() == native.to_ndarray().tobytes()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("encoder", ["libx264", "ffv1", "prores_ks"])
def test_encoders_keep_the_order_of_fields(tmp_path: Path, order: FieldOrder, encoder: str) -> None:
    path = interlaced(tmp_path / "a.mp4", order)
    output = tmp_path / ("b.mkv" if encoder == "ffv1" else "b.mov")

    reader, writer = transcode(path, output, EncodeOptions(quality=0, encoder=encoder))

    assert reader.info.fields == order
    assert field_order(first_frame(output)) == order
    assert not any("interlaced" in note for note in writer.notes)
    if encoder == "libx264":
        assert look(output, lambda c: c.streams.video[0].codec_context.field_order) == PARSED[order]


@pytest.mark.parametrize("order", ORDERS)
def test_converted_pictures_keep_the_order_of_fields(tmp_path: Path, order: FieldOrder) -> None:
    path = interlaced(tmp_path / "a.mp4", order, pix_fmt="yuvj420p")

    transcode(path, tmp_path / "b.mkv", EncodeOptions(encoder="ffv1"))

    assert first_frame(path).format.name != first_frame(tmp_path / "b.mkv").format.name
    assert field_order(first_frame(tmp_path / "b.mkv")) == order


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuvj420p"])
def test_fields_are_kept_apart_when_scaled(tmp_path: Path, pix_fmt: str) -> None:
    path = interlaced(tmp_path / "a.mp4", FieldOrder.TOP, pix_fmt=pix_fmt)
    with VideoReader(path) as reader:
        info = reader.info
        frame = next(iter(reader)).native
    for plane in plane_arrays(frame):
        plane[::2], plane[1::2] = 50, 200
    plan = plan_video(tmp_path / "b.mkv", info, EncodeOptions(height=32, encoder="ffv1"))

    scaled = Conformer(info, plan)(frame)

    assert field_order(scaled) is FieldOrder.TOP
    for plane in plane_arrays(scaled):
        assert (set(np.unique(plane[::2])), set(np.unique(plane[1::2]))) == ({50}, {200})
    assert "the fields of interlaced pictures are scaled one by one" in plan.notes


# 4:2:0 cannot share 62 lines out to two fields.
@pytest.mark.parametrize(("lines", "encoder"), [(64, "libx265"), (62, "libx264")])
def test_fields_that_cannot_be_kept_are_said(tmp_path: Path, lines: int, encoder: str) -> None:
    path = interlaced(tmp_path / "a.mkv", FieldOrder.TOP, lines=lines)

    _, writer = transcode(path, tmp_path / "b.mkv", EncodeOptions(encoder=encoder))

    assert field_order(first_frame(tmp_path / "b.mkv")) is None
    assert any("players will not deinterlace them" in note for note in writer.notes)


def test_progressive_videos_stay_progressive(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip())

    transcode(path, tmp_path / "b.mp4")

    with VideoReader(tmp_path / "b.mp4") as reader:
        assert reader.info.fields is None
