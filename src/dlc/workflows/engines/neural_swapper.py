"""Opens the neural swapper, in half precision where that is known to give correct results."""

from __future__ import annotations

import logging
from pathlib import Path

from dlc.atomic_write import atomic_write_text
from dlc.errors import ProviderError
from dlc.graph.names import Rewrite
from dlc.inference.opening import open_prepared
from dlc.inference.output_check import probe_output
from dlc.inference.provider_cache import cache_key
from dlc.inference.provider_routes import in_single_precision, plain_cpu_route
from dlc.inference.route import Precision, Route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.sessions import open_session
from dlc.model_store.rewritten_files import RewrittenFiles, recorded_changes
from dlc.swapping.half_precision import why_not_half
from dlc.swapping.inswapper_model import InswapperModel

logger = logging.getLogger(__name__)

# Catalog name of the single-precision swapper that half precision is compared with.
SINGLE_PRECISION_SWAPPER = "inswapper_128"


def open_swapper(
    path: Path,
    single: Path | None,
    route: Route,
    files: RewrittenFiles,
    cache: Path,
    cpu: Route | None = None,
) -> RoutedSession:
    """Open the swapper on its route; in single precision if half precision is unusable here.

    Half precision is tried once per file, route and version of ONNX Runtime: some swaps are
    compared with the same swaps in single precision on the CPU.

    Args:
        path: the model's file, in either precision.
        single: its file in single precision, if that is a different file and installed.
        route: how to run it.
        files: where rewritten files are kept.
        cache: where providers keep what they compile, and results of trials are remembered.
        cpu: the route for falling back to the CPU; None runs the model there unchanged.

    Raises:
        ModelError: the file is damaged, or yields no pictures in half precision and there is no
            other.
        ProviderError: the requested provider cannot run the model.
    """
    cpu = cpu or plain_cpu_route(route.role, route.threads)
    session = open_prepared(path, route, cpu, files, cache, on_cpu=single)
    if session.fell_back or route.precision is Precision.FP32:
        return session
    prepared = Path(session.name)
    tried = cache / route.provider.value / f"{cache_key(prepared, route)}-half-precision-works"
    if _read(tried) == route.reason:
        return session
    converted = Rewrite.HALF.value in recorded_changes(prepared)
    reference = path if converted else single
    if reference is None:
        probe_output(session)
        problem = None
    else:
        problem = _problem(session, reference)
    if problem is None:
        _remember(tried, route.reason)
        return session
    logger.warning(
        "the swapper runs in single precision: in half precision %s on %s", problem, route.reason
    )
    # The GPU may have no room for both.
    del session
    # Without `reference` the check above would have raised.
    return open_prepared(reference or path, in_single_precision(route), cpu, files, cache)


def _problem(half: RoutedSession, reference: Path) -> str | None:
    single = open_session(reference, plain_cpu_route(half.route.role, half.route.threads))
    try:
        return why_not_half(InswapperModel(half), InswapperModel(single))
    except ProviderError as error:
        return f"it fails ({error})"


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except OSError:
        return None


def _remember(path: Path, reason: str) -> None:
    try:
        atomic_write_text(path, reason)
    except OSError as error:
        logger.info("%s cannot be written, so half precision is tried again: %s", path, error)
