"""Loads XSeg, the model that finds what is in front of a face."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

from dlc.model_store.role import Role
from dlc.model_store.store import ModelStore
from dlc.options import MaskOptions, Occlusion, Provider
from dlc.swapping.effects.occlusion import OcclusionEffect
from dlc.swapping.occluder_model import OccluderModel
from dlc.workflows.engines.engine import EngineLoader, LoadedEngine
from dlc.workflows.engines.occlusion import OCCLUDER
from dlc.workflows.engines.single_model import model_file, open_model
from dlc.workflows.result import ModelUse


def with_occluder(
    load: EngineLoader,
    masks: MaskOptions,
    provider: Provider = Provider.AUTO,
    store: ModelStore | None = None,
) -> EngineLoader:
    """Wrap an engine loader so that it also loads the occluder model, if there is one.

    The occluder is the last effect, after blending, so that the face does not take on the colors of
    what is in front of it, and a requested edge follows the face's outline.

    Args:
        load: loads the engine without it.
        masks: from `settled_masks`.
        provider: the provider to run the model.
        store: the installed models; None are the user's.
    """
    if masks.occlusion is not Occlusion.MODEL:
        return load
    opened = cache(partial(open_occluder, masks, provider, store or ModelStore.of_user()))

    def load_both(threads: int) -> LoadedEngine:
        engine = load(threads)
        model, use = opened(threads)
        effects = (*engine.effects, OcclusionEffect(model))
        return replace(engine, effects=effects, models=(*engine.models, use))

    return load_both


def open_occluder(
    masks: MaskOptions, provider: Provider, store: ModelStore, threads: int
) -> tuple[OccluderModel, ModelUse]:
    """Open the named occluder, or the installed one.

    Args:
        masks: these hold the file that the user named, if any.
        provider: the provider to run it.
        store: the installed models, and the cache for files derived from them.
        threads: CPU threads it may use.

    Returns:
        The model, and which provider runs it.

    Raises:
        InputError: a named file does not exist.
        ModelError: the model is missing, damaged or not an occluder; the message says what to do.
        ProviderError: the requested provider cannot run it here.
    """
    path = model_file(masks.occluder_model, OCCLUDER, Role.OCCLUDER, store)
    session, use = open_model(path, Role.OCCLUDER, provider, store, threads)
    return OccluderModel(session), use
