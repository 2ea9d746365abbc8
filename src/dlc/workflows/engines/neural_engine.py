"""Loads the neural engine: SCRFD, ArcFace and inswapper_128, each on its route."""

from __future__ import annotations

import logging
from pathlib import Path

from dlc.faces.analyzer import FaceAnalyzer
from dlc.faces.detection.scrfd import ScrfdDetector
from dlc.faces.detection.tilted_detector import TiltedDetector
from dlc.faces.finder import Needs
from dlc.faces.landmarks.landmarks_106 import Landmarker106
from dlc.faces.people.arcface import ArcFaceRecognizer
from dlc.faces.tracking.smoother import FaceSmoother, smoothing_options
from dlc.host.detect import detect_host
from dlc.host.findings import host_findings
from dlc.inference.prepared import prepared_model
from dlc.inference.provider_routes import cpu_route
from dlc.inference.route import Role
from dlc.inference.routed_session import RoutedSession
from dlc.inference.runtime import installed_runtime
from dlc.inference.sessions import open_session
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.skim import skim_emap
from dlc.model_store.store import ModelStore
from dlc.options import NeuralOptions
from dlc.swapping.inswapper import InswapperSwapper
from dlc.workflows.engines.engine import LoadedEngine
from dlc.workflows.engines.neural_models import find_models
from dlc.workflows.engines.neural_routes import neural_routes
from dlc.workflows.engines.neural_swapper import SINGLE_PRECISION_SWAPPER, open_swapper
from dlc.workflows.result import ModelUse

logger = logging.getLogger(__name__)


def load_neural_engine(
    options: NeuralOptions,
    store: ModelStore,
    threads: int,
    needs: Needs = Needs.NOTHING,
    smoothing: float | None = None,
) -> LoadedEngine:
    """Load the three models, and 2d106det if need be, and make the engine of them.

    Args:
        options: which models, and by what they are run.
        store: the installed models, and the cache for what is made of them.
        threads: CPU threads for all of them together.
        needs: what effects need of target faces.
        smoothing: how much boxes and points are steadied, 0 to 1; None does not at all.

    Raises:
        InputError: a file that was named is not there.
        ModelError: a model is missing, damaged, or no model for its purpose.
        ProviderError: the provider that was asked for does not run a model here.
    """
    host = detect_host(installed_runtime())
    for finding in host_findings(host):
        logger.warning("%s", finding)
    routes = neural_routes(host, options.provider, threads)
    models = find_models(options, routes[Role.SWAPPER].precision, store, needs)
    compiled = store.folders.cache / "providers"
    rewritten = RewrittenFiles(store.folders.cache, store.digests)

    def load(path: Path, role: Role) -> RoutedSession:
        route = routes[role]
        return open_session(prepared_model(path, route, rewritten), route, cache=compiled)

    detector = load(models.detector, Role.DETECTOR)
    recognizer = load(models.recognizer, Role.RECOGNIZER)
    # Whoever names a file means that one, whatever is installed.
    single = store.find(SINGLE_PRECISION_SWAPPER) if options.swapper_model is None else None
    route = routes[Role.SWAPPER]
    cpu = cpu_route(Role.SWAPPER, host, route.threads)
    swapper = open_swapper(models.swapper, single, route, rewritten, compiled, cpu)
    sessions = [detector, recognizer, swapper]
    landmarker = None
    if models.landmarker is not None:
        sessions.append(load(models.landmarker, Role.LANDMARKER))
        landmarker = Landmarker106(models.landmarker, sessions[-1])
    scrfd = ScrfdDetector(detector)
    boost = options.pixel_boost
    analyzer = FaceAnalyzer(
        TiltedDetector(scrfd.detect) if options.tilted else scrfd,
        ArcFaceRecognizer(models.recognizer, recognizer),
        landmarker,
        smoother=FaceSmoother(smoothing_options(smoothing)) if smoothing else None,
    )
    return LoadedEngine(
        finder=analyzer,
        recognizer=analyzer,
        swapper=InswapperSwapper(
            swapper, skim_emap(models.swapper), None if boost is None else int(boost)
        ),
        models=tuple(map(_use, sessions)),
    )


def _use(session: RoutedSession) -> ModelUse:
    route = session.route
    return ModelUse(route.role.value, Path(session.name).name, session.applied, route.reason)
