"""Chooses an engine that tells people apart, wherever there is a recognizer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dlc.errors import InputError
from dlc.host.detect import detect_host
from dlc.inference.prepared import prepared_model
from dlc.inference.route import Role
from dlc.inference.runtime import installed_runtime
from dlc.inference.sessions import open_session
from dlc.model_store.contracts import check_contract
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.spec import ModelRole
from dlc.model_store.store import ModelStore
from dlc.options import Engine, NeuralOptions
from dlc.workflows.effects import EffectMaker, no_effects
from dlc.workflows.engine import EngineChoice, LoadedEngine, choose_engine
from dlc.workflows.neural_models import missing_models
from dlc.workflows.neural_routes import neural_routes
from dlc.workflows.result import ModelUse

_RECOGNIZER = "w600k_r50"


def choose_recognizing_engine(
    asked: Engine,
    neural: NeuralOptions,
    store: ModelStore | None = None,
    effects: EffectMaker = no_effects,
) -> EngineChoice:
    """Choose between the engines, as `choose_engine` does; the mesh engine recognizes, too.

    It does with the recognizer that was named or is installed. Where there is none, its finder
    cannot tell people apart.
    """
    store = store or ModelStore.of_user()
    missing = missing_models(neural, store)
    if asked is not Engine.MESH and not missing:
        return choose_engine(asked, neural, store, effects)
    choice = choose_engine(asked, replace(neural, recognizer_model=None), store, effects)
    if _RECOGNIZER in missing:
        return choice
    return replace(
        choice, load=lambda threads: _recognizing(choice.load(threads), neural, store, threads)
    )


def _recognizing(
    engine: LoadedEngine, neural: NeuralOptions, store: ModelStore, threads: int
) -> LoadedEngine:
    """Add a recognizer to what the mesh engine's finder tells."""
    # insightface takes a third of a second to import, which others need not wait for.
    from dlc.faces.arcface import ArcFaceRecognizer
    from dlc.faces.recognizing_finder import RecognizingFinder

    path = _file(neural.recognizer_model, store)
    host = detect_host(installed_runtime())
    route = neural_routes(host, neural.provider, threads)[Role.RECOGNIZER]
    prepared = prepared_model(path, route, RewrittenFiles(store.folders.cache, store.digests))
    session = open_session(prepared, route, cache=store.folders.cache / "providers")
    use = ModelUse(Role.RECOGNIZER.value, path.name, session.applied, route.reason)
    finder = RecognizingFinder(engine.finder, ArcFaceRecognizer(path, session))
    return replace(engine, finder=finder, models=(*engine.models, use))


def _file(named: Path | None, store: ModelStore) -> Path:
    if named is None:
        return store.require(_RECOGNIZER)
    if not named.is_file():
        raise InputError(f"no such file: {named}, which was named as the recognizer model")
    check_contract(named, ModelRole.RECOGNIZER)
    return named
