"""What a video file has besides its pictures, whatever it comes from."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from av.container import OutputContainer
from av.stream import Stream

from dlc.media.video.carrying.tracks import KeptRange
from dlc.media.video.writing.containers import Container


class OtherStreams(Protocol):
    """Streams that are written in step with the video.

    Attributes:
        notes: what is not as it was wanted, in words for the user.
    """

    notes: list[str]

    def begin(self, kept: KeptRange) -> None:
        """Say which part to write, once the first video frame is known."""

    def advance(self, time: Fraction) -> None:
        """Write what belongs before `time`, in seconds of the input's clock.

        Raises:
            DlcError: they come from somewhere that fails.
        """

    def describe_video(self, target: Stream) -> None:
        """Give the output's video stream what is said of the input's."""

    def finish(self, until: Fraction | None = None) -> None:
        """Write the rest, or what belongs before `until`, and what encoders still hold."""

    def close(self) -> None:
        """Let go of what they come from; does nothing the second time."""


# Adds the streams to an output whose header is not written yet.
AddStreams = Callable[[Container, OutputContainer], OtherStreams]


class NoStreams:
    """Stands for other streams where there are none; each method does nothing.

    Attributes:
        notes: empty.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []

    def begin(self, kept: KeptRange) -> None:
        """Do nothing."""

    def advance(self, time: Fraction) -> None:
        """Do nothing."""

    def describe_video(self, target: Stream) -> None:
        """Do nothing."""

    def finish(self, until: Fraction | None = None) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def no_streams(container: Container, output: OutputContainer) -> NoStreams:  # noqa: ARG001
    """Add nothing to a video; `AddStreams`."""
    return NoStreams()
