"""Downloads from servers that cut, stall, lie, and have something else than was asked for."""

from __future__ import annotations

import hashlib
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from dlc.errors import MissingLibraryError, ModelError, WriteError
from dlc.model_store.download import (
    Downloader,
    DownloadPolicy,
    DownloadProgress,
    SourcesExhausted,
)
from dlc.model_store.spec import RemoteFile
from tests.full_disk import largest_file
from tests.model_store import server as answers
from tests.model_store.policy import IMPATIENT
from tests.model_store.server import FileServer


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    return tmp_path / "models" / "model.onnx"


def part_of(destination: Path) -> Path:
    return destination.with_name("model.onnx.part")


def fetch(remote: RemoteFile, destination: Path, policy: DownloadPolicy = IMPATIENT) -> None:
    Downloader(policy).fetch(remote, destination)


def refusal(remote: RemoteFile, destination: Path, policy: DownloadPolicy = IMPATIENT) -> str:
    """Return why a download failed; nothing may have the file's name."""
    with pytest.raises(SourcesExhausted) as caught:
        fetch(remote, destination, policy)
    assert not destination.exists()
    return str(caught.value)


def test_a_file_arrives_whole(remote: RemoteFile, destination: Path, content: bytes) -> None:
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert [path.name for path in destination.parent.iterdir()] == ["model.onnx"]


def test_progress_grows_up_to_the_size(remote: RemoteFile, destination: Path) -> None:
    seen: list[DownloadProgress] = []
    Downloader(IMPATIENT, seen.append).fetch(remote, destination)
    received = [progress.received for progress in seen]
    assert received[0] == 0
    assert received == sorted(received)
    assert received[-1] == remote.size
    assert {(progress.file, progress.total) for progress in seen} == {("model.onnx", remote.size)}


def test_a_cut_connection_is_continued(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.cut(100_000), answers.cut(70_000), answers.whole]
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert [asked.range for asked in server.asked] == [None, "bytes=100000-", "bytes=170000-"]


def test_more_cuts_than_attempts_are_fine_while_bytes_arrive(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.cut(50_000)]
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert len(server.asked) == 6 > IMPATIENT.attempts


