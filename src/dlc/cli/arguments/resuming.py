"""The options of `dlc swap` that let a run be resumed."""

from __future__ import annotations

from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.grouping import Group
from dlc.errors import OptionError
from dlc.options import ResumeOptions

ResumeOption = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Process a video in segments, and continue after those that an earlier run finished.",
        rich_help_panel=panels.RUN,
    ),
]
SegmentSecondsOption = Annotated[
    float | None,
    typer.Option(
        metavar="S",
        min=1,
        help="Length of a segment of --resume; default: 30.",
        rich_help_panel=panels.RUN,
    ),
]


def resume_options(
    resume: ResumeOption = False, segment_seconds: SegmentSecondsOption = None
) -> ResumeOptions | None:
    """Return what the options say; None where the video is processed in one piece.

    Raises:
        OptionError: a length of segments was given without --resume.
    """
    if not resume:
        if segment_seconds is not None:
            raise OptionError("--segment-seconds is for --resume; give both or none")
        return None
    if segment_seconds is None:
        return ResumeOptions()
    return ResumeOptions(segment_seconds=segment_seconds)


Resuming = Annotated[ResumeOptions | None, Group(resume_options)]
