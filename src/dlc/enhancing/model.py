"""A bare restoration model: an aligned face in, the same face with finer detail out."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Image
from dlc.faces.crop import to_tensor
from dlc.inference.elements import ELEMENTS
from dlc.inference.output_check import check_finite, check_shape
from dlc.inference.routed_session import RoutedSession


class EnhancerModel:
    """Runs GFPGAN, GPEN, or a model with the same input and output, on one face at a time.

    Attributes:
        side: side of its input and output crops, in pixels.
    """

    def __init__(self, session: RoutedSession) -> None:
        """Use a session of a model that `dlc.model_store.contracts` accepts as an enhancer."""
        self._session = session
        picture = session.get_inputs()[0]
        self._input, self._output = picture.name, session.get_outputs()[0].name
        self._element = ELEMENTS[picture.type]
        self.side = int(picture.shape[2])

    def enhance(self, crop: Image) -> Image:
        """Return the enhanced crop.

        Args:
            crop: uint8 (side, side, 3) BGR, aligned by `ffhq_square`.

        Returns:
            uint8 (side, side, 3) BGR.

        Raises:
            ModelError: the output is NaN or infinite, or of another size.
            ProviderError: the provider failed to run the model.
        """
        feed = {self._input: to_tensor([crop], low=-1.0).astype(self._element, copy=False)}
        (planes,) = self._session.run([self._output], feed)
        check_shape(self._session, self._output, planes, (1, 3, self.side, self.side))
        check_finite(self._session, self._output, planes)
        rgb = np.clip(planes[0].astype(np.float32) * 127.5 + 128.0, 0, 255).astype(np.uint8)
        return np.ascontiguousarray(rgb[::-1].transpose(1, 2, 0))
