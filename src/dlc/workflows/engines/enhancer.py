"""Loads the enhancer that gives new faces finer detail: GFPGAN or GPEN."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

from dlc.enhancing.cadence import EnhanceCadence
from dlc.enhancing.enhancer import FaceEnhancer
from dlc.enhancing.model import EnhancerModel
from dlc.model_store.role import Role
from dlc.model_store.store import ModelStore
from dlc.options import EnhanceOptions, Enhancer, Provider
from dlc.workflows.engines.engine import EngineLoader, LoadedEngine
from dlc.workflows.engines.single_model import model_file, open_model
from dlc.workflows.result import ModelUse

# The catalog's names.
_MODELS = {
    Enhancer.GFPGAN: "GFPGANv1.4",
    Enhancer.GPEN256: "GPEN-BFR-256",
    Enhancer.GPEN512: "GPEN-BFR-512",
}


def with_enhancer(
    load: EngineLoader,
    options: EnhanceOptions | None,
    provider: Provider = Provider.AUTO,
    store: ModelStore | None = None,
    *,
    live: bool = False,
) -> EngineLoader:
    """Wrap an engine loader so that it also loads the requested enhancer, if any.

    The enhancer is the first effect, so that masks and colors see the detailed face.

    Args:
        load: loads the engine without it.
        options: the enhancer; None means no enhancer.
        provider: the provider to run its model.
        store: the installed models; None are the user's.
        live: whether frames have a deadline.
    """
    if options is None:
        return load
    opened = cache(partial(open_enhancer, options, provider, store or ModelStore.of_user()))
    every = options.every if live else options.every or 1
    blend = options.blend

    def load_both(threads: int) -> LoadedEngine:
        engine = load(threads)
        model, use = opened(threads)
        effect = FaceEnhancer(model, EnhanceCadence(every), blend)
        return replace(engine, effects=(effect, *engine.effects), models=(*engine.models, use))

    return load_both


def open_enhancer(
    options: EnhanceOptions, provider: Provider, store: ModelStore, threads: int
) -> tuple[EnhancerModel, ModelUse]:
    """Open a restoration model.

    Args:
        options: the model.
        provider: the provider to run it.
        store: the installed models, and the cache for files derived from them.
        threads: CPU threads it may use.

    Returns:
        The model, and which provider runs it.

    Raises:
        InputError: a named file does not exist.
        ModelError: the model is missing, damaged or not an enhancer; the message says what to do.
        ProviderError: the requested provider cannot run it here.
    """
    path = model_file(options.model, _MODELS[options.enhancer], Role.ENHANCER, store)
    session, use = open_model(path, Role.ENHANCER, provider, store, threads)
    return EnhancerModel(session), use
