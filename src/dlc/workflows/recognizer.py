"""Chooses an engine, or just a finder, that tells people apart wherever there is a recognizer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from dlc.errors import InputError
from dlc.faces.finder import FaceFinder
from dlc.faces.tracker import load_tracker
from dlc.host.detect import detect_host
from dlc.inference.prepared import prepared_model
from dlc.inference.route import Role
from dlc.inference.routed_session import RoutedSession
from dlc.inference.runtime import installed_runtime
from dlc.inference.sessions import open_session
from dlc.model_store.contracts import check_contract
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.spec import ModelRole
from dlc.model_store.store import ModelStore
from dlc.options import Engine, NeuralOptions
from dlc.workflows.effects import Appearance
from dlc.workflows.engine import EngineChoice, LoadedEngine, choose_engine
from dlc.workflows.neural_models import missing_models
from dlc.workflows.neural_routes import neural_routes
from dlc.workflows.result import ModelUse

_DETECTOR, _RECOGNIZER = "det_10g", "w600k_r50"


def choose_recognizing_engine(
    asked: Engine,
    neural: NeuralOptions,
    store: ModelStore | None = None,
    appearance: Appearance | None = None,
) -> EngineChoice:
    """Choose between the engines, as `choose_engine` does; the mesh engine recognizes, too.

    It does with the recognizer that was named or is installed.
    """
    store = store or ModelStore.of_user()
    missing = missing_models(neural, store)
    if asked is not Engine.MESH and not missing:
        return choose_engine(asked, neural, store, appearance)
    choice = choose_engine(asked, replace(neural, recognizer_model=None), store, appearance)
    if _RECOGNIZER in missing:
        return choice
    return replace(
        choice, load=lambda threads: _recognizing(choice.load(threads), neural, store, threads)
    )


@dataclass(frozen=True, slots=True, eq=False)
class PeopleScout:
    """What finds faces and, where it can, tells whose they are; it swaps nothing.

    Attributes:
        finder: finds faces, and their embeddings if it recognizes.
        recognizes: whether it does.
        models: by what its neural models are run.
    """

    finder: FaceFinder
    recognizes: bool
    models: tuple[ModelUse, ...]


def load_scout(neural: NeuralOptions, threads: int, store: ModelStore | None = None) -> PeopleScout:
    """Load the best there is: SCRFD where it is installed or named, and so the recognizer.

    Raises:
        InputError: a file that was named is not there.
        ModelError: a model is damaged, or no model for its purpose.
        ProviderError: the provider that was asked for does not run a model here.
    """
    from dlc.faces.analyzer import FaceAnalyzer
    from dlc.faces.arcface import ArcFaceRecognizer
    from dlc.faces.recognizing_finder import RecognizingFinder
    from dlc.faces.scrfd import ScrfdDetector

    store = store or ModelStore.of_user()
    missing = missing_models(neural, store)
    sessions: list[RoutedSession] = []
    recognizer = None
    if _RECOGNIZER not in missing:
        path = _file(neural.recognizer_model, ModelRole.RECOGNIZER, _RECOGNIZER, store)
        sessions.append(_open(path, Role.RECOGNIZER, neural, store, threads))
        recognizer = ArcFaceRecognizer(path, sessions[-1])
    finder: FaceFinder
    if _DETECTOR not in missing:
        path = _file(neural.detector_model, ModelRole.DETECTOR, _DETECTOR, store)
        sessions.append(_open(path, Role.DETECTOR, neural, store, threads))
        finder = FaceAnalyzer(ScrfdDetector(sessions[-1]), recognizer)
    else:
        finder = load_tracker()
        if recognizer is not None:
            finder = RecognizingFinder(finder, recognizer)
    return PeopleScout(finder, recognizer is not None, tuple(map(_use, sessions)))


def _recognizing(
    engine: LoadedEngine, neural: NeuralOptions, store: ModelStore, threads: int
) -> LoadedEngine:
    """Give the mesh engine a recognizer of what its finder finds."""
    # insightface takes a third of a second to import, which others need not wait for.
    from dlc.faces.arcface import ArcFaceRecognizer
    from dlc.faces.recognizing_finder import RecognizingFinder

    path = _file(neural.recognizer_model, ModelRole.RECOGNIZER, _RECOGNIZER, store)
    session = _open(path, Role.RECOGNIZER, neural, store, threads)
    recognizer = RecognizingFinder(engine.finder, ArcFaceRecognizer(path, session))
    return replace(engine, recognizer=recognizer, models=(*engine.models, _use(session)))


def _open(
    path: Path, role: Role, neural: NeuralOptions, store: ModelStore, threads: int
) -> RoutedSession:
    route = neural_routes(detect_host(installed_runtime()), neural.provider, threads)[role]
    rewritten = RewrittenFiles(store.folders.cache, store.digests)
    prepared = prepared_model(path, route, rewritten)
    return open_session(prepared, route, cache=store.folders.cache / "providers")


def _use(session: RoutedSession) -> ModelUse:
    route = session.route
    return ModelUse(route.role.value, Path(session.name).name, session.applied, route.reason)


def _file(named: Path | None, role: ModelRole, name: str, store: ModelStore) -> Path:
    if named is None:
        return store.require(name)
    if not named.is_file():
        raise InputError(f"no such file: {named}, which was named as the {role.value} model")
    check_contract(named, role)
    return named
