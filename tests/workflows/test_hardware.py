"""Decoding and encoding by a GPU that is there, by a stand-in, and by one that is not."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from dlc.media.video import hardware
from dlc.options import NVENC, EncodeOptions, VideoDecoder
from dlc.workflows.hardware import gpu_coders, settled_decoder, settled_encoding
from tests.media.material import Clip, make
from tests.media.nvidia import install_gpu, without_gpu


def test_software_is_not_looked_into(tmp_path: Path) -> None:
    # There is no such file, and nobody asks for it.
    assert settled_decoder(VideoDecoder.SOFTWARE, tmp_path / "a.mp4") == (
        VideoDecoder.SOFTWARE,
        (),
    )


def test_nvdec_is_used_where_it_does_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_gpu(monkeypatch)
    path = make(tmp_path / "a.mp4", Clip())
    assert settled_decoder(VideoDecoder.NVDEC, path) == (VideoDecoder.NVDEC, ())


def test_a_fall_back_to_software_is_said_at_once_and_noted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = make(tmp_path / "a.mkv", Clip(codec="ffv1", options={}))
    with caplog.at_level(logging.WARNING, "dlc"):
        decoder, notes = settled_decoder(VideoDecoder.NVDEC, path)
    assert decoder is VideoDecoder.SOFTWARE
    assert notes == tuple(record.getMessage() for record in caplog.records)
    (note,) = notes
    assert note.startswith(
        "a.mkv is decoded in software instead of by NVDEC: FFmpeg's decoder ffv1"
    )


def test_pictures_are_not_decoded_by_nvdec(group_file: Path) -> None:
    decoder, (note,) = settled_decoder(VideoDecoder.NVDEC, group_file)
    assert decoder is VideoDecoder.SOFTWARE
    assert "it is a picture" in note


@without_gpu
def test_what_a_gpu_lacks_is_told_of_both_of_its_parts() -> None:
    decoder, encoder = gpu_coders()
    assert (decoder.name, encoder.name) == ("NVDEC", "NVENC")
    assert "driver" in decoder.trouble
    assert "driver" in encoder.trouble or "not available" in encoder.trouble


@pytest.mark.parametrize("encoder", [None, "libx265", "h264_nvenc"])
def test_an_encoder_by_its_name_stays(encoder: str | None) -> None:
    encoding = EncodeOptions(encoder=encoder, quality=21)
    assert settled_encoding(encoding, Path("o.mp4")) == (encoding, ())


def test_nvenc_becomes_the_encoder_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "_why_not_opened", lambda *_: None)
    encoding, notes = settled_encoding(EncodeOptions(encoder=NVENC, quality=21), Path("o.mp4"))
    assert encoding == EncodeOptions(encoder="h264_nvenc", quality=21)
    assert notes == ()


def test_nvenc_that_does_not_open_becomes_software_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hardware, "_why_not_opened", lambda *_: "out of sessions")
    with caplog.at_level(logging.WARNING, "dlc"):
        encoding, notes = settled_encoding(EncodeOptions(encoder=NVENC, quality=21), Path("o.MP4"))
    assert encoding == EncodeOptions(encoder=None, quality=21)
    assert notes == ("o.MP4 is encoded by libx264 instead of NVENC: out of sessions",)
    assert notes == tuple(record.getMessage() for record in caplog.records)


def test_nvenc_is_tried_with_the_targets_own_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """H.264 in 10 bits is beyond NVENC before Blackwell; HEVC is not."""

    def why_not(name: str, trial: hardware.Trial) -> str | None:
        return f"not implemented: {trial.pix_fmt}" if name == "h264_nvenc" else None

    monkeypatch.setattr(hardware, "_why_not_opened", why_not)
    path = make(tmp_path / "a.mkv", Clip(pix_fmt="yuv420p10le"))
    with caplog.at_level(logging.WARNING, "dlc"):
        encoding, notes = settled_encoding(EncodeOptions(encoder=NVENC), Path("o.mp4"), path)
    assert encoding == EncodeOptions(encoder="hevc_nvenc")
    (note,) = notes
    assert note == "o.mp4 is encoded by hevc_nvenc instead of h264_nvenc: not implemented: p010le"
    assert notes == tuple(record.getMessage() for record in caplog.records)


def test_a_gpu_that_lacks_one_codec_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        hardware, "_why_not_opened", lambda name, _: "no such codec" if "h264" in name else None
    )
    _, encoder = gpu_coders()
    assert encoder.trouble == ""


def test_a_picture_is_left_to_refuse_an_encoder() -> None:
    encoding = EncodeOptions(encoder=NVENC)
    assert settled_encoding(encoding, Path("o.png")) == (encoding, ())
