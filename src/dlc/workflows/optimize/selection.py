"""Which models to rewrite."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dlc.errors import InputError, ModelError
from dlc.host.host import Host
from dlc.inference.route import Precision
from dlc.inference.router import choose_route
from dlc.media.files.failures import unreadable
from dlc.model_store.store import Check, ModelStore
from dlc.options import Provider
from dlc.path_kind import PathKind, kind_of


def named_models(models: Sequence[str], store: ModelStore) -> list[Path]:
    """Return the files of models given as files or by the names of `dlc models list`.

    Raises:
        InputError: a file does not exist.
        OptionError: no model has a name.
        ModelError: a model is not installed.
    """
    return [path for model in models for path in _find(model, store)]


def _find(model: str, store: ModelStore) -> list[Path]:
    path = Path(model)
    try:
        kind = kind_of(path)
    except OSError as error:
        raise unreadable(path, error) from error
    if kind is PathKind.FILE:
        return [path]
    if kind is PathKind.FOLDER or len(path.parts) > 1:
        raise InputError(f"no such file: {path}; give an ONNX file or a name of `dlc models list`")
    return [store.require(spec.name) for spec in store.catalog.select([model])]


def installed_models(host: Host, target: Provider, store: ModelStore) -> list[Path]:
    """Return the files of the installed models; of two precisions, only the one used here.

    Raises:
        ModelError: no model is installed.
    """
    found = {}
    for spec in store.catalog:
        path = store.whole(spec, Check.SIZE)
        if path is not None:
            found[spec.name] = (spec.role, path)
    unused = set()
    for name in found:
        half = f"{name}_fp16"
        if half in found:
            route = choose_route(found[name][0], host, threads=1)
            fits = target is not Provider.COREML and route.precision is Precision.FP16
            unused.add(name if fits else half)
    if not found:
        raise ModelError("no model is installed; `dlc models pull` downloads them, or name a file")
    return [path for name, (_, path) in found.items() if name not in unused]
