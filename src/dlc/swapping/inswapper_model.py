"""The bare inswapper_128: an aligned face and an identity in, the aligned swapped face out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlc.arrays import Array, Embedding, Floats, Image
from dlc.errors import ModelError
from dlc.faces.crop import to_tensor
from dlc.graph.names import FINITE_OUTPUT
from dlc.inference.elements import ELEMENTS
from dlc.inference.output_check import check_finite, check_shape
from dlc.inference.pixels import to_pixels
from dlc.inference.routed_session import RoutedSession


class InswapperModel:
    """Runs the model on aligned crops, several at once if the file allows it.

    Attributes:
        side: side of its input and output crops, in pixels.
    """

    def __init__(self, session: RoutedSession) -> None:
        """Use a session of a model that `dlc.model_store.contracts` accepts as a swapper."""
        self._session = session
        # Exports differ in names and order: the picture is the input with four dimensions.
        picture, identity = sorted(session.session.get_inputs(), key=lambda each: -len(each.shape))
        self._picture, self._identity = picture.name, identity.name
        self._outputs = [output.name for output in session.session.get_outputs()]
        self._element = ELEMENTS[picture.type]
        self._identity_element = ELEMENTS[identity.type]
        self._takes_several = _takes_several(session, (picture.shape[0], identity.shape[0]))
        # The number of rows, for planes and pixels alike.
        self.side = int(picture.shape[2])

    def swap_crops(self, crops: Sequence[Image], latent: Floats) -> list[Image]:
        """Return each crop with its face swapped to `latent`.

        The result equals that of insightface's `INSwapper.get`, including that it rounds down.

        Args:
            crops: uint8 (side, side, 3) BGR each, aligned by `arcface_matrix`.
            latent: float32 (512,) of unit length, such as `identity_latent`.

        Raises:
            ModelError: the output is NaN or infinite, or of another size.
            ProviderError: the provider failed to run the model.
        """
        if not crops:
            return []
        step = len(crops) if self._takes_several else 1
        groups = (crops[start : start + step] for start in range(0, len(crops), step))
        return [crop for group in groups for crop in self._run(group, latent)]

    def _run(self, crops: Sequence[Image], latent: Floats) -> list[Image]:
        identities = np.repeat(latent[None], len(crops), axis=0).astype(self._identity_element)
        if self._element == np.uint8:
            return self._run_on_pixels(crops, identities)
        planes = to_tensor(crops).astype(self._element, copy=False)
        feed = {self._picture: planes, self._identity: identities}
        (output,) = self._session.run(self._outputs, feed)
        shape = (len(crops), 3, self.side, self.side)
        check_shape(self._session, self._outputs[0], output, shape)
        check_finite(self._session, self._outputs[0], output)
        return list(to_pixels(output, 255))

    def _run_on_pixels(self, crops: Sequence[Image], identities: Floats) -> list[Image]:
        """Run a model that was rewritten with `Rewrite.PIXELS`."""
        feed: dict[str, Array] = {
            self._picture: np.stack(crops),
            self._identity: identities,
        }
        pixels, means = self._session.run([self._outputs[0], FINITE_OUTPUT], feed)
        shape = (len(crops), self.side, self.side, 3)
        check_shape(self._session, self._outputs[0], pixels, shape)
        check_finite(self._session, self._outputs[0], means)
        return list(pixels)


def _takes_several(session: RoutedSession, counts: Sequence[int | str | None]) -> bool:
    """Return whether a run may have any number of faces, by both file and route."""
    fixed = session.route.input_shape is not None
    return not fixed and not any(isinstance(count, int) for count in counts)


def identity_latent(embeddings: Sequence[Embedding], emap: Floats) -> Floats:
    """Return a person as inswapper's input, from one or more embeddings of the face.

    Args:
        embeddings: float32 (512,) each, from ArcFace; all photos count equally.
        emap: float32 (512, 512), from `dlc.model_store.skim.skim_emap`.

    Returns:
        float32 (512,) of unit length.

    Raises:
        ValueError: there are no embeddings.
        ModelError: an embedding, or its product with the matrix, is NaN, infinite or zero.
    """
    if not embeddings:
        raise ValueError("an identity needs at least one embedding")
    units = [_unit(embedding) for embedding in embeddings]
    return _unit(np.sum(units, axis=0, dtype=np.float32) @ emap)


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    if not 0 < length < np.inf:
        raise ModelError(
            "The source photos give no identity: an embedding is NaN, infinite or zero. Check the "
            "recognizer's and the swapper's files with `dlc models verify`, or try "
            "`provider='cpu'`."
        )
    unit: Floats = vector / np.float32(length)
    return unit
