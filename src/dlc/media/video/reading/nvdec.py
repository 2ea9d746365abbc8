"""Pictures out of NVIDIA's video decoder, NVDEC, in the formats in which software decodes."""

from __future__ import annotations

from types import MappingProxyType

import av
from av.codec.hwaccel import HWAccel
from av.video.reformatter import VideoReformatter

# NVDEC interleaves chroma, and puts the bits of more than eight into the upper ones of 16 (FFmpeg,
# libavcodec/nvdec.c). The planar formats hold the same samples.
_PLANAR = MappingProxyType({"nv12": "yuv420p", "p010le": "yuv420p10le"})


def nvdec() -> HWAccel:
    """Return what `av.open` decodes on the first NVIDIA GPU by; what that does not take fails."""
    return HWAccel("cuda", allow_software_fallback=False)


def planar(frame: av.VideoFrame) -> av.VideoFrame:
    """Return a picture with its samples in planes of their own, the same to the bit.

    Args:
        frame: from NVDEC, in the computer's memory; one of another layout comes back as it is.
    """
    pix_fmt = _PLANAR.get(frame.format.name)
    if pix_fmt is None:
        return frame
    return VideoReformatter().reformat(frame, format=pix_fmt)
