"""How this machine runs each model, why, and how fast it swaps."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.host.banner import banner
from dlc.host.detect import available_cpus, detect_host
from dlc.host.findings import host_findings
from dlc.host.host import Finding
from dlc.inference.output_check import probe_output, sample_feed
from dlc.inference.prepared import prepared_model
from dlc.inference.route import Route
from dlc.inference.runtime import installed_runtime
from dlc.inference.sessions import open_session
from dlc.media.camera.camera import probe_camera
from dlc.media.camera.negotiation import Negotiated
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.role import Role
from dlc.model_store.store import Check, ModelStore
from dlc.options import Engine, NeuralOptions, Provider
from dlc.workflows.checks import check_threads
from dlc.workflows.engine_speed import EngineSpeed, measure_engine
from dlc.workflows.engines.engine import choose_engine
from dlc.workflows.engines.neural_models import missing_models
from dlc.workflows.engines.neural_routes import neural_routes
from dlc.workflows.hardware import GpuCoder, gpu_coders
from dlc.workflows.sample import make_sample

# Timed runs, after an untimed one: the first run of a session also allocates.
_RUNS = 3


@dataclass(frozen=True, slots=True)
class InstallableModel:
    """A model that users can install, and where it is.

    Attributes:
        name: as `dlc models list` calls it.
        path: the installed file; None if there is none.
    """

    name: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class RouteReport:
    """How one kind of model would be run.

    Attributes:
        route: the provider, its settings, and why.
        weights: the installable models of this kind; empty for those that dlc ships.
    """

    route: Route
    weights: tuple[InstallableModel, ...]


@dataclass(frozen=True, slots=True)
class SwapperSpeed:
    """Timing of the stand-in for inswapper_128.

    Attributes:
        milliseconds: median time for one face, over the timed runs.
        applied: ONNX Runtime's name of the provider that ran it.
        nodes: number of nodes that each provider ran; empty if ONNX Runtime does not say.
        findings: what keeps it from running faster.
    """

    milliseconds: float
    applied: str
    nodes: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def faces_per_second(self) -> float:
        """Faces swapped per second, if nothing else took time."""
        return 1000 / self.milliseconds


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """What is known about the machine.

    Attributes:
        banner: the machine in one line.
        findings: what is wrong with what is installed, and what to do about it.
        routes: one for each kind of model.
        coders: the video units of an NVIDIA GPU; empty if there is no driver.
        camera: what the camera does, if one was requested.
        engines: speed of each engine that is usable here; empty if not measured.
        swapper: speed of the stand-in, if measured.
    """

    banner: str
    findings: tuple[Finding, ...]
    routes: tuple[RouteReport, ...]
    coders: tuple[GpuCoder, ...] = ()
    camera: Negotiated | None = None
    engines: tuple[EngineSpeed, ...] = ()
    swapper: SwapperSpeed | None = None


def probe(
    *,
    provider: Provider = Provider.AUTO,
    threads: int | None = None,
    camera: int | None = None,
    measure: bool = True,
    synthetic: bool = False,
) -> ProbeReport:
    """Examine the machine, choose how it would run each model, and swap a short clip.

    Args:
        provider: the provider to run the neural models.
        threads: CPU threads for all of them together; None uses every core.
        camera: the number of a camera to open and measure, as `dlc live` would.
        measure: swap the clip with the built-in engine and, if its models are installed, the neural
            one.
        synthetic: also time one face of a stand-in for inswapper_128, full size, with random
            weights. It needs 554 MB in the temporary folder while it is measured, and as much again
            if it is rewritten.

    Raises:
        OptionError: `threads` is below 1.
        ProviderError: `provider` cannot run the models here; the message says what to do.
        CameraError: the camera is missing, busy, black or frozen.
        WriteError: the clip or the stand-in cannot be written.
        ModelError: an installed model is damaged or unusable here.
    """
    check_threads(threads)
    host = detect_host(installed_runtime())
    cpus = threads or available_cpus()
    routes = neural_routes(host, provider, cpus)
    store = ModelStore.of_user()
    return ProbeReport(
        banner=banner(host),
        findings=host_findings(host),
        routes=tuple(RouteReport(route, _weights(role, store)) for role, route in routes.items()),
        coders=gpu_coders() if host.nvidia.driver else (),
        camera=None if camera is None else probe_camera(camera),
        engines=_measure_engines(provider, store, threads) if measure else (),
        swapper=measure_swapper(routes[Role.SWAPPER]) if synthetic else None,
    )


def _measure_engines(
    provider: Provider, store: ModelStore, threads: int | None
) -> tuple[EngineSpeed, ...]:
    """Measure the built-in engine, and the neural one if its models are installed."""
    choices = [choose_engine(Engine.MESH, store=store)]
    neural = NeuralOptions(provider=provider)
    if not missing_models(neural, store):
        choices.append(choose_engine(Engine.INSWAPPER, neural, store))
    with tempfile.TemporaryDirectory(prefix="dlc-probe-") as name:
        folder = Path(name)
        sample = make_sample(folder)
        return tuple(measure_engine(choice, sample, folder, threads) for choice in choices)


def measure_swapper(route: Route, options: InswapperOptions | None = None) -> SwapperSpeed:
    """Time one face of a stand-in for inswapper_128.

    Args:
        route: how to run it.
        options: the stand-in; None means full size.

    Raises:
        ModelError: its output is unusable on this route.
        ProviderError: the requested provider cannot run it.
        WriteError: it cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="dlc-probe-") as folder:
        model = Path(folder) / "inswapper_stand_in.onnx"
        write_inswapper(model, options or InswapperOptions())
        files = RewrittenFiles(Path(folder), DigestCache(Path(folder) / "digests.json"))
        session = open_session(prepared_model(model, route, files), route)
        feed = sample_feed(session)
        probe_output(session, feed)
        seconds = []
        for _ in range(_RUNS):
            began = time.perf_counter()
            session.run(None, feed)
            seconds.append(time.perf_counter() - began)
        return SwapperSpeed(
            milliseconds=1000 * statistics.median(seconds),
            applied=session.applied,
            nodes=session.nodes_by_provider(),
            findings=session.findings,
        )


def _weights(role: Role, store: ModelStore) -> tuple[InstallableModel, ...]:
    """Return the installable models of a role; files are checked by size only."""
    return tuple(
        InstallableModel(spec.name, store.whole(spec, Check.SIZE))
        for spec in store.catalog
        if spec.role is role
    )
