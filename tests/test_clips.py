from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from tests import clips


def test_astronaut_is_read_back_in_the_same_colors(astronaut_file: Path, astronaut):
    assert np.array_equal(cv2.imread(str(astronaut_file)), astronaut)
    # The flag and the orange suit: more red than blue says that the order is BGR.
    assert astronaut[..., 2].mean() > astronaut[..., 0].mean()


def test_clip_has_the_frames_size_and_color_tags_asked_for(tmp_path: Path):
    path = tmp_path / "clip.mp4"
    clips.write_clip(path, clips.Clip(width=480, height=270, fps=25, seconds=0.4))
    with av.open(path) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (480, 270)
        assert stream.average_rate == 25
        frames = list(container.decode(stream))
    assert len(frames) == 10
    assert {ColorRange(frame.color_range) for frame in frames} == {ColorRange.MPEG}
    assert {Colorspace(frame.colorspace) for frame in frames} == {Colorspace.ITU709}


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs CPU affinity")
def test_clip_is_the_same_on_one_cpu(tmp_path: Path):
    short = clips.Clip(width=480, height=270, seconds=0.2)
    clips.write_clip(tmp_path / "all.mp4", short)
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        clips.write_clip(tmp_path / "one.mp4", short)
    finally:
        os.sched_setaffinity(0, allowed)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "all.mp4").read_bytes()


def test_clip_shows_the_photo_and_the_camera_moves_steadily(group_clip: Path, group):
    with av.open(group_clip) as container:
        frames = [
            frame.to_ndarray(format="bgr24").astype(int) for frame in container.decode(video=0)
        ]
    whole = cv2.resize(group[:720], (960, 540), interpolation=cv2.INTER_AREA)
    assert np.abs(frames[0] - whole).mean() < 4.0
    steps = [np.abs(after - before).mean() for before, after in pairwise(frames)]
    assert np.abs(frames[-1] - frames[0]).mean() > 2.0 * max(steps)


def test_clip_sounds_as_long_as_it_lasts(group_clip: Path):
    with av.open(group_clip) as container:
        sound = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)[0]
    assert abs(len(sound) / clips.SAMPLE_RATE - 1.0) < 0.05
    loudest = np.abs(np.fft.rfft(sound)).argmax() * clips.SAMPLE_RATE / len(sound)
    assert abs(loudest - clips.TONE_HERTZ) < 2.0
