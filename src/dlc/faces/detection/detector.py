"""Finds faces in a small picture with MediaPipe's full-range detector."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from dlc.arrays import Flags, Floats, Image, Points
from dlc.faces.candidates import merge
from dlc.faces.crop import to_tensor
from dlc.faces.face import Face
from dlc.faces.white_balance import white_balanced
from dlc.inference.session import Session

_SIDE = 192
_STRIDE = 4
# Candidates that overlap more than this are the same face (MediaPipe's value).
SAME_FACE_IOU = 0.3
# A candidate this much inside a better one is part of it: half a face at a tile's edge.
SAME_FACE_INSIDE = 0.7
# A tile's share of the longer side: at most this, so that faces appear larger than in the whole,
# and at least this, so that a very narrow picture does not fall into hundreds of tiles.
_TILE_SHARE = 0.6
_LEAST_TILE_SHARE = 0.25
_TILE_OVERLAP = 0.2
# Share of the longer side added around a picture for a face that fills it: the model expects some
# surroundings.
_SURROUNDINGS = 0.25
# Half the distance between the mouth corners over that between the eyes, in the ArcFace template.
_HALF_MOUTH = 0.415

Tile = tuple[int, int, int]


class FaceDetector:
    """Detects faces from 8 % of a picture's longer side, or from 4 % when it looks in tiles."""

    def __init__(self, session: Session, *, min_score: float = 0.5) -> None:
        """Use a session of face_detection.onnx, keeping faces that score at least `min_score`."""
        self._session = session
        self._min_score = min_score
        cells = (np.arange(_SIDE // _STRIDE, dtype=np.float32) + 0.5) * _STRIDE
        self._anchors = np.stack(np.meshgrid(cells, cells), axis=-1).reshape(-1, 2)

    def detect(self, bgr: Image, *, tiled: bool = False) -> list[Face]:
        """Find faces, best first.

        Args:
            bgr: uint8 (h, w, 3), upright.
            tiled: also search overlapping parts of a picture of more than 192 pixels for small
                faces and, if there are none, for one that fills the picture; this costs two to five
                times as much.

        Returns:
            Faces in pixels of `bgr`. Eyes and nose are detected; the mouth corners are estimated
            from the mouth's center and the direction of the eyes.
        """
        height, width = bgr.shape[:2]
        whole = (0, 0, max(height, width))
        # In a picture of the model's size, what the whole does not show has less than 16 pixels.
        in_tiles = tiled and max(height, width) > _SIDE
        found = self._look(bgr, [whole, *(_tiles(width, height) if in_tiles else [])])
        if found or not tiled:
            return found
        margin = round(_SURROUNDINGS * max(height, width))
        border = cv2.copyMakeBorder(bgr, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        wider = np.asarray(border, np.uint8)
        faces = self._look(wider, [(0, 0, max(wider.shape[:2]))])
        return moved(faces, -margin, -margin)

    def _look(self, bgr: Image, tiles: list[Tile]) -> list[Face]:
        """Find faces in tiles of a picture, best first."""
        # One by one they take as long as together, and memory for one.
        found = [self._candidates(bgr, tile) for tile in tiles]
        points = np.concatenate([points for points, _ in found])
        scores = np.concatenate([scores for _, scores in found])
        faces = merge(points, scores, same_iou=SAME_FACE_IOU, part_share=SAME_FACE_INSIDE)
        return [_face(merged, score) for merged, score in faces]

    def _candidates(self, bgr: Image, tile: Tile) -> tuple[Floats, Floats]:
        """Return points (n, 8, 2) and scores (n,) of one tile's candidates; see `_decode`."""
        height, width = bgr.shape[:2]
        tensor = to_tensor([_letterbox(bgr, tile)], low=-1.0)
        boxes, scores = self._session.run(["boxes", "scores"], {"image": tensor})
        return self._decode(boxes[0], scores[0], tile, width, height)

    def _decode(
        self, raw: Floats, logits: Floats, tile: Tile, width: int, height: int
    ) -> tuple[Floats, Floats]:
        """Return points (n, 8, 2) in the picture and scores (n,) of one tile's candidates.

        The points are the box's corners, then the model's six.
        """
        scores = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
        keep = scores >= self._min_score
        points = raw[keep].reshape(-1, 8, 2)
        anchors = self._anchors[keep, None]
        center, size = points[:, :1] + anchors, points[:, 1:2]
        left, top, side = tile
        corners = np.concatenate([center - size / 2, center + size / 2], axis=1)
        inside = _inside_tile(corners, tile, width, height)
        points = np.concatenate([corners, points[:, 2:] + anchors], axis=1)[inside]
        # The input counts from its edge, the picture from its first pixel's center.
        points = points * (side / _SIDE) + np.array([left, top], np.float32) - 0.5
        return points.astype(np.float32), scores[keep][inside].astype(np.float32)


def _inside_tile(corners: Floats, tile: Tile, width: int, height: int) -> Flags:
    """Return which boxes are not cut off by a tile edge inside the picture."""
    left, top, side = tile
    reach_left, reach_top = left == 0, top == 0
    reach_right, reach_bottom = left + side >= width, top + side >= height
    inside: Flags = (
        (reach_left | (corners[:, 0, 0] > 0))
        & (reach_top | (corners[:, 0, 1] > 0))
        & (reach_right | (corners[:, 1, 0] < _SIDE))
        & (reach_bottom | (corners[:, 1, 1] < _SIDE))
    )
    return inside


def _letterbox(bgr: Image, tile: Tile) -> Image:
    """Return a square of the picture at the model's size in white light, black beyond it."""
    left, top, side = tile
    part = bgr[top : top + side, left : left + side]
    scale = _SIDE / side
    size = (max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1))
    shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.zeros((_SIDE, _SIDE, 3), np.uint8)
    resized = np.asarray(cv2.resize(part, size, interpolation=shrink), np.uint8)
    canvas[: size[1], : size[0]] = white_balanced(resized)
    return canvas


def _tiles(width: int, height: int) -> list[Tile]:
    """Return overlapping squares (left, top, side) that cover the picture."""
    longer, shorter = max(width, height), min(width, height)
    share = min(max(shorter / longer, _LEAST_TILE_SHARE), _TILE_SHARE)
    side = max(round(share * longer), 1)
    return [(left, top, side) for top in _starts(height, side) for left in _starts(width, side)]


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    count = 1 + math.ceil((length - side) / (side * (1 - _TILE_OVERLAP)))
    return sorted({round(start) for start in np.linspace(0, length - side, count)})


def _face(points: Points, score: float) -> Face:
    left_eye, right_eye, nose, mouth = points[2:6]
    half = (right_eye - left_eye) * _HALF_MOUTH
    five = np.stack([left_eye, right_eye, nose, mouth - half, mouth + half])
    return Face(points[:2].reshape(4), five, score)


def moved(faces: Sequence[Face], by_x: float, by_y: float) -> list[Face]:
    """Map faces to a picture whose origin lies elsewhere."""
    by = np.array([by_x, by_y], np.float32)
    return [Face(face.box + np.tile(by, 2), face.points + by, face.score) for face in faces]


def scaled(faces: Sequence[Face], factor_x: float, factor_y: float) -> list[Face]:
    """Map faces detected in a thumbnail to the picture it was made from."""
    factor = np.array([factor_x, factor_y], np.float32)
    result = []
    for face in faces:
        box = ((face.box.reshape(2, 2) + 0.5) * factor - 0.5).reshape(4)
        result.append(Face(box, (face.points + 0.5) * factor - 0.5, face.score))
    return result
