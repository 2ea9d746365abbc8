"""Finds palms in a part of a picture with MediaPipe's palm detector."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats, Image, Points
from dlc.faces.candidates import merge
from dlc.faces.crop import Cutout, Square, cut_out, to_tensor
from dlc.faces.hands.hand import Palm
from dlc.faces.pixels import RegionSource
from dlc.faces.white_balance import white_balanced
from dlc.inference.session import Session

# Half the side that the model was trained on: a palm near a face then has the 15 to 40 pixels that
# it needs, for a quarter of the time.
SIDE = 96
# Steps of the two grids of anchors, and the number of anchors in each of their cells (MediaPipe's).
_GRIDS = ((8, 2), (16, 6))
# Candidates that score less are no palms.
_MIN_SCORE = 0.5
# Candidates that overlap more than this are the same palm (MediaPipe's value).
_SAME_PALM_IOU = 0.3
# Raw numbers of a candidate: center, width and height of its box, then seven points.
_PAIRS = 9


class PalmDetector:
    """Detects the palms of hands, open or closed, whose size is about that of a face."""

    def __init__(self, session: Session) -> None:
        """Use a session of palm_detection.onnx."""
        self._session = session
        self._anchors = anchors(SIDE)

    def detect(self, picture: RegionSource, square: Square) -> list[Palm]:
        """Find palms in an upright square of a picture, best first, in pixels of the picture."""
        cutout = cut_out(picture, square, SIDE, halving=True)
        if cutout is None:
            return []
        tensor = to_tensor([white_balanced(_blackened(cutout, square))])
        boxes, scores = self._session.run(["boxes", "scores"], {"image": tensor})
        return self._decode(boxes[0], scores[0], square)

    def _decode(self, raw: Floats, logits: Floats, square: Square) -> list[Palm]:
        scores = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
        keep = scores >= _MIN_SCORE
        pairs = raw[keep].reshape(-1, _PAIRS, 2)
        center = pairs[:, :1] + self._anchors[keep, None]
        half = pairs[:, 1:2] / 2
        points = pairs[:, 2:] + self._anchors[keep, None]
        found: Points = np.concatenate([center - half, center + half, points], axis=1)
        kept = scores[keep].astype(np.float32)
        palms = []
        for merged, score in merge(found, kept, same_iou=_SAME_PALM_IOU):
            placed = square.to_picture(merged, SIDE)
            palms.append(Palm(placed[:2], placed[2:], score))
        return palms


def anchors(side: int) -> Points:
    """Return the anchors (n, 2) of an input of `side` x `side` pixels, in pixels."""
    grids = []
    for step, count in _GRIDS:
        cells = (np.arange(side // step, dtype=np.float32) + 0.5) * step
        grid = np.stack(np.meshgrid(cells, cells), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(grid, count, axis=0))
    return np.concatenate(grids)


def _blackened(cutout: Cutout, square: Square) -> Image:
    """Return a square at the model's size, black beyond the picture, as the model expects it."""
    image = cutout.warp(square, SIDE)
    edges = np.array(cutout.box, np.float32).reshape(2, 2) - 0.5
    matrix = square.matrix(SIDE)
    (left, top), (right, bottom) = np.clip(
        np.rint(edges @ matrix[:, :2].T + matrix[:, 2]).astype(int), 0, SIDE
    ).tolist()
    black = cv2.copyMakeBorder(
        image[top:bottom, left:right],
        top,
        SIDE - bottom,
        left,
        SIDE - right,
        cv2.BORDER_CONSTANT,
    )
    return np.asarray(black, np.uint8)
