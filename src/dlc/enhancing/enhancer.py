"""Enhances swapped faces on their way to the frame."""

from __future__ import annotations

import time
from collections.abc import Callable

from dlc.compositing.patch import Patch
from dlc.enhancing.alignment import ffhq_square
from dlc.enhancing.cadence import EnhanceCadence
from dlc.enhancing.detail import Detail
from dlc.enhancing.model import EnhancerModel
from dlc.enhancing.pose import nose_place
from dlc.enhancing.swapped_face import SwappedFace
from dlc.enhancing.track import EnhancedTrack
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels
from dlc.swapping.track_memory import TrackMemory


class FaceEnhancer:
    """Adds the detail of a restoration model to new faces; a `PatchEffect`.

    The model need not run for every frame of a face: in between, the detail it added last is
    carried over to the current swapped face.
    """

    name = "enhance"
    target_needs = Needs.NOTHING

    def __init__(
        self,
        model: EnhancerModel,
        cadence: EnhanceCadence,
        blend: float = 1.0,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Start with no history.

        Args:
            model: makes the detail.
            cadence: decides how often it runs.
            blend: how much of the detail to add, 0 to 1.
            clock: returns seconds, for measurements.
        """
        self._model = model
        self._cadence = cadence
        self._blend = blend
        self._clock = clock
        self._tracks = TrackMemory(EnhancedTrack)

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch with detail added where it is pasted.

        Raises:
            ModelError: the model's output is not a picture.
            ProviderError: the provider failed to run the model.
        """
        square = ffhq_square(face.points)
        if self._blend == 0 or square is None:
            return patch
        swapped = SwappedFace.of(frame, patch, square)
        return patch if swapped is None else self._enhanced(face, swapped)

    def _enhanced(self, face: Face, swapped: SwappedFace) -> Patch:
        began = self._clock()
        self._cadence.note_face(began)
        track = self._tracks.recall(face.track_id)
        nose = nose_place(face.points, swapped.square)
        detail = track.detail_for(nose, self._cadence.every)
        if detail is not None:
            patch = swapped.plus(detail.carried(swapped), self._blend)
            self._cadence.note_carry(self._clock() - began)
            return patch
        crop = swapped.crop(self._model.side)
        detail = Detail.of(swapped, crop, self._model.enhance(crop))
        track.keep(detail, nose)
        patch = swapped.plus(detail.placed(swapped), self._blend)
        self._cadence.note_model(self._clock() - began)
        return patch
