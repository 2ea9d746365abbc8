"""People who look like nobody else, and a recognizer that knows them at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import TrackableFrame

ANNA, BELA, STRANGER, BLUR = np.eye(4, dtype=np.float32)


class Recognizer:
    """Tells the embeddings that faces carry already, and counts the faces it was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def find(self, frame: TrackableFrame) -> list[Face]:
        raise NotImplementedError

    def reset(self) -> None:
        raise NotImplementedError

    def describe(self, frame: TrackableFrame, faces: Sequence[Face], needs: Needs) -> list[Face]:
        del frame
        assert needs is Needs.EMBEDDING
        self.asked += [each.track_id for each in faces]
        return list(faces)
