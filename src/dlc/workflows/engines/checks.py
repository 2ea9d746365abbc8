"""Checks of what is asked of engines and effects; they load neither."""

from __future__ import annotations

import math

from dlc.errors import OptionError
from dlc.options import EnhanceOptions, LookOptions, MaskOptions, Occlusion

_WITHOUT_MODEL = (Occlusion.BUILT_IN, Occlusion.OFF)


def check_effects(look: LookOptions, masks: MaskOptions) -> None:
    """Raise OptionError unless every value makes sense."""
    _check_look(look)
    _check_masks(masks)


def _check_look(look: LookOptions) -> None:
    shares = (
        ("opacity", look.opacity),
        ("sharpness", look.sharpness),
        ("smoothing", look.smoothing),
    )
    for name, share in shares:
        if share is not None and not 0 <= share <= 1:
            raise OptionError(f"`{name}` is {share:g}: give 0 to 1")


def _check_masks(masks: MaskOptions) -> None:
    if masks.occluder_model is not None and masks.occlusion in _WITHOUT_MODEL:
        raise OptionError(
            f"`occluder_model` has no effect with `occlusion={masks.occlusion.value!r}`; leave one "
            "of them out"
        )
    if masks.feather is not None and not 0 <= masks.feather <= 50:
        raise OptionError(f"the mask's feather is {masks.feather:g} %; give 0 to 50")
    if not all(math.isfinite(percent) and 0 <= percent < 100 for percent in masks.padding):
        shown = ",".join(f"{percent:g}" for percent in masks.padding)
        raise OptionError(f"the mask's padding is {shown} %; give 0 to less than 100 for each side")
    top, right, bottom, left = masks.padding
    if top + bottom >= 100 or left + right >= 100:
        raise OptionError(
            "the mask's padding leaves nothing of the face: top and bottom, and left and right, "
            "have to be less than 100 % together"
        )


def check_enhancing(options: EnhanceOptions | None) -> None:
    """Raise OptionError unless every value makes sense."""
    if options is None:
        return
    if not (math.isfinite(options.blend) and 0 <= options.blend <= 1):
        raise OptionError(f"the enhancer's blend is {options.blend:g}; give 0 to 1")
    if options.every is not None and options.every < 1:
        raise OptionError(f"the enhancer is to run every {options.every} frames; give at least 1")
