"""What is said of NVDEC and NVENC where they are, where they are not, and where they are wrong."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from dlc.errors import DamagedInputError, InputError
from dlc.media.frames.planes import plane_arrays
from dlc.media.video import hardware
from dlc.media.video.hardware import (
    Trial,
    nvenc_for,
    why_no_nvdec,
    why_not_nvdec,
    working_nvenc,
)
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.writing.containers import container_for
from dlc.media.video.writing.writer import VideoWriter
from dlc.options import EncodeOptions
from tests.media.material import Clip, make
from tests.media.nvidia import install_gpu, interleaved, with_nvdec, with_nvenc, without_gpu


@without_gpu
def test_without_a_gpu_the_missing_driver_is_named(tmp_path: Path) -> None:
    reason = why_not_nvdec(make(tmp_path / "a.mp4", Clip()))
    assert reason is not None
    assert "driver" in reason


@with_nvdec
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
def test_a_gpu_decodes_what_software_decodes(pix_fmt: str, tmp_path: Path) -> None:
    clip = Clip(640, 360, pix_fmt, "libx265", options={"x265-params": "log-level=none"})
    assert why_not_nvdec(make(tmp_path / "a.mp4", clip)) is None


def test_a_codec_that_is_not_nvdecs_is_named_also_without_a_gpu(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mkv", Clip(codec="ffv1", options={}))
    assert why_not_nvdec(path) == "FFmpeg's decoder ffv1 cannot use it"


def test_transparent_pictures_are_not_taken_for_nvdecs(tmp_path: Path) -> None:
    """libvpx decodes them, whatever was asked for."""
    clip = Clip(pix_fmt="yuva420p", codec="libvpx-vp9", options={"auto-alt-ref": "0"})
    path = tmp_path / "a.webm"
    make(path, clip)
    with VideoReader(path) as reader:
        assert reader.info.pix_fmt == "yuva420p"
    assert why_not_nvdec(path) == "FFmpeg's decoder libvpx-vp9 cannot use it"


def test_the_same_samples_are_no_reason_against_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "a.mp4", Clip())
    formats = install_gpu(monkeypatch)
    assert why_not_nvdec(path) is None
    assert "nv12" in formats


def test_one_sample_that_differs_is_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "a.mp4", Clip())

    def wrong(frame: av.VideoFrame) -> av.VideoFrame:
        woven = interleaved(frame)
        plane_arrays(woven)[1][5, 7, 1] ^= 1
        return woven

    install_gpu(monkeypatch, wrong)
    assert why_not_nvdec(path) == "the first picture comes out otherwise than in software"


def test_nvdec_is_there_where_it_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    formats = install_gpu(monkeypatch)
    assert why_no_nvdec() is None
    assert "nv12" in formats


def test_a_gpu_whose_decoding_library_is_missing_has_no_nvdec(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In containers without the capability "video" CUDA itself loads and a device can be had."""

    def without_library(_frame: av.VideoFrame) -> av.VideoFrame:
        raise av.InvalidDataError(1, "Invalid data found when processing input")

    install_gpu(monkeypatch, without_library)
    monkeypatch.setattr(hardware, "loads", lambda name: "cuvid" not in name)
    reason = why_no_nvdec()
    assert reason is not None
    assert reason.startswith(("libnvcuvid.so.1 cannot be loaded", "nvcuvid.dll cannot be loaded"))
    assert "NVIDIA_DRIVER_CAPABILITIES" in reason


def test_pictures_of_another_format_are_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "a.mp4", Clip())
    install_gpu(monkeypatch, lambda frame: frame.reformat(format="gray"))
    assert why_not_nvdec(path) is not None


def test_a_gpu_that_fails_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path / "a.mp4", Clip())

    def broken(_frame: av.VideoFrame) -> av.VideoFrame:
        raise av.InvalidDataError(1, "no such profile")

    install_gpu(monkeypatch, broken)
    assert why_not_nvdec(path) == "no such profile"