def test_a_server_that_brings_next_to_nothing_is_given_up(
    remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    server.script = [answers.cut(10)]
    assert "tried 3 times" in refusal(remote, destination)
    assert len(server.asked) == IMPATIENT.attempts
    assert part_of(destination).stat().st_size == 30


def test_a_stalled_connection_is_given_up_and_continued(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.stall(120_000), answers.whole]
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert server.asked[1].range == "bytes=120000-"


def test_a_server_that_never_answers_is_given_up(
    remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    server.script = [answers.silent]
    assert "timed out" in refusal(remote, destination).lower()
    assert len(server.asked) == IMPATIENT.attempts


def test_a_later_run_goes_on_where_one_stopped(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.cut(200_000), answers.status(500)]
    refusal(remote, destination)
    assert part_of(destination).read_bytes() == content[:200_000]

    server.script = [answers.whole]
    server.asked.clear()
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert [asked.range for asked in server.asked] == ["bytes=200000-"]


def test_what_was_received_whole_before_is_not_requested_again(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    destination.parent.mkdir()
    part_of(destination).write_bytes(content)
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert server.asked == []


@pytest.mark.parametrize("answer", [answers.without_ranges, answers.ranged(0), answers.ranged(77)])
def test_a_server_that_cannot_continue_is_asked_anew(
    answer: answers.Answer,
    remote: RemoteFile,
    destination: Path,
    content: bytes,
    server: FileServer,
) -> None:
    server.script = [answers.cut(150_000), answer, answers.whole]
    fetch(remote, destination)
    assert destination.read_bytes() == content


def test_a_server_without_ranges_that_always_cuts_is_given_up(
    remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    server.script = [answers.cut_without_ranges(200_000)]
    refusal(remote, destination)
    assert len(server.asked) <= IMPATIENT.attempts + 1


def test_a_refused_range_begins_anew(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.cut(150_000), answers.status(416), answers.whole]
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert [asked.range for asked in server.asked] == [None, "bytes=150000-", None]


def test_wrong_bytes_never_get_the_name(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.serving(content[:-1] + b"?")]
    assert "SHA-256 differs" in refusal(remote, destination)
    assert list(destination.parent.iterdir()) == []
    assert len(server.asked) == 1


def test_an_older_file_survives_a_failed_download(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    destination.parent.mkdir()
    destination.write_bytes(b"older")
    server.script = [answers.serving(bytes(len(content)))]
    with pytest.raises(SourcesExhausted):
        fetch(remote, destination)
    assert destination.read_bytes() == b"older"
    server.script = [answers.whole]
    fetch(remote, destination)
    assert destination.read_bytes() == content


def test_a_wrong_beginning_from_an_earlier_run_is_fetched_anew(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    destination.parent.mkdir()
    part_of(destination).write_bytes(bytes(1000))
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert [asked.range for asked in server.asked] == ["bytes=1000-", None]


def test_too_much_from_an_earlier_run_is_dropped(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    destination.parent.mkdir()
    part_of(destination).write_bytes(content + b"!")
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert [asked.range for asked in server.asked] == [None]


@pytest.mark.parametrize("size", [299_999, 300_001, 9])
def test_another_length_is_refused_before_it_is_read(
    size: int, remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    server.script = [answers.serving(bytes(size))]
    assert f"has {size:,} bytes instead of 300,000" in refusal(remote, destination)
    assert not part_of(destination).exists()
    assert len(server.asked) == 1


def test_another_length_stated_in_a_range_is_refused(
    remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    server.script = [answers.cut(100_000), answers.ranged(100_000, 400_000)]
    assert "has 400,000 bytes" in refusal(remote, destination)


def test_more_bytes_than_there_may_be_are_not_kept(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.chunked(content + bytes(50_000))]
    assert "sends more than the 300,000 bytes" in refusal(remote, destination)
    assert list(destination.parent.iterdir()) == []


def test_a_length_that_is_not_stated_is_no_matter(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.chunked(content)]
    fetch(remote, destination)
    assert destination.read_bytes() == content


def test_an_early_end_that_pretends_to_be_all_is_continued(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.chunked(content[:90_000]), answers.whole]
    fetch(remote, destination)
    assert destination.read_bytes() == content


@pytest.mark.parametrize("code", [401, 403, 404, 410, 204, 304])
def test_a_refusal_is_final(
    code: int, remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    server.script = [answers.status(code)]
    assert f"answers {code}" in refusal(remote, destination)
    assert len(server.asked) == 1


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_trouble_that_may_pass_is_waited_for(
    code: int, remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.status(code), answers.status(code, Retry_After="0"), answers.whole]
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert len(server.asked) == 3


def test_a_server_cannot_make_us_wait_for_ever(
    remote: RemoteFile, destination: Path, server: FileServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.script = [answers.status(503, Retry_After="86400"), answers.whole]
    with caplog.at_level(logging.WARNING, "dlc"):
        fetch(remote, destination)
    assert "next try in 0 s" in caplog.text


def test_the_next_address_continues_what_the_first_began(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    with FileServer(content, [answers.cut(130_000), answers.status(404)]) as broken:
        fetch(replace(remote, urls=(broken.url(), server.url())), destination)
    assert destination.read_bytes() == content
    assert [asked.range for asked in server.asked] == ["bytes=130000-"]


def test_every_address_says_why_it_failed(
    remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    server.script = [answers.status(404), answers.status(403)]
    reasons = refusal(replace(remote, urls=(server.url("a"), server.url("b"))), destination)
    assert "404" in reasons
    assert "403" in reasons


def test_redirects_are_followed(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    server.script = [answers.redirect(server.url("elsewhere")), answers.whole]
    fetch(remote, destination)
    assert destination.read_bytes() == content
    assert [asked.path for asked in server.asked] == ["/model.onnx", "/elsewhere"]


def test_redirects_without_end_are_a_failure(
    remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    server.script = [answers.redirect(server.url("again"))]
    assert "redirects" in refusal(remote, destination)


@pytest.mark.parametrize("url", ["http://models.example/model.onnx", "ftp://models.example/x"])
def test_a_redirect_to_what_is_not_secure_is_refused(
    url: str, remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    server.script = [answers.redirect(url)]
    assert "models.example is not secure" in refusal(remote, destination)


def test_an_address_that_is_not_secure_is_not_asked(remote: RemoteFile, destination: Path) -> None:
    insecure = replace(remote, urls=("http://models.example/model.onnx",))
    assert "only HTTPS" in refusal(insecure, destination)


def test_where_nobody_listens_is_soon_given_up(
    remote: RemoteFile, destination: Path, content: bytes
) -> None:
    with FileServer(content) as gone:
        url = gone.url()
    assert "tried 2 times" in refusal(replace(remote, urls=(url,)), destination)


def test_a_proxy_that_is_not_there_is_a_network_failure(
    remote: RemoteFile, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert "tried 2 times" in refusal(remote, destination)


def test_a_socks_proxy_needs_a_library_and_says_so(
    remote: RemoteFile, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    with pytest.raises(MissingLibraryError, match=r'pip install "httpx\[socks\]"'):
        fetch(remote, destination)


def test_unreadable_certificates_are_named(
    remote: RemoteFile, destination: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ModelError, match="SSL_CERT_FILE"):
        fetch(remote, destination)


def test_a_disk_without_room_is_told_before_anything_is_asked(
    remote: RemoteFile, destination: Path, server: FileServer
) -> None:
    with pytest.raises(WriteError, match="make room"):
        fetch(replace(remote, size=10**18), destination)
    assert server.asked == []


def test_a_disk_that_fills_up_is_an_error_and_what_fits_is_kept(
    remote: RemoteFile, destination: Path, content: bytes
) -> None:
    with largest_file(180_000), pytest.raises(WriteError, match="make room"):
        fetch(remote, destination)
    assert not destination.exists()
    assert part_of(destination).read_bytes() == content[:180_000]
    fetch(remote, destination)
    assert destination.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_an_error(remote: RemoteFile, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WriteError, match="cannot be written"):
        fetch(remote, tmp_path / "file" / "model.onnx")


def test_whoever_stops_a_download_can_continue_it(
    remote: RemoteFile, destination: Path, content: bytes, server: FileServer
) -> None:
    def stop(progress: DownloadProgress) -> None:
        if progress.received > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Downloader(IMPATIENT, stop).fetch(remote, destination)
    kept = part_of(destination).read_bytes()
    assert 100_000 < len(kept) < len(content)
    assert content.startswith(kept)
    fetch(remote, destination)
    assert server.asked[-1].range == f"bytes={len(kept)}-"
    assert destination.read_bytes() == content


def test_two_downloads_of_one_file_do_not_mix(
    remote: RemoteFile, destination: Path, content: bytes
) -> None:
    refused: list[str] = []

    def meddle(progress: DownloadProgress) -> None:
        if not refused and progress.received:
            with pytest.raises(WriteError, match="another dlc") as caught:
                fetch(remote, destination)
            refused.append(str(caught.value))

    Downloader(IMPATIENT, meddle).fetch(remote, destination)
    assert refused
    assert destination.read_bytes() == content
    assert [path.name for path in destination.parent.iterdir()] == ["model.onnx"]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def https_server(content: bytes, authority: trustme.CA) -> Iterator[str]:
    """Serve `content` over TLS with a certificate of `authority`; yield the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with FileServer(content, tls=context) as server:
        yield server.url()


def test_a_certificate_that_nobody_vouches_for_is_refused(
    remote: RemoteFile, destination: Path, content: bytes, authority: trustme.CA
) -> None:
    with https_server(content, authority) as url:
        reasons = refusal(replace(remote, urls=(url,)), destination)
    assert "certificate cannot be verified" in reasons
    assert "SSL_CERT_FILE" in reasons
    assert "tried" not in reasons


def test_a_certificate_that_the_user_vouches_for_is_accepted(
    remote: RemoteFile,
    destination: Path,
    content: bytes,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with https_server(content, authority) as url:
        fetch(replace(remote, urls=(url,)), destination)
    assert hashlib.sha256(destination.read_bytes()).hexdigest() == remote.sha256
