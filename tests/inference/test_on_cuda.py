"""What only an NVIDIA GPU can show: skipped where ONNX Runtime has none to run on.

`make test-cuda` runs it in an environment with ONNX Runtime for CUDA.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from dlc.graph.rewrite import CUDA_PASSES, apply_passes
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.host.detect import detect_host
from dlc.inference.captured import with_batch_runs
from dlc.inference.cpu import create_session
from dlc.inference.fixed_buffers import Device
from dlc.inference.output_check import sample_feed
from dlc.inference.provider_routes import computes_half_precision, cuda_rewrites
from dlc.inference.route import ExecutionProvider, Route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.inference.runtime import installed_runtime
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.host import machines
from tests.nvidia_gpu import why_no_gpu
from tests.stand_ins import write_detector

HOST = detect_host(installed_runtime())
pytestmark = pytest.mark.skipif(
    why_no_gpu(HOST) is not None, reason="needs an NVIDIA GPU, and `make test-cuda`"
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cuda")
    write_inswapper(folder / "single.onnx", InswapperOptions(width=8))
    path = folder / "cuda.onnx"
    gpu = HOST.nvidia.gpus[HOST.nvidia.best or 0]
    # Half precision comes out wrong on some GPUs, for which dlc does not ask for it.
    wanted = cuda_rewrites(Role.SWAPPER, half=computes_half_precision(gpu))
    passes = [each for each in CUDA_PASSES if each.name in wanted]
    onnx.save(apply_passes(onnx.load(folder / "single.onnx"), passes)[0], path)
    return path


def cuda_route(role: Role, *, graph: bool, **options: str) -> Route:
    route = choose_route(role, HOST, provider=Provider.CUDA, threads=2)
    first, *others = route.providers
    first = ExecutionProvider(first.name, {**first.options, **options})
    return replace(route, providers=(first, *others), cuda_graph=graph)


def open_on_cuda(model: Path, *, graph: bool) -> RoutedSession:
    return open_session(model, cuda_route(Role.SWAPPER, graph=graph))


def test_all_of_the_swapper_runs_on_the_gpu(model: Path) -> None:
    session = open_on_cuda(model, graph=True)
    assert session.findings == ()
    assert session.runs is not None
    assert set(session.nodes_by_provider()) == {machines.CUDA}


@pytest.mark.parametrize("pictures", [1, 2, 3, 4, 5])
def test_graphs_and_fixed_buffers_give_what_a_plain_session_gives(
    pictures: int, model: Path
) -> None:
    plain = open_on_cuda(model, graph=False)
    fixed = with_batch_runs(open_on_cuda(model, graph=False), Device("cuda", HOST.nvidia.best or 0))
    graph = open_on_cuda(model, graph=True)
    for seed in range(3):
        feed = sample_feed(plain, seed=seed, pictures=pictures)
        expected = plain.run(["output"], feed)[0].astype(int)
        for session in (fixed, graph):
            found = session.run(["output"], feed)[0]
            # Sessions and batches of other sizes may convolve by other algorithms.
            assert np.abs(found - expected).max() <= 1


def test_replays_of_many_threads_are_not_mixed_up(model: Path) -> None:
    session = open_on_cuda(model, graph=True)
    feeds = [sample_feed(session, seed=seed, pictures=1 + seed % 4) for seed in range(24)]
    expected = [session.run(["output"], feed)[0] for feed in feeds]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda feed: session.run(["output"], feed)[0], feeds))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_gpu_agrees_with_the_cpu(model: Path) -> None:
    session = open_on_cuda(model, graph=True)
    feed = sample_feed(session, pictures=2)
    (found,) = session.run(["output"], feed)
    (expected,) = create_session(model).run(["output"], feed)
    difference = np.abs(found.astype(int) - expected)
    assert difference.max() <= 4
    assert difference.mean() < 0.5


def test_the_detector_is_captured_at_its_fixed_size(tmp_path: Path) -> None:
    path = write_detector(tmp_path / "detector.onnx")
    route = cuda_route(Role.DETECTOR, graph=True, use_tf32="0")
    session = open_session(path, route)
    assert session.findings == ()
    assert session.runs is not None
    assert session.runs.sizes == (1,)
    feed = sample_feed(session)
    expected = create_session(path).run(None, feed)
    for one, other in zip(session.run(None, feed), expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)
