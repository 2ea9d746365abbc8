"""The `optimize_models` function: rewrite models for the provider that runs them here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from dlc.errors import ModelError, OptionError
from dlc.graph.names import Rewrite
from dlc.graph.stored_weights import read_without_kernels
from dlc.host.detect import available_cpus, detect_host
from dlc.host.host import Host
from dlc.inference.provider_routes import (
    computes_half_precision,
    cpu_rewrites,
    cuda_rewrites,
    tensorrt_rewrites,
)
from dlc.inference.rewriting import plan_rewrites, rewrite
from dlc.inference.router import choose_route
from dlc.inference.runtime import installed_runtime
from dlc.model_store.contracts import check_contract
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.role import Role
from dlc.model_store.store import ModelStore
from dlc.options import OptimizeOptions, Provider
from dlc.workflows.optimize.counting import count
from dlc.workflows.optimize.report import ModelReport, OptimizeReport, State
from dlc.workflows.optimize.selection import installed_models, named_models

_TARGETS = (
    Provider.AUTO,
    Provider.COREML,
    Provider.CUDA,
    Provider.TENSORRT,
    Provider.CPU,
)
# Detectors need pictures whose sides are multiples of their largest stride.
_STRIDE, _LARGEST_SIDE = 32, 4096


def optimize_models(
    models: Sequence[str] = (),
    options: OptimizeOptions | None = None,
    *,
    store: ModelStore | None = None,
    release: tuple[int, int] | None = None,
) -> OptimizeReport:
    """Rewrite models for the provider that runs them here, check the results, and cache them.

    Args:
        models: files, or names as `dlc models list` calls them; none means every installed model
            that this machine would use.
        options: what to do; None means the defaults.
        store: the installed models; None means the user's.
        release: major and minor version of the ONNX Runtime to plan for; None means the installed
            one.

    Raises:
        InputError: a file does not exist.
        ModelError: a file is not a model that can be rewritten, or no model is installed.
        OptionError: an option makes no sense, or no model has a name.
        WriteError: the cache cannot be written.
    """
    options = options or OptimizeOptions()
    _check(options)
    store = store or ModelStore.of_user()
    host = detect_host(installed_runtime())
    target = _target(options.target, host)
    paths = named_models(models, store) or installed_models(host, target, store)
    release = release or host.runtime.release
    reports = [
        _optimize(path, target, options, store.rewritten, release, host)
        for path in dict.fromkeys(paths)
    ]
    return OptimizeReport(target, host.runtime.version, tuple(reports))


def _check(options: OptimizeOptions) -> None:
    if options.target not in _TARGETS:
        names = ", ".join(_TARGETS)
        raise OptionError(f"`target` is {options.target}: give one of {names}")
    size = options.input_size
    if size % _STRIDE or not _STRIDE <= size <= _LARGEST_SIDE:
        raise OptionError(
            f"`input_size` is {size}: give a multiple of {_STRIDE}, at most {_LARGEST_SIDE}"
        )


def _target(asked: Provider, host: Host) -> Provider:
    if asked is not Provider.AUTO:
        return asked
    chosen = choose_route(Role.SWAPPER, host, threads=1).provider
    return chosen if chosen in _TARGETS else Provider.CPU


def _optimize(
    path: Path,
    target: Provider,
    options: OptimizeOptions,
    files: RewrittenFiles,
    release: tuple[int, int],
    host: Host,
) -> ModelReport:
    began = time.perf_counter()
    plan = plan_rewrites(
        path,
        target,
        files,
        side=options.input_size,
        wanted=_wanted(path, target, host),
        everything=options.everything,
        release=release,
    )
    there = files.lookup(plan.entry) is not None and not options.force
    if options.check and not there:
        made = None
        graph, changes = plan.apply()
    else:
        made = rewrite(plan, files, threads=available_cpus(), force=options.force)
        graph, changes = read_without_kernels(made.path), dict(made.changes)
    ask = options.measure
    return ModelReport(
        source=path,
        state=_state(bool(changes), there=there, check=options.check),
        changes=changes,
        dropped=made.dropped if made else (),
        before=count(plan, plan.model, release, path if ask else None),
        after=count(plan, graph, release, made.path if made and ask else None),
        difference=made.difference if made and changes else None,
        seconds=time.perf_counter() - began,
        path=made.path if made else None if changes else path,
    )


def _wanted(path: Path, target: Provider, host: Host) -> tuple[Rewrite, ...]:
    """Return what helps a model on a target; the model's inputs and outputs give away its role."""
    for role in (Role.SWAPPER, Role.ENHANCER):
        try:
            check_contract(path, role)
        except ModelError:
            continue
        return _rewrites(role, target, host)
    return ()


def _rewrites(role: Role, target: Provider, host: Host) -> tuple[Rewrite, ...]:
    if target is Provider.CPU:
        return cpu_rewrites(role, host)
    if target is Provider.CUDA:
        return cuda_rewrites(role, half=_half_precision(host))
    if target is Provider.TENSORRT:
        return tensorrt_rewrites(role)
    return ()


def _half_precision(host: Host) -> bool:
    """Return whether CUDA files should be in half precision: unless this GPU cannot compute it."""
    best = host.nvidia.best
    return best is None or computes_half_precision(host.nvidia.gpus[best])


def _state(changes: bool, *, there: bool, check: bool) -> State:
    if not changes:
        return State.NOTHING_TO_DO
    if there:
        return State.CURRENT
    return State.TO_DO if check else State.MADE
