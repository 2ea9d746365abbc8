"""Decides what keeps things in front of a face that come in front of it."""

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
    """Return the masks with an occlusion that is not AUTO.

    AUTO is a model that was named, on either engine. Otherwise it is what the mesh engine has built
    in, and with the neural engine the installed model, or nothing where there is none.

    Args:
        masks: what was asked for.
        engine: which engine does the work; never AUTO.
        store: the installed models; None are the user's.

    Raises:
        OptionError: what only the mesh engine has was asked of the neural one.
    """
    asked = masks.occlusion
    if asked is Occlusion.BUILT_IN and engine is not Engine.MESH:
        raise OptionError(
            f"`occlusion={asked.value!r}` is for the mesh engine; use `engine='mesh'`, or "
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
