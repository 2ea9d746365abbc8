"""The file used to run a model on a route."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from dlc.errors import ModelError, WriteError
from dlc.graph.names import Rewrite
from dlc.inference.provider_routes import usual_input_shape
from dlc.inference.route import Route
from dlc.model_store.rewritten_files import RewrittenFiles, recorded_key
from dlc.model_store.skim import skim_defaults

logger = logging.getLogger(__name__)

# Without these, a model also runs, only slower.
_DISPENSABLE = {Rewrite.WINOGRAD}


def prepared_model(path: Path, route: Route, files: RewrittenFiles) -> Path:
    """Return a model's file as its route needs it: rewritten, if the route asks for that.

    On any route, a file that lists its weights among its inputs is rewritten too: nothing runs such
    a graph well, and the route does not know which file is used for a role. If that rewrite or one
    that only saves time fails, the original is used, with a warning.

    The file is made on first use, checked against the original on the CPU and cached, so that this
    happens once per model and machine. If it cannot be cached, the original is used, with a
    warning.

    Args:
        path: the model's file.
        route: how it will be run, from `dlc.inference.router`.
        files: where rewritten files are kept.

    Returns:
        The rewritten file, or `path` if there is nothing to rewrite.

    Raises:
        ModelError: the file is missing or damaged, or the route requires rewrites and the model
            does not run on the CPU.
    """
    if recorded_key(path) is not None or not (route.rewrites or skim_defaults(path)):
        return path
    try:
        return _rewritten(path, route, files)
    except WriteError as error:
        logger.warning("%s is not rewritten for %s: %s", path, route.provider, error)
        return path
    except ModelError as error:
        if set(route.rewrites) - _DISPENSABLE:
            raise
        logger.warning("%s is not rewritten and runs slower for it: %s", path, error)
        return path


def _rewritten(path: Path, route: Route, files: RewrittenFiles) -> Path:
    # This imports onnx, which takes a tenth of a second, and most runs rewrite nothing.
    from dlc.inference.rewriting import plan_rewrites, rewrite

    # Results are compared at this size even if the route leaves it open.
    shape = route.input_shape or usual_input_shape(route.role)
    side = None if shape is None else shape[-1]
    began = time.perf_counter()
    plan = plan_rewrites(path, route.provider, files, side=side, wanted=route.rewrites)
    made = files.lookup(plan.entry) is None
    result = rewrite(plan, files, threads=route.threads)
    if made:
        seconds = time.perf_counter() - began
        done = ", ".join(result.changes) or "nothing to do"
        logger.info("%s for %s: %s (%.1f s, once)", path.name, route.provider, done, seconds)
    return result.path
