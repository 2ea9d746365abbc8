"""Rewrites models for the provider that runs them here, and reports the gain."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dlc.errors import InputError, ModelError, OptionError
from dlc.graph.coreml.partitions import Partitioning, UnsupportedNode, predict_partitions
from dlc.graph.names import Rewrite
from dlc.graph.stored_weights import Model, read_without_kernels
from dlc.host.detect import available_cpus, detect_host
from dlc.host.host import Host
from dlc.inference.basic_graph import basic_optimized
from dlc.inference.measured import measured_partitions
from dlc.inference.provider_routes import (
    computes_half_precision,
    cpu_rewrites,
    cuda_rewrites,
)
from dlc.inference.rewriting import RewritePlan, Rewritten, plan_rewrites, rewrite
from dlc.inference.route import Precision, Route
from dlc.inference.router import choose_route
from dlc.inference.runtime import installed_runtime
from dlc.model_store.contracts import check_contract
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.role import Role
from dlc.model_store.store import Check, ModelStore
from dlc.options import Provider

_TARGETS = (Provider.AUTO, Provider.COREML, Provider.CUDA, Provider.CPU)
# Detectors need pictures whose sides are multiples of their largest stride.
_STRIDE, _LARGEST_SIDE = 32, 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeOptions:
    """Options of `optimize_models`.

    Attributes:
        target: what to rewrite models for: COREML, CUDA, CPU, or AUTO for what this machine has.
        input_size: height and width, in pixels, of a model's input where it leaves them open.
        check: rewrite nothing, and only report what would be done.
        force: rewrite even what is up to date.
        everything: also do what this machine does not need.
        measure: ask ONNX Runtime itself how it partitions the graphs; only possible on a Mac.
    """

    target: Provider = Provider.AUTO
    input_size: int = 640
    check: bool = False
    force: bool = False
    everything: bool = False
    measure: bool = False


class State(StrEnum):
    """What became of a model."""

    NOTHING_TO_DO = "nothing to do"
    CURRENT = "current"
    """The rewritten file was there."""
    MADE = "made"
    TO_DO = "to do"
    """The rewritten file is missing or out of date, and was only to be checked."""


@dataclass(frozen=True, slots=True)
class Count:
    """A graph in numbers.

    Attributes:
        nodes: number of nodes in the file.
        partitions: predicted number of CoreML partitions; None for other targets.
        measured: number of partitions that ONNX Runtime made; None if it was not asked.
        unsupported: nodes that CoreML leaves to the CPU.
    """

    nodes: int
    partitions: int | None = None
    measured: int | None = None
    unsupported: tuple[UnsupportedNode, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What was done to one model.

    Attributes:
        source: its file.
        state: what became of it.
        changes: what each pass rewrote, in numbers.
        dropped: passes left out because they changed the results.
        before: the original graph.
        after: the rewritten graph.
        difference: of the results, relative to the output's largest value; None if nothing was
            compared.
        seconds: time taken.
        path: the file to use; None if it is yet to be made.
    """

    source: Path
    state: State
    changes: Mapping[str, int]
    dropped: tuple[str, ...]
    before: Count
    after: Count
    difference: float | None
    seconds: float
    path: Path | None


@dataclass(frozen=True, slots=True)
class OptimizeReport:
    """The outcome of `optimize_models`.

    Attributes:
        target: what models were rewritten for.
        runtime: the version of ONNX Runtime they are for.
        models: one report for each model.
    """

    target: Provider
    runtime: str
    models: tuple[ModelReport, ...]

    @property
    def current(self) -> bool:
        """Whether there is nothing left to do."""
        return all(model.state is not State.TO_DO for model in self.models)


def optimize_models(
    models: Sequence[str] = (),
    options: OptimizeOptions = OptimizeOptions(),
    *,
    store: ModelStore | None = None,
    release: tuple[int, int] | None = None,
) -> OptimizeReport:
    """Rewrite models for the provider that runs them here, check the results, and cache them.

    Args:
        models: files, or names as `dlc models list` calls them; none means every installed model
            that this machine would use.
        options: what to do.
        store: the installed models; None means the user's.
        release: major and minor version of the ONNX Runtime to plan for; None means the installed
            one.

    Raises:
        InputError: a file does not exist.
        ModelError: a file is not a model that can be rewritten, or no model is installed.
        OptionError: an option makes no sense, or no model has a name.
        WriteError: the cache cannot be written.
    """
    _check(options)
    store = store or ModelStore.of_user()
    host = detect_host(installed_runtime())
    target = _target(options.target, host)
    named = [path for model in models for path in _find(model, store)]
    paths = named or _installed(host, target, store)
    files = RewrittenFiles(store.folders.cache, store.digests)
    release = release or host.runtime.release
    reports = [
        _optimize(path, target, options, files, release, host) for path in dict.fromkeys(paths)
    ]
    return OptimizeReport(target, host.runtime.version, tuple(reports))


