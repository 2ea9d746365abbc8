"""Chooses an engine, or just a finder, that tells people apart if there is a recognizer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache, partial

from dlc.errors import ModelError, OptionError
from dlc.faces.finder import FaceFinder, RecognizingFaceFinder
from dlc.faces.people.recognizer import Recognizer
from dlc.faces.people.recognizing_finder import RecognizingFinder
from dlc.faces.people.sface import SFaceRecognizer
from dlc.faces.tracking.tracker import TrackerOptions, load_tracker
from dlc.model_store.contracts import is_sface
from dlc.model_store.role import Role
from dlc.model_store.skim import skim_io
from dlc.model_store.store import ModelStore
from dlc.options import Engine, NeuralOptions, Provider
from dlc.workflows.engines.effects import Appearance
from dlc.workflows.engines.engine import EngineChoice, LoadedEngine, choose_engine
from dlc.workflows.engines.single_model import model_file, open_model
from dlc.workflows.result import ModelUse

# The catalog's models; recognizers in order of preference. SFace is smaller, faster and free for
# any use. The neural engine cannot work with it, but this list is not for that engine.
_DETECTOR, _RECOGNIZERS = "det_10g", ("sface", "w600k_r50")


def choose_recognizing_engine(
    asked: Engine,
    neural: NeuralOptions,
    store: ModelStore | None = None,
    appearance: Appearance | None = None,
    beside: Collection[Role] = (),
    *,
    tilted: bool = False,
) -> EngineChoice:
    """Choose an engine as `choose_engine` does, but let the built-in engine recognize people too.

    It uses the named or installed recognizer.
    """
    store = store or ModelStore.of_user()
    if not _has_recognizer(neural, store):
        return choose_engine(asked, neural, store, appearance, beside, tilted=tilted)
    beside = {*beside, Role.RECOGNIZER}
    choice = choose_engine(asked, neural, store, appearance, beside, tilted=tilted)
    if choice.engine is not Engine.MESH:
        return choice
    opened = cache(partial(_load_recognizer, neural, store))
    return replace(
        choice, load=lambda threads: _recognizing(choice.load(threads), *opened(threads))
    )


@dataclass(frozen=True, slots=True, eq=False)
class PeopleScout:
    """Finds faces and, where possible, recognizes them; it swaps nothing.

    Attributes:
        finder: finds faces.
        recognizer: the same object, if it also computes embeddings.
        models: which provider runs each of its neural models.
    """

    finder: FaceFinder
    recognizer: RecognizingFaceFinder | None
    models: tuple[ModelUse, ...]

    def similarity(self, asked: float | None) -> float | None:
        """Return the cosine from which two faces are the same person; None without a recognizer.

        Args:
            asked: the user's choice; None means the recognizer's own.

        Raises:
            ModelError: a similarity was chosen, and there is no recognizer to measure it.
        """
        if self.recognizer is None:
            check_measurable(asked)
            return None
        return self.recognizer.similarity if asked is None else asked


def load_scout(
    neural: NeuralOptions, threads: int, store: ModelStore | None = None, *, tilted: bool = False
) -> PeopleScout:
    """Load the best finder available: SCRFD and a recognizer where installed or named.

    Args:
        neural: the models and their provider.
        threads: CPU threads they may use.
        store: the installed models; None are the user's.
        tilted: also search for sideways and upside-down faces.

    Raises:
        OptionError: a provider was requested, and there is no model for it to run.
        InputError: a named file does not exist.
        ModelError: a model is damaged or wrong for its role.
        ProviderError: the requested provider cannot run a model here.
    """
    store = store or ModelStore.of_user()
    uses: list[ModelUse] = []
    finder: FaceFinder = load_tracker(TrackerOptions(tilted=tilted))
    if neural.detector_model is not None or store.find(_DETECTOR):
        from dlc.faces.analyzer import FaceAnalyzer
        from dlc.faces.detection.scrfd import ScrfdDetector

        path = model_file(neural.detector_model, _DETECTOR, Role.DETECTOR, store)
        session, use = open_model(path, Role.DETECTOR, neural.provider, store, threads)
        finder = FaceAnalyzer(ScrfdDetector(session), tilted=tilted)
        uses.append(use)
    recognizing = None
    if _has_recognizer(neural, store):
        recognizer, use = _load_recognizer(neural, store, threads)
        uses.append(use)
        finder = recognizing = RecognizingFinder(finder, recognizer)
    if not uses and neural.provider not in (Provider.AUTO, Provider.CPU):
        raise OptionError(
            f"`provider={neural.provider.value!r}` has nothing to run: neither a detector nor a "
            "recognizer is installed (`dlc models pull sface` installs one); leave the option out"
        )
    return PeopleScout(finder, recognizing, tuple(uses))


def check_measurable(similarity: float | None) -> None:
    """Refuse a similarity where there is no recognizer, as nobody would be judged by it.

    Raises:
        ModelError: one was chosen.
    """
    if similarity is not None:
        raise ModelError(
            f"nothing is installed that measures how alike faces are, so `similarity={similarity}` "
            "has no effect: `dlc models pull sface` installs a recognizer, `recognizer_model` "
            "names one; or leave the option out"
        )


def _has_recognizer(neural: NeuralOptions, store: ModelStore) -> bool:
    return neural.recognizer_model is not None or any(map(store.find, _RECOGNIZERS))


def _recognizing(engine: LoadedEngine, recognizer: Recognizer, use: ModelUse) -> LoadedEngine:
    """Give the built-in engine a recognizer for the faces its finder finds."""
    recognizing = RecognizingFinder(engine.finder, recognizer)
    return replace(engine, recognizer=recognizing, models=(*engine.models, use))


def _load_recognizer(
    neural: NeuralOptions, store: ModelStore, threads: int
) -> tuple[Recognizer, ModelUse]:
    """Load the named recognizer, or the best installed one."""
    installed = next(filter(store.find, _RECOGNIZERS), _RECOGNIZERS[0])
    path = model_file(neural.recognizer_model, installed, Role.RECOGNIZER, store)
    session, use = open_model(path, Role.RECOGNIZER, neural.provider, store, threads)
    if is_sface(skim_io(path)):
        return SFaceRecognizer(session), use
    # insightface takes a third of a second to import; do not make others wait.
    from dlc.faces.people.arcface import ArcFaceRecognizer

    return ArcFaceRecognizer(path, session), use
