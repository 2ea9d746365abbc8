"""Runs the network that finds hair, hats and glasses in front of a face, in the atlas."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.inference.cpu import create_session
from dlc.inference.session import Session
from dlc.model_store.builtin import builtin_model
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA, TONE_SIZE
from dlc.swapping.mesh.masks import depth_inside, skin_mask

# The light that the network was trained in: mean luma of skin, and the factors to reach it.
_USUAL, _FACTORS = 110.0, (0.4, 4.0)
# Highlights are cut off from here, as in training.
_BRIGHTEST = 1.3
# Face widths inside the oval beyond which there is seldom hair.
_INSIDE = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Mattes:
    """What one atlas image shows in front of a face.

    Attributes:
        hair: float32 (TONE_SIZE, TONE_SIZE), how certainly each pixel is hair or a hat, 0 to 1.
        eyewear: the same for rims, bridges and arms of glasses.
    """

    hair: Floats
    eyewear: Floats


class ForegroundNetwork:
    """Finds hair, hats and glasses in one atlas image; stateless."""

    def __init__(self, session: Session, layout: Layout) -> None:
        """Use a session of foreground.onnx."""
        self._session = session
        skin = (skin_mask(layout, TONE_SIZE) > 0.5) & (depth_inside(layout, TONE_SIZE) > _INSIDE)
        self._skin = skin.astype(np.uint8)

    def look(self, texture: Floats) -> Mattes:
        """Look at a face.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, 0 to 255, the face in the atlas.
        """
        luma = float(np.dot(cv2.mean(texture, self._skin)[:3], LUMA))
        factor = float(np.clip(_USUAL / max(luma, 1.0), *_FACTORS)) / 255
        planes = np.ascontiguousarray(texture[..., ::-1].transpose(2, 0, 1)[None])
        image = np.clip(planes * np.float32(factor), 0, _BRIGHTEST)
        (mattes,) = self._session.run(["mattes"], {"image": image})
        return Mattes(*mattes[0])


def load_foreground_network(layout: Layout) -> ForegroundNetwork:
    """Open the built-in model.

    Raises:
        ModelError: the model file is missing or damaged.
    """
    return ForegroundNetwork(create_session(builtin_model("foreground.onnx")), layout)
