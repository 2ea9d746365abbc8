"""Where a provider caches what it compiled from a model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import onnxruntime

from dlc.inference.route import TENSORRT_ON, Route
from dlc.model_store.rewritten_files import recorded_key
from dlc.options import Provider


def cache_options(model: Path | bytes, route: Route, folder: Path) -> Mapping[str, str]:
    """Make the cache folder for a model on a route, and return the provider options to use it.

    CoreML does not validate its cache, so everything that changes the compiled model is part of the
    folder's name: the model, its input's shape, ONNX Runtime, and the provider's options.

    Args:
        model: the ONNX file, or its content. A rewritten file is identified by its key, which
            covers everything it was made from, any other file by its path, size and time.
        route: how it is run.
        folder: the folder for all models and providers.

    Returns:
        Options to add to those of the route's first provider; none if it compiles nothing to cache.
    """
    place = folder / route.provider.value / cache_key(model, route)
    if route.provider is Provider.COREML:
        options = {"ModelCacheDirectory": str(place)}
    elif route.provider is Provider.TENSORRT:
        options = {
            "trt_engine_cache_enable": TENSORRT_ON,
            "trt_engine_cache_path": str(place),
            "trt_timing_cache_enable": TENSORRT_ON,
            "trt_timing_cache_path": str(place),
        }
    else:
        return {}
    place.mkdir(parents=True, exist_ok=True)
    return options


def cache_key(model: Path | bytes, route: Route) -> str:
    """Return 32 hexadecimal digits that identify a model on a route."""
    if isinstance(model, Path):
        status = model.stat()
        place = f"{model.resolve()} {status.st_size} {status.st_mtime_ns}"
        identity = recorded_key(model) or place
    else:
        identity = hashlib.sha256(model).hexdigest()
    options = sorted(route.providers[0].options.items())
    facts = repr((identity, route.input_shape, onnxruntime.__version__, options))
    return hashlib.sha256(facts.encode()).hexdigest()[:32]
