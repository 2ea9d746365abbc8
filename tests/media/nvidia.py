"""Stand-ins for a GPU: software that gives pictures and takes encoders as NVIDIA's parts do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from av.video.reformatter import VideoReformatter

from dlc.media.video import hardware
from dlc.media.video.reading import decoding
from dlc.media.video.writing.containers import container_for

_INTERLEAVED = {"yuv420p": "nv12", "yuv420p10le": "p010le"}


_NO_NVDEC = hardware.why_no_nvdec()
_NVENC, _NO_NVENC = hardware.working_nvenc(container_for(Path("o.mp4")))
# A GPU may have one of the two and not the other: an H100 encodes nothing.
with_nvdec = pytest.mark.skipif(_NO_NVDEC is not None, reason=f"no NVDEC here: {_NO_NVDEC}")
with_nvenc = pytest.mark.skipif(_NVENC is None, reason=f"no NVENC here: {_NO_NVENC}")
without_gpu = pytest.mark.skipif(
    hardware._why_no_device("h264") is None,  # noqa: SLF001 - a GPU without either part is one
    reason="there is an NVIDIA GPU",
)


class Gpu:
    """A GPU whose decoder is FFmpeg's own, apart from the formats of its pictures."""

    def create(self, codec: av.Codec) -> None:
        """Be there."""


class _Context:
    """A decoder whose pictures are changed when they come out."""

    def __init__(
        self, context: Any, made: Callable[[av.VideoFrame], av.VideoFrame], formats: list[str]
    ) -> None:
        self._context, self._made, self._formats = context, made, formats

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def decode(self, packet: Any) -> list[av.VideoFrame]:
        frames = [self._made(frame) for frame in self._context.decode(packet)]
        self._formats.extend(frame.format.name for frame in frames)
        return frames


def interleaved(frame: av.VideoFrame) -> av.VideoFrame:
    """Return a picture as NVDEC lays it out in memory."""
    pix_fmt = _INTERLEAVED.get(frame.format.name)
    return frame if pix_fmt is None else VideoReformatter().reformat(frame, format=pix_fmt)


def install_gpu(
    monkeypatch: pytest.MonkeyPatch,
    made: Callable[[av.VideoFrame], av.VideoFrame] = interleaved,
) -> list[str]:
    """Let decoders that are to use the GPU use a stand-in.

    Args:
        monkeypatch: of the test.
        made: what the GPU gives in place of a picture decoded in software.

    Returns:
        The formats of its pictures, one entry each, filled as they are decoded.
    """
    formats: list[str] = []
    prepare = decoding.Decoder._prepared_context  # noqa: SLF001 - where FFmpeg's decoder comes in

    def prepare_on_gpu(self: Any) -> Any:
        context = prepare(self)
        return _Context(context, made, formats) if self._on_gpu else context

    monkeypatch.setattr(decoding.Decoder, "_prepared_context", prepare_on_gpu)
    monkeypatch.setattr(decoding, "nvdec", lambda: None)
    monkeypatch.setattr(hardware, "nvdec", Gpu)
    monkeypatch.setattr(hardware, "loads", lambda _: True)
    return formats
