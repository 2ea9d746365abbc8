"""Test and demo inputs made from pictures that other packages ship; nothing is downloaded.

`python -m tests.clips FOLDER` writes the two inputs of `make demo`: `astronaut.png`, scikit-image's
portrait, and `group.mp4`, a camera move over insightface's group photo with a tone as its sound.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import skimage.data
from av.audio.stream import AudioStream
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
TONE_HERTZ = 440.0
TONE_AMPLITUDE = 0.1


@dataclass(frozen=True, slots=True)
class View:
    """What the camera sees of a photo: a rectangle around a point, in the photo's pixels."""

    center_x: float
    center_y: float
    width: float


@dataclass(frozen=True, slots=True)
class Clip:
    """A camera move over a photo; over the group photo the default goes from six faces to two."""

    width: int = 960
    height: int = 540
    fps: int = 30
    seconds: float = 4.0
    first: View = View(640.0, 360.0, 1280.0)
    last: View = View(650.0, 370.0, 640.0)

    @property
    def frame_count(self) -> int:
        """How many frames the clip has."""
        return round(self.seconds * self.fps)


def astronaut() -> NDArray[np.uint8]:
    """Return uint8 (512, 512, 3) BGR: scikit-image's portrait of Eileen Collins, one face."""
    return np.ascontiguousarray(skimage.data.astronaut()[..., ::-1])


def write_astronaut(path: Path) -> None:
    """Write the astronaut as an image file of the kind the suffix names."""
    if not cv2.imwrite(str(path), astronaut()):
        raise OSError(f"cannot write {path}")


def group_photo() -> Path:
    """Return the path of insightface's group photo, without importing insightface."""
    spec = importlib.util.find_spec("insightface")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("insightface is not installed: pip install insightface")
    return Path(spec.submodule_search_locations[0], "data", "images", "t1.jpg")


def camera_frames(photo: NDArray[np.uint8], clip: Clip) -> Iterator[NDArray[np.uint8]]:
    """Yield uint8 (clip.height, clip.width, 3) BGR frames of the camera's move over `photo`."""
    for moment in np.linspace(0.0, 1.0, clip.frame_count):
        eased = moment * moment * (3.0 - 2.0 * moment)
        x, y, width = (
            before + eased * (after - before)
            for before, after in (
                (clip.first.center_x, clip.last.center_x),
                (clip.first.center_y, clip.last.center_y),
                (clip.first.width, clip.last.width),
            )
        )
        scale = clip.width / width
        to_frame = np.array(
            [[scale, 0.0, clip.width / 2 - scale * x], [0.0, scale, clip.height / 2 - scale * y]]
        )
        frame = cv2.warpAffine(
            photo,
            to_frame,
            (clip.width, clip.height),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        yield np.asarray(frame, dtype=np.uint8)


def group() -> NDArray[np.uint8]:
    """Return uint8 (886, 1280, 3) BGR: insightface's group photo, six faces."""
    photo = cv2.imread(str(group_photo()))
    if photo is None:
        raise OSError(f"cannot read {group_photo()}")
    return np.asarray(photo, dtype=np.uint8)


def write_clip(
    path: Path, clip: Clip | None = None, photo: NDArray[np.uint8] | None = None
) -> None:
    """Write a camera move as H.264 (BT.709, limited range) with a sine tone as AAC.

    Args:
        path: the file to write.
        clip: size, length and camera of the clip; the demo's by default.
        photo: uint8 (h, w, 3) BGR, what the camera sees; the group photo by default.
    """
    clip = clip or Clip()
    photo = group() if photo is None else photo
    with av.open(path, "w") as container:
        video = container.add_stream("libx264", rate=clip.fps, options={"crf": "16"})
        video.width, video.height, video.pix_fmt = clip.width, clip.height, "yuv420p"
        # x264 cuts pictures into as many slices as there are CPUs, and then it is another clip.
        video.codec_context.thread_count = 1
        video.codec_context.color_primaries = ColorPrimaries.BT709
        video.codec_context.color_trc = ColorTrc.BT709
        video.codec_context.colorspace = Colorspace.ITU709
        video.codec_context.color_range = ColorRange.MPEG
        audio = container.add_stream("aac", rate=SAMPLE_RATE)
        for index, bgr in enumerate(camera_frames(photo, clip)):
            container.mux(video.encode(_video_frame(bgr, index, video)))
        container.mux(video.encode(None))
        _mux_tone(container, audio, clip.frame_count / clip.fps)


def _video_frame(bgr: NDArray[np.uint8], index: int, stream: VideoStream) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(bgr, format="bgr24").reformat(
        format=stream.pix_fmt,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )
    frame.pts = index
    frame.time_base = Fraction(1) / Fraction(stream.codec_context.framerate)
    return frame


def _mux_tone(container: av.container.OutputContainer, stream: AudioStream, seconds: float) -> None:
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tone = TONE_AMPLITUDE * np.sin(2.0 * np.pi * TONE_HERTZ * times)
    frame = av.AudioFrame.from_ndarray(
        tone.astype(np.float32)[np.newaxis], format="fltp", layout="mono"
    )
    frame.sample_rate, frame.pts = SAMPLE_RATE, 0
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def main() -> None:
    """Write the inputs of `make demo` into the folder named on the command line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    write_astronaut(folder / "astronaut.png")
    write_clip(folder / "group.mp4")


if __name__ == "__main__":
    main()
