"""The ways to run a model on a GPU that are compared, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dlc.host.host import Host
from dlc.inference.captured import CAPTURE, with_batch_runs
from dlc.inference.fixed_buffers import Device
from dlc.inference.provider_routes import usual_input_shape
from dlc.inference.route import ExecutionProvider, Route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.bench.failures import FAILURES, not_measured

# Options of ONNX Runtime's CUDA provider that may decide the speed, with both values; the first is
# its own if nothing is said.
CHOICES = {
    "cudnn_conv_algo_search": ("EXHAUSTIVE", "HEURISTIC"),
    "prefer_nhwc": ("0", "1"),
    "fuse_conv_bias": ("0", "1"),
}
_TOGETHER = ("cudnn_conv_algo_search", "prefer_nhwc")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: a device of a machine, and the provider that uses it.

    On the CPU everything works but what is the GPU's own, so that the measurement can be tested.
    """

    host: Host
    device: Device
    provider: Provider = Provider.CUDA

    def route(self, role: Role, *, graph: bool = False, **options: str) -> Route:
        """Return the provider's route by name, which does not fall back, with options added."""
        route = choose_route(role, self.host, provider=self.provider, threads=4)
        first, *others = route.providers
        first = ExecutionProvider(first.name, {**first.options, **options})
        shape = usual_input_shape(role) if role is Role.DETECTOR else route.input_shape
        return replace(
            route, providers=(first, *others), cuda_graph=graph, input_shape=shape, by_name=True
        )


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to run a model.

    Attributes:
        name: for tables.
        buffers: inputs and outputs stay at their places.
        graph: runs are captured, which includes that.
        options: of the provider, on top of those of dlc's route.
    """

    name: str
    buffers: bool = False
    graph: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


PLAIN = Mode("plain session")
BUFFERS = Mode("fixed buffers", buffers=True)
GRAPH = Mode("CUDA graph", graph=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """A model opened in a mode.

    Attributes:
        name: of what it really is: a mode whose runs could not be captured is another.
        mode: what was asked for.
        session: None if it could not be opened.
        notes: what is to be known of its figures.
        failure: why there is no session.
    """

    name: str
    mode: Mode
    session: RoutedSession | None
    notes: tuple[str, ...] = ()
    failure: Mapping[str, str] = field(default_factory=dict)


def modes(route: Route) -> tuple[Mode, ...]:
    """Return the modes to compare: dlc's own, and CUDA graphs with other options than its."""
    set_to = route.providers[0].options
    other = {
        option: next(value for value in values if value != set_to.get(option, values[0]))
        for option, values in CHOICES.items()
    }
    variants = [{option: value} for option, value in other.items()]
    variants.append({option: other[option] for option in _TOGETHER})
    named = [
        Mode(f"{mode.name}, {shown(options)}", mode.buffers, mode.graph, options)
        for mode, options in (
            (PLAIN, variants[0]),
            *((GRAPH, options) for options in variants),
        )
    ]
    return (PLAIN, BUFFERS, GRAPH, *named)


def open_modes(
    subject: Subject, role: Role, model: Path, wanted: Sequence[Mode] | None = None
) -> list[Opened]:
    """Open a model in every mode; those that fail say why."""
    wanted = modes(subject.route(role)) if wanted is None else wanted
    return [_open(subject, role, model, mode) for mode in wanted]


def is_captured(session: RoutedSession) -> bool:
    """Return whether runs are replayed: after a failed capture dlc opens the model without it."""
    name = session.route.execution_provider
    applied = session.session.get_provider_options().get(name, {})
    return session.runs is not None and CAPTURE.items() <= applied.items()


def shown(options: Mapping[str, str]) -> str:
    """Return options as a table names them."""
    return ", ".join(f"{option}={value}" for option, value in options.items())


def strays(nodes: Mapping[str, int], route: Route) -> tuple[str, ...]:
    """Return a note if not all nodes of a graph run on the route's provider."""
    others = {name: count for name, count in nodes.items() if name != route.execution_provider}
    if not others:
        return ()
    where = ", ".join(f"{count} by {name}" for name, count in others.items())
    return (f"of {sum(nodes.values())} nodes, {where}",)


def _open(subject: Subject, role: Role, model: Path, mode: Mode) -> Opened:
    route = subject.route(role, graph=mode.graph, **mode.options)
    try:
        session = open_session(model, route)
        if mode.buffers:
            session = with_batch_runs(session, subject.device, lambda: open_session(model, route))
    except FAILURES as error:
        return Opened(mode.name, mode, None, failure=not_measured(error))
    notes = (
        *map(str, session.findings),
        *strays(session.nodes_by_provider(), route),
        *_ignored(session, mode.options),
    )
    name = mode.name
    if mode.graph and not is_captured(session):
        name = f"not captured ({name})"
    return Opened(name, mode, session, notes)


def _ignored(session: RoutedSession, options: Mapping[str, str]) -> tuple[str, ...]:
    """Return a note of options that the provider does not have as they were given."""
    applied = session.session.get_provider_options().get(session.route.execution_provider, {})
    ignored = {option: value for option, value in options.items() if applied.get(option) != value}
    return (f"not applied: {shown(ignored)}",) if ignored else ()
