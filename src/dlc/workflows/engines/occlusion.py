"""Decides what keeps objects in front of a face visible."""

from __future__ import annotations

from dataclasses import replace

from dlc.errors import OptionError
from dlc.model_store.store import ModelStore
from dlc.options import Engine, MaskOptions, Occlusion

# The catalog's name.
OCCLUDER = "xseg_1"


def settled_masks(
    masks: MaskOptions, engine: Engine, store: ModelStore | None = None
) -> MaskOptions:
    """Return the masks with AUTO occlusion resolved.

    AUTO becomes the named model, on either engine. Without one, the built-in engine uses its
    own method, and the neural engine the installed model, or nothing if there is none.

    Args:
        masks: the user's choice.
        engine: the engine in use; never AUTO.
        store: the installed models; None are the user's.

    Raises:
        OptionError: the neural engine was asked for something that only the built-in engine has.
    """
    asked = masks.occlusion
    if asked is Occlusion.BUILT_IN and engine is not Engine.MESH:
        raise OptionError(
            f"`occlusion={asked.value!r}` is for the built-in engine; use `engine='mesh'`, or "
            f"`occlusion={Occlusion.MODEL.value!r}` with the model that "
            f"`dlc models pull {OCCLUDER}` downloads"
        )
    if asked is not Occlusion.AUTO:
        return masks
    return replace(masks, occlusion=_best(masks, engine, store))


def _best(masks: MaskOptions, engine: Engine, store: ModelStore | None) -> Occlusion:
    if masks.occluder_model is not None:
        return Occlusion.MODEL
    if engine is Engine.MESH:
        return Occlusion.BUILT_IN
    store = store or ModelStore.of_user()
    return Occlusion.OFF if store.find(OCCLUDER) is None else Occlusion.MODEL
