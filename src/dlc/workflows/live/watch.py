"""Lets the safeguard check live pictures without delaying them."""

from __future__ import annotations

import logging
import math
from types import TracebackType
from typing import Self

from dlc.errors import SafeguardError
from dlc.media.live.frame import LiveFrame
from dlc.pipeline import Branch
from dlc.pipeline.channel import Channel
from dlc.safeguard.guard import Safeguard

logger = logging.getLogger(__name__)

# Seconds that pictures must be harmless before viewers see them again, as scores near the threshold
# go up and down.
_CALM_SECONDS = 1.0


class LiveWatch:
    """Checks pictures of a live source, one at a time, in its own thread.

    When a check is due, it takes the newest picture, and it takes no other while it runs. Use it as
    a context manager around the whole run, whatever ends the run.

    Args:
        safeguard: checks them.
    """

    def __init__(self, safeguard: Safeguard) -> None:
        self._safeguard = safeguard
        self._branch = Branch[LiveFrame]("safeguard", self._look)
        self._began: float | None = None
        # Both in seconds since the first picture. Only one thread at a time writes each.
        self._due = -math.inf
        self._hidden_until = -math.inf

    def note(self, frame: LiveFrame) -> None:
        """Take a picture as captured, in the capturing thread; returns at once."""
        if self._began is None:
            self._began = frame.captured_at
        time = frame.captured_at - self._began
        if time >= self._due:
            self._due = math.inf
            # Later steps paste into the frame's own pixels.
            self._branch.offer(LiveFrame(frame.to_bgr(), captured_at=time))

    def refuses(self, frame: LiveFrame) -> bool:
        """Return whether viewers must not see a picture, as far as is known by now."""
        return self._began is not None and frame.captured_at - self._began < self._hidden_until

    def check(self) -> None:
        """Raise if the checks so far require it.

        Raises:
            SafeguardError: as many pictures in a row as the policy says are above its threshold.
            DlcError: the classifier failed.
        """
        self._branch.check()

    def __enter__(self) -> Self:
        self._branch.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, SafeguardError):
            self._branch.__exit__(kind, error, trace)
        else:
            # Report a refusal rather than a camera that went away at the same moment: otherwise the
            # recording would be kept.
            self._branch.__exit__(None, None, None)

    def _look(self, pictures: Channel[LiveFrame]) -> None:
        for picture in pictures:
            try:
                self._safeguard.watch(picture)
            except SafeguardError:
                self._hidden_until = math.inf
                raise
            self._decide(picture.captured_at)
            self._due = self._safeguard.due

    def _decide(self, time: float) -> None:
        """Hide or show the coming pictures, after checking the one of that time."""
        score = self._safeguard.suspicion
        if score is not None:
            if time >= self._hidden_until:
                logger.warning(
                    "the camera's picture seems to show nudity or sex (score %.2f): it is shown "
                    "black for as long as it does, and if that goes on the run ends",
                    score,
                )
            self._hidden_until = math.inf
        elif self._hidden_until == math.inf:
            logger.info("the camera's picture seems harmless again: it is shown in a second")
            self._hidden_until = time + _CALM_SECONDS
