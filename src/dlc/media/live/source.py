"""The interface that cameras, streams and files played in real time have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dlc.media.live.frame import LiveFrame


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What a live source delivers.

    Attributes:
        description: the source and its format in one line, as far as known with what was asked
            for, reported and measured.
        width: of every frame, in pixels.
        height: of every frame, in pixels.
        fps: frames a second: measured for cameras and streams, as stored for files.
        notes: what is not as it was wanted, in words for the user.
    """

    description: str
    width: int
    height: int
    fps: float
    notes: tuple[str, ...] = ()


class LiveSource(Protocol):
    """Frames as they happen.

    One thread at a time may use a source, and closes it when it has stopped reading.
    """

    @property
    def report(self) -> LiveReport:
        """The format of the frames."""

    @property
    def frames_dropped(self) -> int:
        """Frames left out so far because the reader of the source came too late for them."""

    def read(self) -> LiveFrame | None:
        """Wait for the next frame; None at the end, or when the run was asked to stop.

        Raises:
            CameraError: the source went away, hangs or delivers nothing any more.
            DamagedInputError: a file cannot be read to its end.
        """

    def close(self) -> None:
        """Let go of the camera, connection or file; does nothing the second time."""
