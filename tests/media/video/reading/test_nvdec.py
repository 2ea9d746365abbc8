"""Pictures of NVDEC's formats, by a stand-in, beside those of software."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from dlc.errors import DamagedInputError
from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import Orientation
from dlc.media.frames.planes import plane_arrays
from dlc.media.video.reading.nvdec import planar
from dlc.media.video.reading.reader import VideoReader
from dlc.options import VideoDecoder
from tests.media.hdr_clips import HDR10
from tests.media.material import Clip, make, picture, transcode
from tests.media.nvidia import install_gpu, interleaved


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
@pytest.mark.parametrize("size", [(64, 48), (1920, 1080)])
def test_planes_come_out_of_interleaved_chroma_as_they_were(
    pix_fmt: str, size: tuple[int, int]
) -> None:
    frame = picture(Clip(*size, pix_fmt=pix_fmt), 3)
    woven = interleaved(frame)
    assert woven.format.name in ("nv12", "p010le")
    found = planar(woven)
    assert found.format.name == pix_fmt
    for ours, theirs in zip(plane_arrays(found), plane_arrays(frame), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("color_range", [0, 1, 2])
def test_samples_are_moved_and_not_scaled_whatever_their_range(color_range: int) -> None:
    woven = picture(Clip(pix_fmt="nv12"), 1)
    ColorTags(1, 1, 1, color_range).put_on(woven)
    luma, chroma = (plane.copy() for plane in plane_arrays(woven))
    found = planar(woven)
    assert ColorTags.of(found) == ColorTags(1, 1, 1, color_range)
    expected = (luma, chroma[..., 0], chroma[..., 1])
    for ours, theirs in zip(plane_arrays(found), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_picture_in_planes_stays_what_it_is() -> None:
    frame = picture(Clip(pix_fmt="yuv444p"), 0)
    assert planar(frame) is frame


@pytest.mark.parametrize(
    "clip",
    [
        Clip(orientation=Orientation(True, False, True), tags=ColorTags(1, 1, 1, 1)),
        replace(HDR10, pts=range(0, 40 * 512, 512)),
    ],
)
def test_a_video_is_the_same_to_the_bit_with_all_that_is_said_of_it(
    clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "a.mp4", clip)
    formats = install_gpu(monkeypatch)
    with VideoReader(path, start=0.1) as ours:
        expected = list(ours)
    assert not formats
    with VideoReader(path, start=0.1, decoder=VideoDecoder.NVDEC) as theirs:
        found = list(theirs)
    assert set(formats) <= {"nv12", "p010le"}
    assert len(formats) >= len(found) == len(expected) > 0
    assert theirs.info == ours.info
    for one, other in zip(found, expected, strict=True):
        assert (one.pts, one.native.duration) == (other.pts, other.native.duration)
        for a, b in zip(plane_arrays(one.native), plane_arrays(other.native), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("extension", [".mp4", ".mkv"])
def test_what_is_written_of_it_is_the_same_file(
    extension: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "a.mp4", Clip(audio=["aac"]))
    formats = install_gpu(monkeypatch)
    ours, theirs = (tmp_path / f"{name}{extension}" for name in ("software", "nvdec"))
    transcode(path, ours)
    assert not formats
    transcode(path, theirs, decoder=VideoDecoder.NVDEC)
    assert formats
    assert packets_of(ours) == packets_of(theirs)


def packets_of(path: Path) -> list[tuple[int | None, bytes]]:
    with av.open(str(path)) as container:
        return [(packet.pts, bytes(packet)) for packet in container.demux() if packet.size]


def test_a_picture_that_the_gpu_does_not_take_is_no_damage_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "a.mp4", Clip())
    taken: list[str] = []

    def tired(frame: av.VideoFrame) -> av.VideoFrame:
        taken.append(frame.format.name)
        if len(taken) > 3:
            raise av.InvalidDataError(1, "the size has changed")
        return interleaved(frame)

    install_gpu(monkeypatch, tired)
    with (
        VideoReader(path, decoder=VideoDecoder.NVDEC) as reader,
        pytest.raises(DamagedInputError, match="decode it in software"),
    ):
        list(reader)
