"""The safeguard, with the real classifier and pictures of which it thinks differently."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from dlc.errors import SafeguardError
from dlc.media.live.frame import LiveFrame
from dlc.options import SafeguardPolicy
from dlc.safeguard.classifier import NsfwClassifier, load_classifier
from dlc.safeguard.guard import Safeguard, load_safeguard

# The cat scores below it, the astronaut above.
BETWEEN = SafeguardPolicy(threshold=0.01, frames_per_second=1.0, in_a_row=3)
CAT = np.ascontiguousarray(skimage.data.chelsea()[..., ::-1])


@pytest.fixture(scope="module")
def classifier() -> NsfwClassifier:
    return load_classifier()


class Video:
    """Frames at 10 a second that count how often they are looked at."""

    def __init__(self) -> None:
        self.looked_at: list[float] = []

    def frame(self, bgr: NDArray[np.uint8], seconds: float) -> LiveFrame:
        looked_at = self.looked_at

        class Counting(LiveFrame):
            def thumbnail(self, size: int) -> NDArray[np.uint8]:
                looked_at.append(self.time)
                return super().thumbnail(size)

        return Counting(bgr, captured_at=seconds)


def watched(guard: Safeguard, pictures: list[NDArray[np.uint8]]) -> list[float]:
    """Watch frames at 10 a second; return the times of those that were looked at."""
    video = Video()
    for index, bgr in enumerate(pictures):
        guard.watch(video.frame(bgr, index / 10))
    return video.looked_at


def test_the_pictures_of_these_tests_are_told_apart(
    classifier: NsfwClassifier, astronaut: NDArray[np.uint8]
) -> None:
    assert classifier.score(CAT) < BETWEEN.threshold < classifier.score(astronaut)


def test_ordinary_pictures_pass_the_default_policy(
    astronaut: NDArray[np.uint8], group: NDArray[np.uint8]
) -> None:
    guard = load_safeguard(SafeguardPolicy())
    guard.check(LiveFrame(group, captured_at=0.0), "the photo")
    watched(guard, [astronaut, group] * 10)
    guard.conclude()


def test_a_photo_is_refused_at_once(
    classifier: NsfwClassifier, astronaut: NDArray[np.uint8]
) -> None:
    photo = LiveFrame(astronaut, captured_at=0.0)
    with pytest.raises(SafeguardError, match=r"me\.jpg .*score 0\.0\d, at most 0\.01"):
        Safeguard(classifier, BETWEEN).check(photo, "me.jpg")


def test_harmless_pictures_are_looked_at_once_a_second(classifier: NsfwClassifier) -> None:
    looked_at = watched(Safeguard(classifier, BETWEEN), [CAT] * 35)
    assert looked_at == [0.0, 1.0, 2.0, 3.0]


def test_several_in_a_row_stop_the_run_within_the_second(
    classifier: NsfwClassifier, astronaut: NDArray[np.uint8]
) -> None:
    guard = Safeguard(classifier, BETWEEN)
    assert watched(guard, [*[CAT] * 10, *[astronaut] * 6]) == [0.0, 1.0, 1.3]
    with pytest.raises(SafeguardError, match=r"the target at 1\.0 s"):
        guard.watch(LiveFrame(astronaut, captured_at=1.6))


def test_it_tells_when_it_looks_next_and_what_it_suspects(
    classifier: NsfwClassifier, astronaut: NDArray[np.uint8]
) -> None:
    guard = Safeguard(classifier, BETWEEN, "the camera")
    assert guard.due < 0
    guard.watch(LiveFrame(CAT, captured_at=5.0))
    assert (guard.due, guard.suspicion) == (6.0, None)
    guard.watch(LiveFrame(astronaut, captured_at=6.0))
    assert guard.due == 6.25
    assert guard.suspicion == pytest.approx(0.03, abs=0.02)
    with pytest.raises(SafeguardError, match=r"the camera at 6\.0 s"):
        guard.conclude()


def test_one_that_stands_alone_is_cleared_by_the_next(
    classifier: NsfwClassifier, astronaut: NDArray[np.uint8]
) -> None:
    guard = Safeguard(classifier, BETWEEN)
    looked_at = watched(guard, [astronaut, *[CAT] * 14, astronaut, *[CAT] * 14])
    guard.conclude()
    assert looked_at == [0.0, 0.3, 1.3, 2.3]


def test_the_last_picture_is_not_cleared_by_the_end(
    classifier: NsfwClassifier, astronaut: NDArray[np.uint8]
) -> None:
    guard = Safeguard(classifier, BETWEEN)
    watched(guard, [CAT, *[astronaut] * 11])
    with pytest.raises(SafeguardError, match=r"the target at 1\.0 s"):
        guard.conclude()
