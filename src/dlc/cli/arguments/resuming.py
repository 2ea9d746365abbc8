"""The options of `dlc swap` that let a run be resumed."""

from __future__ import annotations

from typing import Annotated

import typer

from dlc.errors import OptionError
from dlc.options import ResumeOptions

_RUN = "Run"

ResumeOption = Annotated[
    bool,
    typer.Option(
        "--resume",
        metavar="",
        help="Process a video in segments, and go on after those that an earlier run finished.",
        rich_help_panel=_RUN,
    ),
]
SegmentSecondsOption = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        min=1,
        help="How much of the video a segment of --resume has; default: 30.",
        rich_help_panel=_RUN,
    ),
]


def resume_options(segment_seconds: float | None, *, wanted: bool) -> ResumeOptions | None:
    """Return what the options say; None where the video is processed in one piece.

    Raises:
        OptionError: segments are given a length, and there are to be none.
    """
    if not wanted:
        if segment_seconds is not None:
            raise OptionError("--segment-seconds is for --resume; give both or none")
        return None
    return (
        ResumeOptions()
        if segment_seconds is None
        else ResumeOptions(segment_seconds=segment_seconds)
    )
