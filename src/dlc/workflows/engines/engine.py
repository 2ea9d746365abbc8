"""Which swap engine does the work, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache

from dlc.errors import OptionError
from dlc.faces.finder import FaceFinder, RecognizingFaceFinder, all_needs
from dlc.faces.hands.hand_tracker import HandTracker, load_hand_tracker
from dlc.faces.tracking.smoother import smoothing_options
from dlc.faces.tracking.tracker import FaceTracker, TrackerOptions, load_tracker
from dlc.model_store.role import Role
from dlc.model_store.store import ModelStore
from dlc.options import Engine, NeuralOptions, Occlusion, Provider
from dlc.swapping.effect import PatchEffect
from dlc.swapping.mesh import MeshSwapper
from dlc.swapping.swapper import FaceSwapper
from dlc.workflows.engines.effects import Appearance
from dlc.workflows.engines.neural_models import missing_models, not_installed
from dlc.workflows.engines.occlusion import settled_masks
from dlc.workflows.result import ModelUse

_NEURAL_ROLES = (
    Role.SWAPPER,
    Role.DETECTOR,
    Role.RECOGNIZER,
    Role.LANDMARKER,
)


@dataclass(frozen=True, slots=True, eq=False)
class LoadedEngine:
    """A swapper, and the finder that tells it what it needs to know about faces.

    Attributes:
        finder: finds and describes faces.
        swapper: replaces them.
        recognizer: adds embeddings to the faces that `finder` found; None if nothing tells people
            apart.
        effects: applied in this order to what the swapper makes, before it is pasted.
        models: which provider runs each neural model; empty for the built-in engine.
    """

    finder: FaceFinder
    swapper: FaceSwapper
    recognizer: RecognizingFaceFinder | None = None
    effects: tuple[PatchEffect, ...] = ()
    models: tuple[ModelUse, ...] = ()


# Called with the number of CPU threads the engine may use. Every call returns a fresh engine; open
# models are reused, as they are stateless.
EngineLoader = Callable[[int], LoadedEngine]


@dataclass(frozen=True, slots=True, eq=False)
class EngineChoice:
    """The engine that does the work.

    Attributes:
        engine: never AUTO.
        reason: why it was chosen, in a few words.
        load: loads it.
    """

    engine: Engine
    reason: str
    load: EngineLoader


def choose_engine(
    asked: Engine,
    neural: NeuralOptions | None = None,
    store: ModelStore | None = None,
    appearance: Appearance | None = None,
    beside: Collection[Role] = (),
    *,
    tilted: bool = False,
) -> EngineChoice:
    """Choose an engine: the neural one wherever its models are available.

    Args:
        asked: the user's choice.
        neural: how to run the neural engine; None means the defaults.
        store: the installed models; None means the user's.
        appearance: how new faces are to look; None are the defaults.
        beside: models the run uses with either engine, such as an enhancer. Options that apply to
            them do not belong to the neural engine alone.
        tilted: also search for sideways and upside-down faces.

    Raises:
        ModelError: the neural engine was asked for, by name or by an option that only it has, and
            one of its models is missing; or only the model that an effect needs is missing.
        OptionError: such an option was given with the built-in engine.
    """
    neural = neural or NeuralOptions()
    store = store or ModelStore.of_user()
    appearance = appearance or Appearance()
    if asked is Engine.MESH:
        _refuse(_only_neural(neural, beside))
        return _mesh("as asked", appearance, tilted=tilted)
    missing = missing_models(neural, store)
    if not missing:
        reason = "as asked" if asked is Engine.INSWAPPER else "its models are there"
        return _neural(reason, neural, store, appearance, tilted=tilted)
    if asked is Engine.INSWAPPER or _only_neural(neural, beside):
        raise not_installed(missing)
    reason = f"built in; the neural one needs {', '.join(missing)}"
    return _mesh(reason, appearance, tilted=tilted)


def load_mesh_engine(
    appearance: Appearance | None = None,
    tracker: FaceTracker | None = None,
    hands: HandTracker | None = None,
) -> LoadedEngine:
    """Load the built-in engine.

    Args:
        appearance: how new faces are to look; None are the defaults.
        tracker: finds the faces; None loads one.
        hands: finds the hands in front of them, if these are to be kept there; None loads one.

    Raises:
        ModelError: one of its files is missing or damaged.
    """
    appearance = appearance or Appearance()
    occlusion = settled_masks(appearance.masks, Engine.MESH).occlusion
    if occlusion is Occlusion.BUILT_IN:
        swapper = MeshSwapper(hands=hands or load_hand_tracker())
    else:
        swapper = MeshSwapper(keep_covers=False)
    effects = appearance.effects(Engine.MESH)
    return LoadedEngine(tracker or _mesh_tracker(appearance), swapper, effects=effects)


def _mesh_tracker(appearance: Appearance, *, tilted: bool = False) -> FaceTracker:
    options = TrackerOptions(tilted=tilted)
    smoothing = appearance.look.smoothing
    if smoothing is not None:
        options = replace(options, smoothing=smoothing_options(smoothing))
    return load_tracker(options)


def _mesh(reason: str, appearance: Appearance, *, tilted: bool) -> EngineChoice:
    @cache
    def tracker() -> FaceTracker:
        return _mesh_tracker(appearance, tilted=tilted)

    hands = cache(load_hand_tracker)

    def load(threads: int) -> LoadedEngine:
        del threads
        return load_mesh_engine(appearance, tracker().another(), hands().another())

    return EngineChoice(Engine.MESH, reason, load)


def _neural(
    reason: str,
    neural: NeuralOptions,
    store: ModelStore,
    appearance: Appearance,
    *,
    tilted: bool,
) -> EngineChoice:
    effects = appearance.effects(Engine.INSWAPPER)
    needs = all_needs(effect.target_needs for effect in effects)
    missing = missing_models(neural, store, needs)
    if missing:
        raise not_installed(missing)

    @cache
    def loader() -> EngineLoader:
        # insightface takes a third of a second to import; do not make the built-in engine wait.
        from dlc.workflows.engines.neural_engine import neural_loader

        return neural_loader(neural, store, needs, appearance.look.smoothing, tilted=tilted)

    def load(threads: int) -> LoadedEngine:
        # Effects remember faces, so each engine needs its own.
        return replace(loader()(threads), effects=appearance.effects(Engine.INSWAPPER))

    return EngineChoice(Engine.INSWAPPER, reason, load)


def _only_neural(neural: NeuralOptions, beside: Collection[Role]) -> list[str]:
    """Return the given options that have no meaning for a run with the built-in engine."""
    given = [
        f"`{role}_model`"
        for role in _NEURAL_ROLES
        if role not in beside and getattr(neural, f"{role}_model") is not None
    ]
    if neural.provider not in (Provider.AUTO, Provider.CPU) and not beside:
        given.append(f"`provider={neural.provider.value!r}`")
    if neural.pixel_boost is not None:
        given.append(f"`pixel_boost={neural.pixel_boost.value!r}`")
    return given


def _refuse(given: list[str]) -> None:
    if given:
        verb = "is" if len(given) == 1 else "are"
        raise OptionError(
            f"{' and '.join(given)} {verb} for the neural engine; the built-in engine has models "
            "of its own, which run on the CPU: leave the option out, or use `engine='inswapper'`"
        )