def test_what_ffmpeg_says_of_a_gpu_that_fails_is_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It returns the same for a profile that the GPU does not take, and for a full memory."""
    path = make(tmp_path / "a.mp4", Clip())
    lines = ("cuvidCreateDecoder failed", " -> CUDA_ERROR_OUT_OF_MEMORY\n", "no frame!\n")

    def broken(_frame: av.VideoFrame) -> av.VideoFrame:
        for line in lines:
            av.logging.log(av.logging.ERROR, "h264", line)
        raise av.InvalidDataError(1, "Invalid data found when processing input")

    install_gpu(monkeypatch, broken)
    assert why_not_nvdec(path) == "cuvidCreateDecoder failed -> CUDA_ERROR_OUT_OF_MEMORY"


def test_what_ffmpeg_says_of_a_device_that_cannot_be_had_is_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hidden:
        def create(self, _codec: av.Codec) -> None:
            av.logging.log(av.logging.ERROR, "cuda", "cu->cuInit(0) failed -> NO_DEVICE\n")
            raise av.UndefinedError(1, "Unknown error occurred")

    path = make(tmp_path / "a.mp4", Clip())
    install_gpu(monkeypatch)
    monkeypatch.setattr(hardware, "nvdec", Hidden)
    assert why_not_nvdec(path) == "cu->cuInit(0) failed -> NO_DEVICE"


def test_what_is_no_video_is_an_error_and_no_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"nothing of the kind" * 100)
    with pytest.raises((InputError, DamagedInputError)):
        why_not_nvdec(path)


@without_gpu
@pytest.mark.parametrize("extension", [".mp4", ".mkv", ".webm"])
def test_without_a_gpu_no_encoder_works(extension: str) -> None:
    encoder, reason = working_nvenc(container_for(Path(f"o{extension}")))
    assert encoder is None
    assert "driver" in reason or "not available" in reason


@with_nvenc
def test_a_gpu_encodes_what_software_decodes(tmp_path: Path) -> None:
    encoder, _ = working_nvenc(container_for(tmp_path / "o.mp4"))
    path, output = make(tmp_path / "a.mp4", Clip(640, 360)), tmp_path / "o.mp4"
    with (
        VideoReader(path) as reader,
        VideoWriter(output, reader, EncodeOptions(encoder=encoder)) as writer,
    ):
        for frame in reader:
            writer.write(frame)
    with VideoReader(output) as written:
        assert len(list(written)) == writer.frames_written > 0


def test_a_container_for_none_of_its_codecs_has_no_encoder() -> None:
    encoder, reason = working_nvenc(container_for(Path("o.gif")))
    assert encoder is None
    assert ".gif" in reason


@pytest.mark.parametrize(
    ("extension", "encoder"),
    [(".mp4", "h264_nvenc"), (".mov", "h264_nvenc"), (".webm", "av1_nvenc")],
)
def test_the_first_that_a_container_holds_is_opened(
    extension: str, encoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def open_it(name: str, trial: Trial) -> None:
        opened.append((name, trial.width, trial.height, trial.pix_fmt))

    monkeypatch.setattr(hardware, "_why_not_opened", open_it)
    assert working_nvenc(container_for(Path(f"o{extension}"))) == (encoder, "")
    assert opened == [(encoder, 640, 360, "yuv420p")]


class Ada:
    """An NVENC that encodes H.264 in 8 bits up to 4096 pixels, and HEVC in 10 bits up to 8192."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[str] = []
        monkeypatch.setattr(hardware, "_why_not_opened", self.why_not_opened)

    def why_not_opened(self, name: str, trial: Trial) -> str | None:
        self.opened.append(name)
        # Its own options are given along.
        assert trial.options["cq"] == "18"
        most, formats = {
            "h264_nvenc": (4096, {"yuv420p", "yuv444p"}),
            "hevc_nvenc": (8192, {"yuv420p", "yuv444p", "p010le"}),
            "av1_nvenc": (8192, {"yuv420p", "p010le"}),
        }[name]
        if trial.width > most or trial.pix_fmt not in formats:
            return f"not implemented at {trial.width} x {trial.height} {trial.pix_fmt}"
        return None


