"""The bare XSeg: an aligned face in, a mask of where nothing is in front of it out."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats, Image
from dlc.inference.elements import ELEMENTS
from dlc.inference.output_check import check_finite, check_shape
from dlc.inference.routed_session import RoutedSession


class OccluderModel:
    """Runs XSeg, or a model with the same input and output, on one face at a time.

    Attributes:
        side: side of its input crops and output masks, in pixels.
    """

    def __init__(self, session: RoutedSession) -> None:
        """Use a session of a model that `dlc.model_store.contracts` accepts as an occluder."""
        self._session = session
        picture = session.get_inputs()[0]
        self._input, self._output = picture.name, session.get_outputs()[0].name
        self._element = ELEMENTS[picture.type]
        self.side = 256

    def visible(self, crop: Image) -> Floats:
        """Return where the face itself is visible.

        The model takes colors in OpenCV's order, as DeepFaceLab trained it and facefusion
        (facefusion/face_masker.py, `create_occlusion_mask`) runs it.

        Args:
            crop: uint8 (side, side, 3) BGR, aligned as for inswapper_128.

        Returns:
            float32 (side, side): 1 on the face, 0 on what covers it and around it.

        Raises:
            ModelError: the output is NaN or infinite, or not a mask of this size, as a file need
                not declare its output size.
            ProviderError: the provider failed to run the model.
        """
        picture = np.multiply(crop[None], np.float32(1 / 255), dtype=np.float32)
        feed = {self._input: picture.astype(self._element, copy=False)}
        (mask,) = self._session.run([self._output], feed)
        check_shape(self._session, self._output, mask, (1, self.side, self.side, 1))
        check_finite(self._session, self._output, mask)
        return np.clip(mask[0, ..., 0].astype(np.float32, copy=False), 0, 1)
