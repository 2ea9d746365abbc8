"""Loads the neural engine: SCRFD, ArcFace and inswapper_128, each on its route."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from dlc.faces.analyzer import FaceAnalyzer
from dlc.faces.detection.scrfd import ScrfdDetector
from dlc.faces.finder import Needs
from dlc.faces.landmarks.landmarks_106 import Landmarker106
from dlc.faces.people.arcface import ArcFaceRecognizer
from dlc.faces.tracking.smoother import FaceSmoother, smoothing_options
from dlc.host.detect import detect_host
from dlc.host.findings import host_findings
from dlc.inference.prepared import prepared_model
from dlc.inference.provider_routes import cpu_route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.runtime import installed_runtime
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from dlc.model_store.skim import skim_emap
from dlc.model_store.store import ModelStore
from dlc.options import NeuralOptions
from dlc.swapping.inswapper import InswapperSwapper
from dlc.workflows.engines.engine import EngineLoader, LoadedEngine
from dlc.workflows.engines.neural_models import NeuralModels, find_models
from dlc.workflows.engines.neural_routes import neural_routes
from dlc.workflows.engines.neural_swapper import SINGLE_PRECISION_SWAPPER, open_swapper
from dlc.workflows.result import ModelUse

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """The models of the engine; they keep no state between frames."""

    files: NeuralModels
    detector: RoutedSession
    recognizer: RoutedSession
    swapper: RoutedSession
    landmarker: RoutedSession | None

    @property
    def uses(self) -> tuple[ModelUse, ...]:
        sessions = (self.detector, self.recognizer, self.swapper, self.landmarker)
        return tuple(_use(session) for session in sessions if session is not None)


def neural_loader(
    options: NeuralOptions,
    store: ModelStore,
    needs: Needs = Needs.NOTHING,
    smoothing: float | None = None,
    *,
    tilted: bool = False,
) -> EngineLoader:
    """Return a loader for an engine of the three models, plus 2d106det if needed.

    The models are opened with the first engine and shared by later ones: on a GPU, opening and
    capturing them takes long.

    Args:
        options: the models and their provider.
        store: the installed models, and the cache for what is made of them.
        needs: what effects need to know about target faces.
        smoothing: how much boxes and points are smoothed, 0 to 1; None means not at all.
        tilted: also search for sideways and upside-down faces.

    Returns:
        The loader, which raises InputError if a named file does not exist, ModelError for a model
        that is missing, damaged or wrong for its role, and ProviderError if the requested provider
        cannot run a model here.
    """
    opened = cache(partial(_open_models, options, store, needs))
    return lambda threads: _engine(opened(threads), options, smoothing, tilted=tilted)


def _open_models(options: NeuralOptions, store: ModelStore, needs: Needs, threads: int) -> _Opened:
    host = detect_host(installed_runtime())
    for finding in host_findings(host):
        logger.warning("%s", finding)
    routes = neural_routes(host, options.provider, threads)
    files = find_models(options, routes[Role.SWAPPER].precision, store, needs)
    compiled, rewritten = store.compiled, store.rewritten

    def load(path: Path, role: Role) -> RoutedSession:
        route = routes[role]
        return open_session(prepared_model(path, route, rewritten), route, cache=compiled)

    detector = load(files.detector, Role.DETECTOR)
    recognizer = load(files.recognizer, Role.RECOGNIZER)
    # A named file takes precedence over whatever is installed.
    single = store.find(SINGLE_PRECISION_SWAPPER) if options.swapper_model is None else None
    route = routes[Role.SWAPPER]
    cpu = cpu_route(Role.SWAPPER, host, route.threads)
    swapper = open_swapper(files.swapper, single, route, rewritten, compiled, cpu)
    landmarker = None if files.landmarker is None else load(files.landmarker, Role.LANDMARKER)
    return _Opened(files, detector, recognizer, swapper, landmarker)


def _engine(
    opened: _Opened, options: NeuralOptions, smoothing: float | None, *, tilted: bool
) -> LoadedEngine:
    """Make a fresh engine."""
    files = opened.files
    landmarker = None
    if files.landmarker is not None and opened.landmarker is not None:
        landmarker = Landmarker106(files.landmarker, opened.landmarker)
    boost = options.pixel_boost
    analyzer = FaceAnalyzer(
        ScrfdDetector(opened.detector),
        ArcFaceRecognizer(files.recognizer, opened.recognizer),
        landmarker,
        smoother=FaceSmoother(smoothing_options(smoothing)) if smoothing else None,
        tilted=tilted,
    )
    return LoadedEngine(
        finder=analyzer,
        recognizer=analyzer,
        swapper=InswapperSwapper(
            opened.swapper, skim_emap(files.swapper), None if boost is None else int(boost)
        ),
        models=opened.uses,
    )


def _use(session: RoutedSession) -> ModelUse:
    route = session.route
    return ModelUse(route.role.value, Path(session.name).name, session.applied, route.reason)
