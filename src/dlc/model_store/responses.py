"""What the answers of a web server mean for a download."""

from __future__ import annotations

import ipaddress
import re

import httpx

_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
# Worth another try: the request took too long, there were too many, or the server has trouble.
_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}


class SourceFailure(Exception):  # noqa: N818 - an outcome that the next address may change
    """An address does not have the file; trying it again would change nothing."""


class Interruption(Exception):  # noqa: N818 - an outcome that the next attempt may change
    """An attempt ended early; another one may bring the rest.

    Attributes:
        connected: whether there was a connection at all.
        retry_after: the least seconds to wait, as the server asked.
    """

    def __init__(self, reason: str, *, connected: bool = True, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.connected = connected
        self.retry_after = retry_after


def require_secure(url: httpx.URL) -> None:
    """Raise unless `url` is HTTPS, or goes to this very machine.

    Raises:
        SourceFailure: anybody on the way could read or change what is sent.
    """
    if url.scheme != "https" and not _is_loopback(url.host):
        raise SourceFailure(f"{url.scheme}://{url.host} is not secure: only HTTPS is used")


def first_byte(response: httpx.Response, offset: int, size: int) -> int | None:
    """Return which byte of the file the body of a response begins with.

    Args:
        response: the answer to a request for the bytes from `offset` on.
        offset: how many bytes there are already.
        size: how many bytes the file must have.

    Returns:
        `offset` where the download goes on, 0 where the server sends the whole file, None where it
        cannot go on and must begin anew.

    Raises:
        Interruption: the server has trouble that may pass.
        SourceFailure: it does not have the file, or one of another size.
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
