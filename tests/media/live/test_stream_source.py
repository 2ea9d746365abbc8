from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlc.errors import CameraError
from dlc.media.live.clip import ContainerSpec
from dlc.media.live.clock import LiveClock
from dlc.media.live.opening import open_live_source
from dlc.media.live.source import LiveSource
from dlc.media.live.stream_source import StreamSource, stream_spec
from tests.media.mjpeg_server import MjpegServer


def read_on(source: LiveSource) -> None:
    while source.read():
        pass


def test_a_network_camera_delivers_its_pictures_in_order_at_the_rate_it_has() -> None:
    with MjpegServer(fps=100) as server, open_live_source(server.url) as source:
        frames = [frame for _ in range(20) if (frame := source.read())]
        assert (source.report.width, source.report.height) == (64, 48)
        # FFmpeg takes every such stream for one of 25 fps, or knows no rate.
        assert 40 < source.report.fps < 110
        assert f"measured {source.report.fps:.1f} fps" in source.report.description
    assert len(frames) == 20
    times = [frame.captured_at for frame in frames]
    assert times == sorted(set(times))
    shades = [int(frame.bgr[10, 10, 0]) for frame in frames]
    # One to see the size, ten to warm up and thirty that count come before the first one read.
    assert shades[0] >= 2 * 41
    assert np.diff(shades) == pytest.approx([2] * 19, abs=1)


def test_a_stream_whose_pixels_are_not_square_is_stretched() -> None:
    # As SD broadcasts and HDV cameras send; FFmpeg's own source stands in for them.
    spec = ContainerSpec("testsrc=size=72x48:rate=30,setsar=64/45", "a camera", format="lavfi")
    with StreamSource(spec.open(), spec) as source:
        frame = source.read()
        assert frame is not None
        assert (source.report.width, source.report.height) == (102, 48)
        assert (frame.width, frame.height) == (102, 48)


def test_a_stream_that_its_sender_ends_is_an_error() -> None:
    with (
        MjpegServer(pictures=45) as server,
        open_live_source(server.url) as source,
        pytest.raises(CameraError, match=f"{server.url}.*reconnect=True"),
    ):
        read_on(source)


def test_a_stream_that_falls_silent_is_an_error() -> None:
    with MjpegServer(pictures=45, hangs=True) as server:
        spec = replace(stream_spec(server.url), timeout=(5.0, 0.3))
        source = StreamSource(spec.open(), spec)
        with source, pytest.raises(CameraError, match=r"nothing for 0.3 seconds"):
            read_on(source)


def test_a_stream_that_ends_before_it_is_known_is_an_error() -> None:
    with MjpegServer(pictures=8) as server, pytest.raises(CameraError):
        open_live_source(server.url)


@pytest.mark.parametrize("scheme", ["http", "rtsp", "tcp"])
def test_an_address_where_nobody_is_is_an_error(scheme: str) -> None:
    with MjpegServer() as server:
        url = server.url.replace("http", scheme)
    with pytest.raises(CameraError, match="check the address"):
        open_live_source(url)


def test_a_stopped_run_reads_no_more() -> None:
    stopped: list[bool] = []
    clock = LiveClock(is_stopped=lambda: bool(stopped))
    with MjpegServer() as server, open_live_source(server.url, clock=clock) as source:
        assert source.read() is not None
        stopped.append(True)
        assert source.read() is None
