"""Downloads files, which get their names only once every byte is right."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from dlc.errors import MissingLibraryError, ModelError
from dlc.model_store.digest import sha256_of
from dlc.model_store.part_file import PartFile, TooLongError
from dlc.model_store.responses import Interruption, SourceFailure, first_byte, require_secure
from dlc.model_store.spec import RemoteFile

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """Progress of a download: `received` of `total` bytes of the file `file`."""

    file: str
    received: int
    total: int


@dataclass(frozen=True, slots=True)
class DownloadPolicy:
    """How patient a download is; times in seconds, sizes in bytes.

    Attributes:
        connect_timeout: how long to wait for a connection.
        read_timeout: how long a connection may deliver nothing.
        attempts: how often in a row one address may fail; an attempt that brought at least
            `worthwhile` new bytes starts a new row.
        connect_attempts: the same, if no connection was made at all.
        first_delay: the pause after the first failure; it doubles with every further one.
        longest_delay: upper limit of the pause.
        worthwhile: how many new bytes show that trying again makes sense.
    """

    connect_timeout: float = 15.0
    read_timeout: float = 30.0
    attempts: int = 5
    connect_attempts: int = 2
    first_delay: float = 1.0
    longest_delay: float = 30.0
    worthwhile: int = 1 << 20


class SourcesExhausted(Exception):  # noqa: N818 - says which state the download is in
    """A file is available from none of its addresses; `reasons` has one line for each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class Downloader:
    """Fetches files over HTTPS.

    Args:
        policy: how patient to be.
        on_progress: called after every chunk that arrives.
    """

    def __init__(
        self,
        policy: DownloadPolicy | None = None,
        on_progress: Callable[[DownloadProgress], None] | None = None,
    ) -> None:
        self._policy = policy or DownloadPolicy()
        self._on_progress = on_progress

    def fetch(self, remote: RemoteFile, destination: Path) -> None:
        """Download a file to `destination`, from the first of its addresses that has it.

        Received bytes are kept in a file next to it with ".part" appended to its name, and a later
        call continues where an earlier one stopped. Size and digest are checked before renaming.

        Raises:
            SourcesExhausted: no address has the right file.
            WriteError: the file cannot be written, for example because the disk is full, or another
                process is downloading it.
            ModelError: the TLS certificates of this machine cannot be loaded.
            MissingLibraryError: the environment asks for a SOCKS proxy, which needs a library.
        """
        reasons = []
        with PartFile(destination, remote.size) as part, _client(self._policy) as client:
            part.prepare()
            for url in remote.urls:
                try:
                    self._fetch_from(client, url, remote, part)
                except SourceFailure as failure:
                    reasons.append(f"{httpx.URL(url).host}: {failure}")
                    _LOG.debug("%s cannot be had from %s: %s", remote.file, url, failure)
                else:
                    part.commit()
                    return
        raise SourcesExhausted(reasons)

    def _fetch_from(
        self, client: httpx.Client, url: str, remote: RemoteFile, part: PartFile
    ) -> None:
        """Fill `part` with the right bytes, or raise SourceFailure."""
        resumed = part.size > 0
        self._receive_all(client, url, remote, part)
        if _is_right(part, remote):
            return
        if resumed:
            # The first bytes came from another run or address, which may be at fault.
            _LOG.warning("%s was resumed and came out wrong; it is fetched anew", remote.file)
            self._receive_all(client, url, remote, part)
            if _is_right(part, remote):
                return
        raise SourceFailure("its bytes are not those of the model (their SHA-256 differs)")

    def _receive_all(
        self, client: httpx.Client, url: str, remote: RemoteFile, part: PartFile
    ) -> None:
        """Receive until `part` has its full size, retrying after interruptions."""
        failures, most = 0, part.size
        while part.size < remote.size:
            try:
                self._receive(client, url, remote, part)
            except Interruption as interruption:
                gained = part.size - most
                most = max(most, part.size)
                failures = 1 if gained >= self._policy.worthwhile else failures + 1
                self._pause(interruption, failures)

    def _pause(self, interruption: Interruption, failures: int) -> None:
        """Wait before the next attempt, or raise SourceFailure if there is none."""
        policy = self._policy
        if failures >= (policy.attempts if interruption.connected else policy.connect_attempts):
            raise SourceFailure(f"{interruption} (tried {failures} times)") from interruption
        delay = max(policy.first_delay * 2.0 ** (failures - 1), interruption.retry_after)
        delay = min(delay, policy.longest_delay)
        _LOG.warning("the download was interrupted (%s); next try in %.0f s", interruption, delay)
        time.sleep(delay)

    def _receive(self, client: httpx.Client, url: str, remote: RemoteFile, part: PartFile) -> None:
        """Make one request and append its body."""
        offset = part.size
        # With compression in transit, a range would not count the file's own bytes.
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        with _interruptions(), client.stream("GET", url, headers=headers) as response:
            start = first_byte(response, offset, remote.size)
            if start is None:
                part.discard()
                raise Interruption("the server cannot continue a download")
            self._report(remote, start)
            try:
                part.write(response.iter_raw(), start, partial(self._report, remote))
            except TooLongError as error:
                message = f"it sends more than the {remote.size:,} bytes of the model"
                raise SourceFailure(message) from error
        if part.size < remote.size:
            raise Interruption(f"the connection ended after {part.size:,} bytes")

    def _report(self, remote: RemoteFile, received: int) -> None:
        if self._on_progress is not None:
            self._on_progress(DownloadProgress(remote.file, received, remote.size))


def _is_right(part: PartFile, remote: RemoteFile) -> bool:
    """Return whether the digest is right; if not, remove the received bytes."""
    right = sha256_of(part.path) == remote.sha256
    if not right:
        part.discard()
    return right


def _client(policy: DownloadPolicy) -> httpx.Client:
    """Return a client that verifies certificates and never leaves HTTPS."""
    try:
        return httpx.Client(
            timeout=httpx.Timeout(policy.read_timeout, connect=policy.connect_timeout),
            follow_redirects=True,
            event_hooks={"request": [lambda request: require_secure(request.url)]},
        )
    except ImportError as error:
        message = 'a SOCKS proxy is set in the environment: pip install "httpx[socks]"'
        raise MissingLibraryError(message) from error
    except (OSError, ValueError) as error:
        message = (
            f"a secure connection cannot be prepared ({error}): "
            "check SSL_CERT_FILE, SSL_CERT_DIR and the proxy variables"
        )
        raise ModelError(message) from error


@contextmanager
def _interruptions() -> Iterator[None]:
    """Convert httpx's exceptions to interruptions and failures."""
    try:
        yield
    except (httpx.TooManyRedirects, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise SourceFailure(str(error)) from error
    except httpx.RequestError as error:
        if _certificate_refused(error):
            raise SourceFailure(
                f"its certificate cannot be verified ({error}); behind a proxy with a certificate "
                "of its own, SSL_CERT_FILE names the file that holds it"
            ) from error
        connected = not isinstance(
            error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError
        )
        reason = str(error) or type(error).__name__
        raise Interruption(reason, connected=connected) from error


def _certificate_refused(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
