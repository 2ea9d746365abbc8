"""The options of `dlc.swap`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dlc.options.choices import VideoDecoder
from dlc.options.groups import EncodeOptions, SafeguardPolicy
from dlc.options.run import RunOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeOptions:
    """How a video is processed so that a killed run can be resumed.

    Attributes:
        segment_seconds: length of a segment, the most of the target that a killed run loses;
            shorter ones cost more time, as each starts 1.5 seconds early to follow the faces.
    """

    segment_seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapOptions(RunOptions):
    """Everything `dlc.swap` can be told.

    What it shares with `dlc.live` is in `RunOptions`.

    Attributes:
        start: seconds into the target at which to begin; None is its beginning.
        end: seconds into the target at which to stop; None is its end.
        decoder: what decodes the target.
        encoding: how the output is encoded.
        contact_sheet: where to write a PNG of source, target and result side by side.
        contact_sheet_rows: how many moments the contact sheet shows.
        allow_damaged: process what can be read of a damaged target instead of refusing it.
        keep_partial: when the run is stopped, keep a playable file of what was written.
        resume: process a video in segments, and continue after those that are finished; None
            processes it in one piece.
        safeguard: what is refused; None for callers with a safeguard of their own.
    """

    start: float | None = None
    end: float | None = None
    decoder: VideoDecoder = VideoDecoder.SOFTWARE
    encoding: EncodeOptions = field(default_factory=EncodeOptions)
    contact_sheet: Path | None = None
    contact_sheet_rows: int = 6
    allow_damaged: bool = False
    keep_partial: bool = False
    resume: ResumeOptions | None = None
    safeguard: SafeguardPolicy | None = field(default_factory=SafeguardPolicy)
