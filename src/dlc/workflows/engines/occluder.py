"""Loads the model that tells what is in front of a face: XSeg, on its route."""

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
    """Return what loads an engine together with the occluder, if a model is to be it.

    It is the last of the effects: a face that is blended into the frame first does not take on the
    colors of what is in front of it, and an edge that was asked for follows the face's outline.

    Args:
        load: loads the engine alone.
        masks: from `settled_masks`.
        provider: what is to run the model.
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
    """Open the occluder that was named, or the one that is installed.

    Args:
        masks: the file that the user named, if one was.
        provider: what is to run it.
        store: the installed models, and the cache for what is made of them.
        threads: CPU threads it may use.

    Returns:
        The model, and by what it is run.

    Raises:
        InputError: a file that was named is not there.
        ModelError: the model is missing, damaged, or no occluder; the message tells what to do.
        ProviderError: the provider that was asked for does not run it here.
    """
    path = model_file(masks.occluder_model, OCCLUDER, Role.OCCLUDER, store)
    session, use = open_model(path, Role.OCCLUDER, provider, store, threads)
    return OccluderModel(session), use
