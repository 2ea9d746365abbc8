"""What shows of CUDA graphs without CUDA: how sessions get there, and the way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from dlc.errors import ProviderError
from dlc.graph.rewrite import CUDA_PASSES, apply_passes
from dlc.inference import sessions
from dlc.inference.captured import Opener, not_captured, on_its_gpu, with_batch_runs
from dlc.inference.fixed_buffers import Device
from dlc.inference.output_check import probe_output, sample_feed
from dlc.inference.route import ExecutionProvider, Route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.host import machines

CPU_ROUTE = choose_route(Role.SWAPPER, machines.cpu_only(), threads=1)


@pytest.fixture(scope="module")
def pixels_file(swapper_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("captured") / "pixels.onnx"
    onnx.save(apply_passes(onnx.load(swapper_file), CUDA_PASSES)[0], path)
    return path


@pytest.mark.parametrize("batches", [False, True])
def test_a_session_with_fixed_buffers_gives_what_it_gave_without(
    batches: bool, pixels_file: Path
) -> None:
    session = open_session(pixels_file, CPU_ROUTE)
    another = partial(open_session, pixels_file, CPU_ROUTE) if batches else None
    fixed = with_batch_runs(session, Device("cpu"), another)
    assert fixed.runs is not None
    assert fixed.runs.sizes == ((1, 2, 4) if batches else (1,))
    assert fixed.findings == ()
    for pictures in (1, 3, 5):
        feed = sample_feed(session, pictures=pictures)
        for one, other in zip(fixed.run(None, feed), session.run(None, feed), strict=True):
            np.testing.assert_array_equal(one, other)
    probe_output(fixed)


def test_a_file_for_one_face_has_batches_of_one(swapper_file: Path) -> None:
    another = partial(open_session, swapper_file, CPU_ROUTE)
    fixed = with_batch_runs(another(), Device("cpu"), another)
    assert fixed.runs is not None
    assert fixed.runs.sizes == (1,)


@pytest.mark.parametrize("opened", [1, 2])
def test_a_size_that_cannot_be_had_leaves_the_smaller_ones(opened: int, pixels_file: Path) -> None:
    session = open_session(pixels_file, CPU_ROUTE)
    left = [open_session(pixels_file, CPU_ROUTE) for _ in range(1, opened)]
    fixed = with_batch_runs(
        session, Device("cpu"), lambda: left.pop() if left else "CUDA failure 2: out of memory"
    )
    assert fixed.runs is not None
    assert fixed.runs.sizes == (1, 2)[:opened]
    (finding,) = fixed.findings
    reason = "CUDA failure 2: out of memory"
    assert finding.problem == f"the CPU runs batches of at most {opened} ({reason})"
    assert finding.remedy == "close other programs that use the GPU's memory"
    probe_output(fixed)


@pytest.mark.skipif(
    machines.CUDA in onnxruntime.get_available_providers(), reason="CUDA is built in"
)
def test_where_capturing_fails_it_is_said_why(pixels_file: Path) -> None:
    session = open_session(pixels_file, CPU_ROUTE)
    reason = on_its_gpu(session)
    # Memory of a GPU cannot be had from a package without CUDA.
    assert isinstance(reason, str)
    assert reason
    finding = not_captured(session, reason)
    assert reason in finding.problem
    assert "CUDA graphs" in finding.problem
    assert finding.remedy == "every run costs more; update onnxruntime-gpu and the driver"
    assert "close other programs" in not_captured(session, "CUDA failure 2: out of memory").remedy


class FakeCuda:
    """ONNX Runtime on a machine whose GPU is the CPU: only the names of providers are changed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[dict[str, str]] = []
        self.options: list[onnxruntime.SessionOptions] = []
        self.devices: list[str] = []
        self.refuses_graphs = False
        self.fails_at_runs = 0
        self.failure = "CUDNN failure 3000: CUDNN_STATUS_NOT_SUPPORTED"
        self.ran = 0
        self._session = onnxruntime.InferenceSession
        monkeypatch.setattr(onnxruntime, "InferenceSession", self.session)
        monkeypatch.setattr(
            onnxruntime, "get_available_providers", lambda: [machines.CUDA, machines.TENSORRT]
        )
        monkeypatch.setattr(sessions, "why_not_applied", lambda *_: None)
        monkeypatch.setattr(sessions, "graph_findings", lambda *_: [])
        monkeypatch.setattr(sessions, "on_its_gpu", self.on_its_gpu)

    def on_its_gpu(
        self, session: RoutedSession, another: Opener | None = None
    ) -> RoutedSession | str:
        self.devices.append(session.route.providers[0].options["device_id"])
        if self.fails_at_runs:
            self.fails_at_runs -= 1
            return self.failure
        return with_batch_runs(session, Device("cpu"), another)

    def session(self, model: Any, options: Any, *, providers: list[Any], **more: Any) -> Any:
        first = providers[0]
        if isinstance(first, tuple):
            self.opened.append(dict(first[1]))
            self.options.append(options)
            if self.refuses_graphs and "enable_cuda_graph" in first[1]:
                raise RuntimeError("This session cannot use the graph capture feature")
        session: Any = self._session(model, options, providers=[machines.CPU], **more)
        if isinstance(first, tuple):
            run = session.run
            session.run = lambda *arguments: self._run(run, *arguments)
        return session

    def _run(self, run: Any, *arguments: Any) -> Any:
        self.ran += 1
        if self.fails_at_runs:
            raise RuntimeError("CUDNN failure 1001: CUDNN_STATUS_NOT_INITIALIZED")
        return run(*arguments)


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> FakeCuda:
    return FakeCuda(monkeypatch)


