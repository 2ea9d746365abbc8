"""How often a live run searches for faces, by engine."""

from __future__ import annotations

from typing import Protocol

from dlc.faces.detection.cadence import DetectionCadence
from dlc.faces.finder import FaceFinder
from dlc.faces.tracking.motion_finder import MotionFinder
from dlc.faces.tracking.tracker import FaceTracker
from dlc.options import LiveOptions, NoFace

# The built-in engine looks for new faces this often, and for small ones too.
_SEARCH_SECONDS = 0.5
_TILED_SECONDS = 1.0


class LiveFinder(FaceFinder, Protocol):
    """A finder that counts its work."""

    @property
    def detections(self) -> int:
        """How many frames were searched for faces."""


def detection_every(options: LiveOptions) -> int | None:
    """Return the frames from one detection to the next, None if the machine decides.

    Who must never be seen has to be noticed in the very frame in which they appear.
    """
    if options.detection_every is None and options.no_face is NoFace.BLANK:
        return 1
    return options.detection_every


def live_finder(
    finder: FaceFinder, every: int | None, fps: float, cadence: DetectionCadence
) -> LiveFinder:
    """Return a finder that saves detections where faces can be followed without them.

    The tracker of the built-in engine finds the landmarks of every face anew in every frame, which
    is a detection of its own kind and is never left out. What can be saved is the search for new
    faces, which costs about as much again.

    Args:
        finder: the engine's.
        every: frames from one detection to the next; None suits the machine.
        fps: the source's frames a second.
        cadence: for the neural engine.
    """
    if isinstance(finder, FaceTracker):
        interval = every or max(1, round(_SEARCH_SECONDS * fps))
        return finder.searching_every(interval, max(1, round(_TILED_SECONDS * fps / interval)))
    return MotionFinder(finder, cadence)
