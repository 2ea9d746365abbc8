"""A network camera on this machine: MJPEG over HTTP, as badly as a test asks."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from tests.local_server import LocalServer


@dataclass
class MjpegServer:
    """Sends numbered pictures; every pixel of number n has the value 2 n, up to 250, and again.

    Attributes:
        fps: pictures a second.
        pictures: how many each connection gets.
        hangs: whether it stays silent afterwards instead of closing the connection.
        content: served in place of the pictures, as one file.
        connections: how many came.
    """

    fps: float = 100.0
    pictures: int = 1000
    hangs: bool = False
    content: bytes | None = None
    size: tuple[int, int] = (64, 48)
    connections: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._http = LocalServer(_Handler, self)
        self._http.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._http.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/video"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        mjpeg: MjpegServer = self.server.owner  # type: ignore[attr-defined]
        mjpeg.connections += 1
        self.send_response(200)
        if mjpeg.content is not None:
            self.send_header("Content-Length", str(len(mjpeg.content)))
            self.end_headers()
            self.wfile.write(mjpeg.content)
            return
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        for number in range(mjpeg.pictures):
            self._send(number, mjpeg.size)
            if mjpeg.closing.wait(1 / mjpeg.fps):
                return
        if mjpeg.hangs:
            mjpeg.closing.wait()

    def _send(self, number: int, size: tuple[int, int]) -> None:
        picture = np.full((size[1], size[0], 3), 2 * (number % 126), np.uint8)
        jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
        head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        self.wfile.write(head.encode() + jpeg + b"\r\n")

    def log_message(self, *_: object) -> None:
        pass
