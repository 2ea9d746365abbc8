"""How often a live run searches for faces, by engine."""

from __future__ import annotations

from typing import Protocol

from dlc.faces.detection.cadence import DetectionCadence
from dlc.faces.finder import FaceFinder
from dlc.faces.tracking.motion_finder import MotionFinder
from dlc.faces.tracking.tracker import FaceTracker
from dlc.options import LiveOptions, NoFace

# Seconds between the built-in engine's searches for new faces, and between those for small ones.
_SEARCH_SECONDS = 0.5
_TILED_SECONDS = 1.0


class LiveFinder(FaceFinder, Protocol):
    """A finder that counts its work."""

    @property
    def detections(self) -> int:
        """Number of frames searched for faces."""


def detection_every(options: LiveOptions) -> int | None:
    """Return the frames from one detection to the next, None if the machine decides.

    People who must never be seen have to be noticed in the very frame in which they appear.
    """
    if options.detection_every is None and options.no_face is NoFace.BLANK:
        return 1
    return options.detection_every


def live_finder(
    finder: FaceFinder, every: int | None, fps: float, cadence: DetectionCadence
) -> LiveFinder:
    """Return a finder that skips detections where faces can be tracked without them.

    The built-in engine's tracker finds the landmarks of every face anew in every frame, which is a
    kind of detection in itself and is never skipped. Only the search for new faces, which costs
    about as much again, can be skipped.

    Args:
        finder: the engine's own finder.
        every: frames from one detection to the next; None lets the machine decide.
        fps: the source's frame rate.
        cadence: decides for the neural engine.
    """
    if isinstance(finder, FaceTracker):
        interval = every or max(1, round(_SEARCH_SECONDS * fps))
        return finder.searching_every(interval, max(1, round(_TILED_SECONDS * fps / interval)))
    return MotionFinder(finder, cadence)