@pytest.fixture
def cuda_route() -> Route:
    return choose_route(Role.SWAPPER, machines.nvidia(machines.RTX_4090), threads=1)


def test_a_graph_that_cannot_be_captured_is_opened_again_without(
    cuda: FakeCuda, cuda_route: Route, pixels_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cuda.refuses_graphs = True
    session = open_session(pixels_file, cuda_route)
    assert [each.get("enable_cuda_graph") for each in cuda.opened] == ["1", None]
    # Uncaptured, a session at changing sizes would have cuDNN plan anew at every change.
    assert session.runs is not None
    assert session.runs.sizes == (1,)
    (finding,) = session.findings
    assert "cannot use the graph capture feature" in finding.problem
    assert "cannot use the graph capture feature" in caplog.text
    probe_output(session)


def test_a_capture_that_fails_when_it_runs_leaves_fixed_buffers(
    cuda: FakeCuda, cuda_route: Route, pixels_file: Path
) -> None:
    cuda.fails_at_runs = 1
    session = open_session(pixels_file, cuda_route)
    assert [each.get("enable_cuda_graph") for each in cuda.opened] == ["1", None]
    assert session.runs is not None
    (finding,) = session.findings
    assert "not captured" in finding.problem
    assert "CUDNN failure 3000" in finding.problem
    assert "on the CPU" not in finding.problem


@pytest.mark.parametrize("by_name", [False, True])
def test_a_model_that_fails_uncaptured_too_does_not_run_there(
    by_name: bool, cuda: FakeCuda, cuda_route: Route, pixels_file: Path
) -> None:
    cuda.fails_at_runs = 2
    route = replace(cuda_route, by_name=by_name)
    if by_name:
        with pytest.raises(ProviderError, match="CUDNN failure 3000"):
            open_session(pixels_file, route)
        return
    session = open_session(pixels_file, route)
    assert (session.applied, session.runs) == (machines.CPU, None)
    (finding,) = session.findings
    assert finding.problem.startswith("the model does not run on CUDA, but on the CPU: CUDNN")
    probe_output(session)


@pytest.mark.parametrize("by_name", [False, True])
def test_where_the_gpus_memory_is_full_the_remedy_is_to_free_it(
    by_name: bool, cuda: FakeCuda, cuda_route: Route, pixels_file: Path
) -> None:
    cuda.fails_at_runs, cuda.failure = 2, "CUDA failure 2: out of memory"
    route = replace(cuda_route, by_name=by_name)
    remedy = "close other programs that use the GPU's memory, or use `provider='cpu'`"
    if by_name:
        with pytest.raises(ProviderError) as caught:
            open_session(pixels_file, route)
        assert str(caught.value).endswith(f"does not run on CUDA: {cuda.failure}; {remedy}")
        return
    (finding,) = open_session(pixels_file, route).findings
    assert finding.remedy == remedy


def test_a_batch_that_comes_out_otherwise_is_not_blamed_on_memory(pixels_file: Path) -> None:
    other = open_session(pixels_file, CPU_ROUTE)
    run = other.session.run
    other.session.run = lambda *arguments: [255 - each for each in run(*arguments)]
    fixed = with_batch_runs(open_session(pixels_file, CPU_ROUTE), Device("cpu"), lambda: other)
    assert fixed.runs is not None
    assert fixed.runs.sizes == (1,)
    (finding,) = fixed.findings
    assert "gives other results" in finding.problem
    assert finding.remedy == "update onnxruntime-gpu and the driver"


def test_a_route_with_graphs_asks_for_them_and_captures_on_its_device(
    cuda: FakeCuda, cuda_route: Route, pixels_file: Path
) -> None:
    session = open_session(pixels_file, cuda_route)
    # Every size has a session of its own.
    assert [each.get("enable_cuda_graph") for each in cuda.opened] == ["1"] * 3
    assert cuda.devices == ["0"]
    allocator = "session.use_device_allocator_for_initializers"
    assert {each.get_session_config_entry(allocator) for each in cuda.options} == {"1"}
    assert session.runs is not None
    assert session.runs.sizes == (1, 2, 4)
    assert session.findings == ()


def test_models_are_opened_one_after_the_other_as_a_capture_is_for_the_whole_process(
    cuda: FakeCuda, cuda_route: Route, pixels_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[str] = []
    on_its_gpu = cuda.on_its_gpu

    def watched(*arguments: Any) -> RoutedSession | str:
        inside.append("in")
        opened = on_its_gpu(*arguments)
        inside.append("out")
        return opened

    monkeypatch.setattr(sessions, "on_its_gpu", watched)
    with ThreadPoolExecutor(2) as pool:
        opened = list(pool.map(lambda _: open_session(pixels_file, cuda_route), range(2)))
    assert inside == ["in", "out"] * 2
    assert [session.findings for session in opened] == [(), ()]


def test_no_run_falls_into_a_capture(
    cuda: FakeCuda, cuda_route: Route, pixels_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session(pixels_file, cuda_route)
    feed = sample_feed(session)
    order: list[str] = []
    capturing = Event()
    on_its_gpu = cuda.on_its_gpu

    def slowly(*arguments: Any) -> RoutedSession | str:
        capturing.set()
        opened = on_its_gpu(*arguments)
        order.append("captured")
        return opened

    monkeypatch.setattr(sessions, "on_its_gpu", slowly)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(open_session, pixels_file, cuda_route)
        assert capturing.wait(10)
        session.run(None, feed)
        order.append("ran")
        other.result()
    assert order == ["captured", "ran"]


def test_other_routes_do_not_ask_for_graphs(
    cuda: FakeCuda, cuda_route: Route, pixels_file: Path
) -> None:
    session = open_session(pixels_file, replace(cuda_route, cuda_graph=False))
    assert [each.get("enable_cuda_graph") for each in cuda.opened] == [None]
    assert session.runs is None


@pytest.mark.parametrize("provider", [Provider.CUDA, Provider.TENSORRT])
@pytest.mark.parametrize("role", [Role.RECOGNIZER, Role.ENHANCER])
def test_a_model_without_graphs_is_run_twice_before_it_is_relied_on(
    role: Role, provider: Provider, cuda: FakeCuda, cuda_route: Route, swapper_file: Path
) -> None:
    route = replace(cuda_route, role=role, provider=provider, cuda_graph=False)
    session = open_session(swapper_file, route)
    assert cuda.ran == 2
    assert session.findings == ()


@pytest.mark.parametrize("by_name", [False, True])
def test_a_model_that_opens_and_does_not_run_falls_back_to_the_cpu(
    by_name: bool, cuda: FakeCuda, cuda_route: Route, swapper_file: Path
) -> None:
    cuda.fails_at_runs = 1
    route = replace(cuda_route, role=Role.ENHANCER, cuda_graph=False, by_name=by_name)
    if by_name:
        with pytest.raises(ProviderError, match="CUDNN failure 1001"):
            open_session(swapper_file, route)
        return
    session = open_session(swapper_file, route)
    (finding,) = session.findings
    assert finding.problem.startswith("the model does not run on CUDA, but on the CPU: CUDNN")
    probe_output(session)


def test_provider_options_are_strings(cuda_route: Route) -> None:
    provider: ExecutionProvider
    for provider in cuda_route.providers:
        assert all(isinstance(value, str) for value in provider.options.values())
