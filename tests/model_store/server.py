"""A web server on this machine that serves one file as badly as a test asks."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self

from tests.local_server import LocalServer

Answer = Callable[["Handler"], None]


@dataclass
class Asked:
    """A request that arrived: its path and the range it asked for."""

    path: str
    range: str | None


@dataclass
class FileServer:
    """Serves `content` under any path; answers follow `script`, the last of them for ever."""

    content: bytes
    script: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    tls: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        self.closing = threading.Event()
        self._http = LocalServer(Handler, self)
        if self.tls is not None:
            # The handshake is left to the thread of the request, which may fail alone.
            self._http.socket = self.tls.wrap_socket(
                self._http.socket, server_side=True, do_handshake_on_connect=False
            )
        self._http.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._http.stop()

    def url(self, path: str = "model.onnx") -> str:
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self._http.server_address[1]}/{path}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    @property
    def files(self) -> FileServer:
        return self.server.owner  # type: ignore[attr-defined, no-any-return]

    @property
    def start(self) -> int:
        """The first byte that the request asks for."""
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(match[1]) if match else 0

    def do_GET(self) -> None:
        self.close_connection = True
        self.files.asked.append(Asked(self.path, self.headers.get("Range")))
        script = self.files.script
        answer = script.pop(0) if len(script) > 1 else script[0] if script else whole
        answer(self)

    def head(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.send_header("Connection", "close")
        self.end_headers()

    def head_of_range(self, content: bytes, start: int) -> None:
        if start:
            range_ = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.head(206, Content_Length=len(content) - start, Content_Range=range_)
        else:
            self.head(200, Content_Length=len(content))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def whole(handler: Handler) -> None:
    """Answer as a good server does, ranges too."""
    handler.head_of_range(handler.files.content, handler.start)
    handler.wfile.write(handler.files.content[handler.start :])


def cut(size: int) -> Answer:
    """Promise everything and close the connection after `size` bytes."""

    def answer(handler: Handler) -> None:
        content = handler.files.content
        handler.head_of_range(content, handler.start)
        handler.wfile.write(content[handler.start : handler.start + size])

    return answer


def stall(size: int) -> Answer:
    """Promise everything and send nothing more after `size` bytes, until the server closes."""

    def answer(handler: Handler) -> None:
        cut(size)(handler)
        handler.wfile.flush()
        handler.files.closing.wait(30)

    return answer


def silent(handler: Handler) -> None:
    """Take the request and never answer."""
    handler.files.closing.wait(30)


def without_ranges(handler: Handler) -> None:
    """Send the whole file whatever was asked for."""
    handler.head_of_range(handler.files.content, 0)
    handler.wfile.write(handler.files.content)


def cut_without_ranges(size: int) -> Answer:
    """Begin at the beginning every time, and never get further than `size` bytes."""

    def answer(handler: Handler) -> None:
        handler.head_of_range(handler.files.content, 0)
        handler.wfile.write(handler.files.content[:size])

    return answer


def serving(content: bytes, *, ranges: bool = True) -> Answer:
    """Send something else than the file."""

    def answer(handler: Handler) -> None:
        start = handler.start if ranges else 0
        handler.head_of_range(content, start)
        handler.wfile.write(content[start:])

    return answer


def chunked(content: bytes) -> Answer:
    """Send something without saying how long it is."""

    def answer(handler: Handler) -> None:
        handler.head(200, Transfer_Encoding="chunked")
        for at in range(0, len(content), 10_000):
            piece = content[at : at + 10_000]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    return answer


def ranged(first: int, total: object = None) -> Answer:
    """Answer 206 with another range, or another size of the file, than the right one."""

    def answer(handler: Handler) -> None:
        content = handler.files.content
        stated = len(content) if total is None else total
        range_ = f"bytes {first}-{len(content) - 1}/{stated}"
        handler.head(206, Content_Length=len(content) - first, Content_Range=range_)
        handler.wfile.write(content[first:])

    return answer


def status(code: int, **headers: object) -> Answer:
    """Answer with nothing but a status."""

    def answer(handler: Handler) -> None:
        handler.head(code, Content_Length=0, **headers)

    return answer


def redirect(url: str) -> Answer:
    """Send the client elsewhere."""
    return status(302, Location=url)
