"""A source in a mirror: left and right change places, and nothing else does."""

from __future__ import annotations

import numpy as np

from dlc.media.closing import Closing
from dlc.media.live.frame import LiveFrame
from dlc.media.live.mirrored import MirroredSource
from dlc.media.live.opening import open_live_source
from dlc.media.live.source import LiveReport
from dlc.options import CaptureOptions


class Recording(Closing):
    """Three frames of noise, of which one was dropped."""

    report = LiveReport("noise", 7, 5, 25.0, ("it is noise",))
    frames_dropped = 1

    def __init__(self) -> None:
        noise = np.random.default_rng(0).integers(0, 256, (3, 5, 7, 3), np.uint8)
        self.frames = [LiveFrame(bgr, captured_at=n / 7) for n, bgr in enumerate(noise)]
        self.closed = 0

    def read(self) -> LiveFrame | None:
        return self.frames.pop(0) if self.frames else None

    def close(self) -> None:
        self.closed += 1


def test_left_and_right_are_exchanged_and_all_else_stays() -> None:
    plain, recording = Recording(), Recording()
    with MirroredSource(recording) as source:
        assert source.report is recording.report
        assert source.frames_dropped == 1
        for expected in plain.frames:
            frame = source.read()
            assert frame is not None
            np.testing.assert_array_equal(frame.bgr, expected.bgr[:, ::-1])
            assert frame.bgr.flags.c_contiguous
            assert frame.captured_at == expected.captured_at
        assert source.read() is None
    assert recording.closed == 1


def test_only_who_asks_for_it_gets_it() -> None:
    graph = "lavfi:testsrc=size=64x48:rate=30"
    pictures = []
    for mirror in (False, True):
        with open_live_source(graph, CaptureOptions(mirror=mirror)) as source:
            frame = source.read()
            assert frame is not None
            pictures.append(frame.bgr)
    plain, mirrored = pictures
    np.testing.assert_array_equal(mirrored, plain[:, ::-1])
    assert np.abs(mirrored.astype(int) - plain).mean() > 10
