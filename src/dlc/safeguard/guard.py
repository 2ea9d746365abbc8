"""Looks at the pictures of a run and stops it where the policy says so."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dlc.errors import SafeguardError
from dlc.options import SafeguardPolicy
from dlc.safeguard.classifier import THUMBNAIL_SIZE, NsfwClassifier, load_classifier


class Picture(Protocol):
    """A picture at a moment of a video; the frames of `dlc.media` are such."""

    @property
    def time(self) -> float:
        """Seconds since the beginning of the video."""

    def thumbnail(self, size: int) -> NDArray[np.uint8]:
        """Return the whole picture, uint8 BGR, its longer side at most `size` pixels."""


class Safeguard:
    """Applies a policy to source photos and to the pictures of one target, in their order.

    Args:
        classifier: gives the scores.
        policy: says which scores are too high, and how often to look.
    """

    def __init__(self, classifier: NsfwClassifier, policy: SafeguardPolicy) -> None:
        self._classifier = classifier
        self._policy = policy
        self._due: float | None = None

    def check(self, picture: Picture, what: str) -> None:
        """Look at a picture.

        Args:
            picture: what is looked at.
            what: how a message names it.

        Raises:
            SafeguardError: its score is above the threshold.
        """
        score = self._classifier.score(picture.thumbnail(THUMBNAIL_SIZE))
        if score > self._policy.threshold:
            raise SafeguardError(
                f"{what} seems to show nudity or sex (score {score:.2f}, at most "
                f"{self._policy.threshold:g} is let pass): dlc swaps no faces in that; nothing was "
                "written"
            )

    def watch(self, frame: Picture) -> None:
        """Look at a frame of the target, if it is time to.

        The first frame is looked at, and from then on one each time the policy's interval is over.

        Raises:
            SafeguardError: its score is above the threshold.
        """
        if self._due is not None and frame.time < self._due:
            return
        self._due = frame.time + 1 / self._policy.frames_per_second
        self.check(frame, f"the target at {frame.time:.1f} s")


def load_safeguard(policy: SafeguardPolicy) -> Safeguard:
    """Load what a policy needs.

    Raises:
        MissingLibraryError: the package with the classifier's weights is not installed.
        ModelError: the weights are damaged.
    """
    return Safeguard(load_classifier(), policy)
