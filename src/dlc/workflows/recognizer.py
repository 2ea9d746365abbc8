"""Chooses an engine, or just a finder, that tells people apart wherever there is a recognizer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from dlc.errors import InputError, OptionError
from dlc.faces.finder import FaceFinder, RecognizingFaceFinder
from dlc.faces.recognizer import Recognizer
from dlc.faces.recognizing_finder import RecognizingFinder
from dlc.faces.sface import SFaceRecognizer
from dlc.faces.tracker import load_tracker
from dlc.host.detect import detect_host
from dlc.inference.prepared import prepared_model
from dlc.inference.route import Role
from dlc.inference.routed_session import RoutedSession
from dlc.inference.runtime import installed_runtime
from dlc.inference.sessions import open_session
from dlc.model_store.contracts import check_contract, is_sface
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.skim import skim_io
from dlc.model_store.spec import ModelRole
from dlc.model_store.store import ModelStore
from dlc.options import Engine, NeuralOptions, Provider
from dlc.workflows.effects import Appearance
from dlc.workflows.engine import EngineChoice, LoadedEngine, choose_engine
from dlc.workflows.neural_routes import neural_routes
from dlc.workflows.result import ModelUse

# The catalogue's models; of recognizers the one to be preferred first. SFace is smaller, faster and
# free for any use, and the neural engine, which cannot do with it, is not meant here.
_DETECTOR, _RECOGNIZERS = "det_10g", ("sface", "w600k_r50")


def choose_recognizing_engine(
    asked: Engine,
    neural: NeuralOptions,
    store: ModelStore | None = None,
    appearance: Appearance | None = None,
    beside: Collection[ModelRole] = (),
) -> EngineChoice:
    """Choose between the engines, as `choose_engine` does; the mesh engine recognizes, too.

    It does with the recognizer that was named or is installed.
    """
    store = store or ModelStore.of_user()
    if not _has_recognizer(neural, store):
        return choose_engine(asked, neural, store, appearance, beside)
    beside = {*beside, ModelRole.RECOGNIZER}
    choice = choose_engine(asked, neural, store, appearance, beside)
    if choice.engine is not Engine.MESH:
        return choice
    return replace(
        choice, load=lambda threads: _recognizing(choice.load(threads), neural, store, threads)
    )


@dataclass(frozen=True, slots=True, eq=False)
class PeopleScout:
    """What finds faces and, where it can, tells whose they are; it swaps nothing.

    Attributes:
        finder: finds faces.
        recognizer: the same one, if it tells their embeddings, too.
        models: by what its neural models are run.
    """

    finder: FaceFinder
    recognizer: RecognizingFaceFinder | None
    models: tuple[ModelUse, ...]

    def similarity(self, asked: float | None) -> float | None:
        """Return the cosine from which faces are one person's; None where nothing can tell.

        Args:
            asked: what the user wants it to be; None is the recognizer's own.
        """
        if self.recognizer is None:
            return None
        return self.recognizer.similarity if asked is None else asked


def load_scout(neural: NeuralOptions, threads: int, store: ModelStore | None = None) -> PeopleScout:
    """Load the best there is: SCRFD where it is installed or named, and so a recognizer.

    Raises:
        OptionError: a provider was asked for, and there is no model for it to run.
        InputError: a file that was named is not there.
        ModelError: a model is damaged, or no model for its purpose.
        ProviderError: the provider that was asked for does not run a model here.
    """
    store = store or ModelStore.of_user()
    sessions: list[RoutedSession] = []
    finder: FaceFinder = load_tracker()
    if neural.detector_model is not None or store.find(_DETECTOR):
        from dlc.faces.analyzer import FaceAnalyzer
        from dlc.faces.scrfd import ScrfdDetector

        path = _file(neural.detector_model, ModelRole.DETECTOR, _DETECTOR, store)
        sessions.append(_open(path, Role.DETECTOR, neural, store, threads))
        finder = FaceAnalyzer(ScrfdDetector(sessions[0]))
    recognizing = None
    if _has_recognizer(neural, store):
        recognizer, session = _load_recognizer(neural, store, threads)
        sessions.append(session)
        finder = recognizing = RecognizingFinder(finder, recognizer)
    if not sessions and neural.provider not in (Provider.AUTO, Provider.CPU):
        raise OptionError(
            f"--provider {neural.provider} has nothing to run: neither a detector nor a recognizer "
            "is installed (`dlc models pull sface` installs one); leave the option out"
        )
    return PeopleScout(finder, recognizing, tuple(map(_use, sessions)))


def _has_recognizer(neural: NeuralOptions, store: ModelStore) -> bool:
    return neural.recognizer_model is not None or any(map(store.find, _RECOGNIZERS))


def _recognizing(
    engine: LoadedEngine, neural: NeuralOptions, store: ModelStore, threads: int
) -> LoadedEngine:
    """Give the mesh engine a recognizer of what its finder finds."""
    recognizer, session = _load_recognizer(neural, store, threads)
    recognizing = RecognizingFinder(engine.finder, recognizer)
    return replace(engine, recognizer=recognizing, models=(*engine.models, _use(session)))


def _load_recognizer(
    neural: NeuralOptions, store: ModelStore, threads: int
) -> tuple[Recognizer, RoutedSession]:
    """Load the recognizer that was named, or the best one that is installed."""
    installed = next(filter(store.find, _RECOGNIZERS), _RECOGNIZERS[0])
    path = _file(neural.recognizer_model, ModelRole.RECOGNIZER, installed, store)
    session = _open(path, Role.RECOGNIZER, neural, store, threads)
    if is_sface(skim_io(path)):
        return SFaceRecognizer(session), session
    # insightface takes a third of a second to import, which others need not wait for.
    from dlc.faces.arcface import ArcFaceRecognizer

    return ArcFaceRecognizer(path, session), session


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
    check_contract(named, role, name)
    return named
