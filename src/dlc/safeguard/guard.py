"""Checks the pictures of a run and stops it if the policy says so."""

from __future__ import annotations

import math
from typing import Protocol

from dlc.arrays import Image
from dlc.errors import SafeguardError
from dlc.options import SafeguardPolicy
from dlc.safeguard.classifier import THUMBNAIL_SIZE, NsfwClassifier, load_classifier

# How much more often a target is checked while under suspicion.
_CLOSER = 4


class Picture(Protocol):
    """A picture at a point in a video, such as the frames of `dlc.media`."""

    @property
    def time(self) -> float:
        """Seconds since the beginning of the video."""

    def thumbnail(self, size: int) -> Image:
        """Return the whole picture, uint8 BGR, its longer side at most `size` pixels."""


class Safeguard:
    """Applies a policy to source photos and to the pictures of one target, in order.

    Args:
        classifier: computes the scores.
        policy: says which scores are too high, and how often to check.
        watched: name in messages for the watched pictures.
    """

    def __init__(
        self, classifier: NsfwClassifier, policy: SafeguardPolicy, watched: str = "the target"
    ) -> None:
        self._classifier = classifier
        self._policy = policy
        self._watched = watched
        self._due = -math.inf
        self._suspicious: list[tuple[float, float]] = []

    def another(self) -> Safeguard:
        """Return a safeguard with the same policy for another target."""
        return Safeguard(self._classifier, self._policy, self._watched)

    @property
    def due(self) -> float:
        """The time from which the next picture is due for a check."""
        return self._due

    @property
    def suspicion(self) -> float | None:
        """The score of the last checked picture, if above the threshold."""
        return self._suspicious[-1][1] if self._suspicious else None

    def check(self, photo: Picture, name: str) -> None:
        """Check a photo; messages call it `name`.

        Raises:
            SafeguardError: its score is above the threshold.
        """
        score = self._score(photo)
        if score > self._policy.threshold:
            raise self._refusal(name, score)

    def watch(self, frame: Picture) -> None:
        """Check a frame of the target if one is due.

        Raises:
            SafeguardError: enough pictures in a row are above the threshold to stop the run.
        """
        if frame.time < self._due:
            return
        score = self._score(frame)
        interval = 1 / self._policy.frames_per_second
        if score > self._policy.threshold:
            self._suspicious.append((frame.time, score))
            interval /= _CLOSER
        else:
            self._suspicious.clear()
        self._due = frame.time + interval
        if len(self._suspicious) >= self._policy.in_a_row:
            self.conclude()

    def conclude(self) -> None:
        """Decide on the last pictures, as no further ones can clear them.

        Raises:
            SafeguardError: the last checked picture is above the threshold.
        """
        if self._suspicious:
            time, score = self._suspicious[0]
            raise self._refusal(f"{self._watched} at {time:.1f} s", score)

    def _score(self, picture: Picture) -> float:
        return self._classifier.score(picture.thumbnail(THUMBNAIL_SIZE))

    def _refusal(self, what: str, score: float) -> SafeguardError:
        return SafeguardError(
            f"{what} seems to show nudity or sex (score {score:.2f}, at most "
            f"{self._policy.threshold:g} is let pass), and dlc swaps no faces in that; nothing was "
            "written"
        )


def load_safeguard(policy: SafeguardPolicy, watched: str = "the target") -> Safeguard:
    """Load what a policy needs.

    Args:
        policy: what is refused.
        watched: name in messages for the watched pictures.

    Raises:
        MissingLibraryError: the package with the classifier's weights is not installed.
        ModelError: the weights are damaged.
    """
    return Safeguard(load_classifier(), policy, watched)