def _check(options: OptimizeOptions) -> None:
    if options.target not in _TARGETS:
        names = ", ".join(_TARGETS)
        raise OptionError(f"target is {options.target}; give one of {names}")
    size = options.input_size
    if size % _STRIDE or not _STRIDE <= size <= _LARGEST_SIDE:
        raise OptionError(
            f"input_size is {size}; give a multiple of {_STRIDE} from {_STRIDE} to {_LARGEST_SIDE}"
        )


def _target(asked: Provider, host: Host) -> Provider:
    if asked is not Provider.AUTO:
        return asked
    chosen = choose_route(Role.SWAPPER, host, threads=1).provider
    if chosen is Provider.TENSORRT:
        return Provider.CUDA
    return chosen if chosen in _TARGETS else Provider.CPU


def _find(model: str, store: ModelStore) -> list[Path]:
    path = Path(model)
    if path.is_file():
        return [path]
    if path.is_dir() or len(path.parts) > 1:
        raise InputError(f"no such file: {path}; give an ONNX file or a name of `dlc models list`")
    return [store.require(spec.name) for spec in store.catalog.select([model])]


def _installed(host: Host, target: Provider, store: ModelStore) -> list[Path]:
    """Return the files of the installed models; of two precisions, only the one used here."""
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
    planned, changes = plan.apply()
    there = files.lookup(plan.entry) is not None
    result = None
    if there or not options.check:
        force = options.force and not options.check
        result = rewrite(plan, files, threads=available_cpus(), force=force)
        changes = dict(result.changes)
    state = _state(bool(changes), there=there and not options.force, check=options.check)
    after = plan.model if not changes else planned
    if result is not None and result.dropped and changes:
        after = _read(result)
    return ModelReport(
        source=path,
        state=state,
        changes=changes,
        dropped=result.dropped if result else (),
        before=_count(plan, plan.model, path, options, release),
        after=_count(plan, after, result.path if result else None, options, release),
        difference=result.difference if result and changes else None,
        seconds=time.perf_counter() - began,
        path=_usable(plan, result, state),
    )


def _half_precision(host: Host) -> bool:
    """Return whether CUDA files should be in half precision: unless this GPU cannot compute it."""
    best = host.nvidia.best
    return best is None or computes_half_precision(host.nvidia.gpus[best])


def _wanted(path: Path, target: Provider, host: Host) -> tuple[Rewrite, ...]:
    """Return what helps a model on a target; the model's inputs and outputs give away its role."""
    if target not in (Provider.CPU, Provider.CUDA):
        return ()
    for role in (Role.SWAPPER, Role.ENHANCER):
        try:
            check_contract(path, role)
        except ModelError:
            continue
        if target is Provider.CPU:
            return cpu_rewrites(role, host)
        return cuda_rewrites(role, half=_half_precision(host))
    return ()


def _state(changes: bool, *, there: bool, check: bool) -> State:
    if not changes:
        return State.NOTHING_TO_DO
    if there:
        return State.CURRENT
    return State.TO_DO if check else State.MADE


def _usable(plan: RewritePlan, result: Rewritten | None, state: State) -> Path | None:
    if result is not None:
        return result.path
    return {State.NOTHING_TO_DO: plan.source, State.CURRENT: plan.entry.path}.get(state)


def _read(result: Rewritten) -> Model:
    return read_without_kernels(result.path)


def _count(
    plan: RewritePlan,
    model: Model,
    path: Path | None,
    options: OptimizeOptions,
    release: tuple[int, int],
) -> Count:
    nodes = len(model.graph.node)
    if plan.target is not Provider.COREML:
        return Count(nodes)
    found = _partitioning(plan, model, release)
    measured = None
    if options.measure and path is not None and sys.platform == "darwin":
        measured = measured_partitions(path, _coreml_route())
    return Count(nodes, found.partitions, measured, found.unsupported)


def _partitioning(plan: RewritePlan, model: Model, release: tuple[int, int]) -> Partitioning:
    content = basic_optimized(model.SerializeToString(), plan.source.resolve().parent)
    return predict_partitions(Model.FromString(content), release)


def _coreml_route() -> Route:
    host = detect_host(installed_runtime())
    return choose_route(Role.SWAPPER, host, provider=Provider.COREML, threads=available_cpus())