@pytest.mark.parametrize(
    ("clip", "encoder", "opened"),
    [
        (Clip(), "h264_nvenc", 1),
        (Clip(pix_fmt="yuv420p10le"), "hevc_nvenc", 2),
        (Clip(width=4100, height=48, pts=(0, 512)), "hevc_nvenc", 2),
        (Clip(pix_fmt="yuv422p"), None, 3),
        (Clip(pix_fmt="yuv422p10le"), None, 3),
    ],
)
def test_the_first_that_opens_for_the_planned_pictures_is_taken(
    clip: Clip, encoder: str | None, opened: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu = Ada(monkeypatch)
    with VideoReader(make(tmp_path / "a.mkv", clip)) as reader:
        found, reason = nvenc_for(tmp_path / "o.mp4", reader.info, EncodeOptions())
    assert found == encoder
    assert gpu.opened == ["h264_nvenc", "hevc_nvenc", "av1_nvenc"][:opened]
    assert bool(reason) is (opened > 1)


def test_why_each_encoder_does_not_open_is_said_and_the_same_only_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    container = container_for(Path("o.mp4"))
    monkeypatch.setattr(hardware, "_why_not_opened", lambda *_: "out of sessions")
    assert working_nvenc(container) == (None, "out of sessions")
    monkeypatch.setattr(hardware, "_why_not_opened", lambda name, _: f"no {name[:4]}")
    reason = "h264_nvenc: no h264, hevc_nvenc: no hevc, av1_nvenc: no av1_"
    assert working_nvenc(container) == (None, reason)


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let NVENC for H.264, and only that, be tried, and fail to open with an error."""

    class Refusing:
        def open(self) -> None:
            raise error

    monkeypatch.setattr(av.CodecContext, "create", lambda *_: Refusing())
    monkeypatch.setattr(hardware, "NVENC_ENCODERS", ("h264_nvenc",))


def test_a_missing_library_of_the_encoder_is_not_the_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refuse(monkeypatch, av.PermissionError(1, "Operation not permitted"))
    monkeypatch.setattr(hardware, "loads", lambda name: name in ("libcuda.so.1", "nvcuda.dll"))
    encoder, reason = working_nvenc(container_for(Path("o.mp4")))
    assert encoder is None
    assert "encode" in reason.partition(" cannot be loaded")[0].lower()
    assert "NVIDIA_DRIVER_CAPABILITIES" in reason


def test_the_pictures_that_an_encoder_refuses_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """FFmpeg's own reason is that an external library failed, or just "not implemented"."""

    refuse(monkeypatch, av.ExternalError(1, "Generic error in an external library"))
    monkeypatch.setattr(hardware, "loads", lambda _: True)
    found = working_nvenc(
        container_for(Path("o.mp4")), lambda _: Trial(3840, 2160, "p010le", {"cq": "18"})
    )
    assert found == (None, "3840 x 2160 p010le: Generic error in an external library")


@without_gpu
def test_what_ffmpeg_itself_says_of_an_encoder_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It returns no more than that the operation is not permitted."""
    monkeypatch.setattr(hardware, "loads", lambda _: True)
    monkeypatch.setattr(hardware, "NVENC_ENCODERS", ("h264_nvenc",))
    before = av.logging.get_level()
    _, reason = working_nvenc(container_for(Path("o.mp4")))
    assert "Cannot load" in reason or "not available" in reason
    assert "not permitted" not in reason
    assert av.logging.get_level() == before


def test_the_encoder_is_chosen_for_the_height_that_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ada(monkeypatch)
    path = make(tmp_path / "a.mkv", Clip(width=4100, height=48, pts=(0, 512)))
    with VideoReader(path) as reader:
        for height, encoder in ((48, "hevc_nvenc"), (32, "h264_nvenc")):
            encoding = EncodeOptions(height=height)
            assert nvenc_for(tmp_path / "o.mp4", reader.info, encoding)[0] == encoder
