"""The file that packets are written to, whether it is finished or thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from dlc.errors import OutputError
from dlc.media.files.atomic import AtomicFile
from dlc.media.files.failures import unwritable
from dlc.media.video.writing.plan import VideoPlan


class Muxer:
    """Writes packets into an output's temporary file.

    Attributes:
        container: the open file; streams are added to it before `begin`.
        packets_written: how many packets `write` wrote.
    """

    def __init__(self, file: AtomicFile, plan: VideoPlan, *, survives_kill: bool) -> None:
        """Open the file.

        Args:
            file: the output.
            plan: how the video is written.
            survives_kill: whether what is written can be played up to its last seconds if the
                process is killed, where the container can do that.
        """
        extra = plan.container.crash_options if survives_kill else {}
        self.container = open_container(file.temporary, plan, extra)
        self.packets_written = 0
        self._path = file.path
        self._time_base = plan.time_base
        self._in_fragments = "hybrid_fragmented" in extra.get("movflags", "")
        self._has_begun = False

    def begin(self) -> None:
        """Write the header.

        Raises:
            OutputError: the disk is full or refuses otherwise.
        """
        with naming_refusals(self._path):
            self.container.start_encoding()
        self._has_begun = True

    def write(self, packets: Iterable[Packet[Any]]) -> None:
        """Write packets; raises what `begin` does."""
        with naming_refusals(self._path):
            for packet in packets:
                self.container.mux(packet)
                self.packets_written += 1

    def close(self) -> None:
        """Write the trailer; raises what `begin` does."""
        with naming_refusals(self._path):
            self.container.close()

    def drop(self, stream: Stream) -> None:
        """Close a file that is thrown away, or closed already; `stream` is one of its own."""
        if self._in_fragments and self._has_begun and not self.packets_written:
            # FFmpeg's muxer crashes at the end of a file that was to be written in fragments and
            # got no packet, as when the encoder still holds all frames.
            with suppress(OutputError):
                self.write([self._placeholder(stream)])
        close_quietly(self.container)

    def _placeholder(self, stream: Stream) -> Packet[Any]:
        packet: Packet[Any] = Packet(bytes(8))
        packet.stream = stream
        packet.pts = packet.dts = 0
        packet.time_base = self._time_base
        return packet


def open_container(
    path: Path, plan: VideoPlan, extra: Mapping[str, str] | None = None
) -> OutputContainer:
    """Open a file for writing in the way that a plan says, with more options for the muxer."""
    return av.open(
        f"file:{path}",
        "w",
        format=plan.container.format,
        container_options={**plan.muxer_options, **(extra or {})},
        metadata_errors="surrogateescape",
    )


def close_quietly(container: OutputContainer) -> None:
    """Close a file that may be incomplete, on a disk that may be full."""
    with suppress(OSError, av.FFmpegError):
        container.close()


@contextmanager
def naming_refusals(path: Path) -> Iterator[None]:
    """Raise what FFmpeg and the disk raise in the context as an error that names the output."""
    try:
        yield
    except (OSError, ValueError, av.FFmpegError) as error:
        raise unwritable(path, error) from error
