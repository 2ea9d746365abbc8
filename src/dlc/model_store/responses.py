"""Interprets a web server's responses for a download."""

from __future__ import annotations

import ipaddress
import re

import httpx

_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
# Worth a retry: the request timed out, there were too many, or the server has trouble.
_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}


class SourceFailure(Exception):  # noqa: N818 - an outcome that the next address may change
    """An address does not have the file; a retry would not help."""


class Interruption(Exception):  # noqa: N818 - an outcome that the next attempt may change
    """An attempt ended early; another may bring the rest.

    Attributes:
        connected: whether there was a connection at all.
        retry_after: minimum seconds to wait, as requested by the server.
    """

    def __init__(self, reason: str, *, connected: bool = True, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.connected = connected
        self.retry_after = retry_after


def require_secure(url: httpx.URL) -> None:
    """Raise unless `url` is HTTPS, or goes to this machine.

    Raises:
        SourceFailure: anybody on the way could read or change the traffic.
    """
    if url.scheme != "https" and not _is_loopback(url.host):
        raise SourceFailure(f"{url.scheme}://{url.host} is not secure: only HTTPS is used")


def first_byte(response: httpx.Response, offset: int, size: int) -> int | None:
    """Return which byte of the file a response's body starts with.

    Args:
        response: the response to a request for the bytes from `offset` on.
        offset: number of bytes already received.
        size: expected size of the file in bytes.

    Returns:
        `offset` if the download continues, 0 if the server sends the whole file, None if it cannot
        continue and must start over.

    Raises:
        Interruption: the server has temporary trouble.
        SourceFailure: the server does not have the file, or has one of another size.
    """
    status = response.status_code
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and offset:
        return None
    if status in _TEMPORARY:
        raise Interruption(_describe(response), retry_after=_retry_after(response))
    if status not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
        raise SourceFailure(_describe(response))
    if status == httpx.codes.OK:
        _require_size(response.headers.get("Content-Length"), size)
        return 0
    match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if match is None or int(match[1]) != offset:
        return None
    _require_size(match[2], size)
    return offset


def _require_size(stated: str | None, size: int) -> None:
    if stated is not None and stated.isdecimal() and int(stated) != size:
        raise SourceFailure(f"the file there has {int(stated):,} bytes instead of {size:,}")


def _describe(response: httpx.Response) -> str:
    return f"the server answers {response.status_code} {response.reason_phrase}".rstrip()


def _retry_after(response: httpx.Response) -> float:
    seconds = response.headers.get("Retry-After", "")
    return float(seconds) if seconds.isdecimal() else 0.0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
