"""The effects the options ask for, in the order they apply to a new face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dlc.compositing.box_mask import Padding
from dlc.compositing.color_match import local_shift, overall_shift
from dlc.faces.finder import Needs
from dlc.options import BlendMethod, ColorMatch, Engine, LookOptions, MaskOptions
from dlc.swapping.effect import PatchEffect
from dlc.swapping.effects.box_mask import BoxMaskEffect
from dlc.swapping.effects.color import ColorEffect
from dlc.swapping.effects.mouth_mask import MouthMaskEffect
from dlc.swapping.effects.opacity import OpacityEffect
from dlc.swapping.effects.poisson import PoissonEffect
from dlc.swapping.effects.sharpness import SharpnessEffect

_MEASURES = {ColorMatch.LAB: overall_shift, ColorMatch.LOCAL: local_shift}


@dataclass(frozen=True, slots=True)
class Appearance:
    """How new faces look, and how much of the old ones stays (`masks`)."""

    look: LookOptions = field(default_factory=LookOptions)
    masks: MaskOptions = field(default_factory=MaskOptions)

    def effects(self, engine: Engine) -> tuple[PatchEffect, ...]:
        """Return new effects for an engine, which is never AUTO.

        Color matching and sharpening come first, on the whole face; then masks cut parts of it
        away, what is left is blended into the frame, and opacity comes last.
        """
        return tuple(_effects(self.look, self.masks, engine))


def _effects(look: LookOptions, masks: MaskOptions, engine: Engine) -> Iterator[PatchEffect]:
    if look.color_match is not ColorMatch.NONE:
        yield ColorEffect(_MEASURES[look.color_match])
    if look.sharpness > 0:
        yield SharpnessEffect(look.sharpness)
    if masks.feather is not None or any(masks.padding):
        padding = Padding(*(percent / 100 for percent in masks.padding))
        yield BoxMaskEffect(padding, None if masks.feather is None else masks.feather / 100)
    if masks.mouth:
        yield MouthMaskEffect(Needs.MESH if engine is Engine.MESH else Needs.LANDMARKS_106)
    if look.blend is BlendMethod.POISSON:
        yield PoissonEffect()
    if look.opacity < 1:
        yield OpacityEffect(look.opacity)
