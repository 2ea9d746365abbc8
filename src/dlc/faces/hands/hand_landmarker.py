"""Finds the 21 points of a hand."""

from __future__ import annotations

from dlc.arrays import Points
from dlc.faces.crop import Square, cut_out, to_tensor
from dlc.faces.pixels import RegionSource
from dlc.faces.white_balance import white_balanced
from dlc.inference.session import Session

_SIDE = 224
# Pixels read of a hand and its margin: fewer than the model takes change its points by less than it
# errs, and whole regions of a frame take as long to read as the model to run.
_DETAIL = 112


class HandLandmarker:
    """Places 21 points on a hand whose location is known."""

    def __init__(self, session: Session) -> None:
        """Use a session of hand_landmark.onnx."""
        self._session = session

    def find(self, picture: RegionSource, square: Square) -> tuple[Points, float] | None:
        """Find a hand in a square of a picture, from `square_of_palm` or `square_of_hand`.

        Returns:
            Points, float32 (21, 3): pixels of the picture, z to the same scale and smaller nearer
            to the camera; and the probability that there is a hand. None if the square lies outside
            the picture.
        """
        cutout = cut_out(picture, square, _DETAIL, halving=True)
        if cutout is None:
            return None
        tensor = to_tensor([white_balanced(cutout.warp(square, _SIDE))])
        landmarks, presence = self._session.run(["landmarks", "presence"], {"image": tensor})
        return square.to_picture(landmarks[0], _SIDE), float(presence[0, 0])
