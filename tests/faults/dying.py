"""`python -m tests.faults.dying ARGUMENTS...`: `dlc` that is killed in its second segment.

The signal comes from the process itself: from outside it might come too late, or too early.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from dlc.cli.app import main
from dlc.media.video.resuming.segments import SegmentFolder
from dlc.media.video.writing.writer import VideoWriter

_keep, _write = SegmentFolder.keep, VideoWriter.write
_FRAMES = 3


def main_that_is_killed() -> None:
    """Run the command line until the first segment is kept and some frames follow it."""
    kept, left = False, _FRAMES

    def keep(self: SegmentFolder, segment: Any) -> None:
        nonlocal kept
        _keep(self, segment)
        kept = True

    def write(self: VideoWriter, frame: Any) -> None:
        nonlocal left
        _write(self, frame)
        left -= kept
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    SegmentFolder.keep = keep  # type: ignore[method-assign]
    VideoWriter.write = write  # type: ignore[method-assign]
    main()


if __name__ == "__main__":
    main_that_is_killed()
