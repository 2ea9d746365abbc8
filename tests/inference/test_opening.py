from __future__ import annotations

from pathlib import Path

import onnxruntime
import pytest

from dlc.host.host import Host
from dlc.inference import routed_session
from dlc.inference.opening import open_prepared
from dlc.inference.provider_routes import cpu_route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import RewrittenFiles, recorded_changes
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.enhancing.sharpeners import write_sharpener
from tests.host import machines

without_cuda = pytest.mark.skipif(
    machines.CUDA in onnxruntime.get_available_providers(), reason="CUDA is built in"
)


def opened(path: Path, host: Host, folder: Path, role: Role = Role.ENHANCER) -> RoutedSession:
    files = RewrittenFiles(folder, DigestCache(folder / "digests.json"))
    route = choose_route(role, host, threads=1)
    return open_prepared(path, route, cpu_route(role, host, 1), files, folder)


@without_cuda
def test_an_enhancer_that_falls_back_to_the_cpu_is_in_single_precision(tmp_path: Path) -> None:
    path = write_sharpener(tmp_path / "sharpener.onnx", side=64)
    session = opened(path, machines.nvidia(machines.RTX_4090), tmp_path / "cache")
    assert session.fell_back
    assert Path(session.name) == path
    assert session.route.provider is Provider.CUDA
    (finding,) = session.findings
    assert "on the CPU" in finding.problem
    made = list((tmp_path / "cache").rglob("*.onnx"))
    assert [set(recorded_changes(each)) for each in made] == [{"half-precision"}]


def test_what_the_cpu_was_chosen_for_did_not_fall_back(tmp_path: Path) -> None:
    path = write_sharpener(tmp_path / "sharpener.onnx", side=64)
    assert not opened(path, machines.cpu_only(), tmp_path / "cache").fell_back


@pytest.mark.parametrize(
    ("most", "fell_back"),
    [(machines.CUDA, False), (machines.TENSORRT, False), (machines.CPU, True)],
)
def test_a_gpu_that_runs_most_of_a_model_by_another_provider_is_no_fallback(
    most: str, fell_back: bool, swapper_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # TensorRT leaves to CUDA what it cannot do, which may be most.
    counts = {machines.TENSORRT: 2, machines.CUDA: 2, machines.CPU: 2} | {most: 3}
    monkeypatch.setattr(routed_session, "nodes_by_provider", lambda _: counts)
    host = machines.nvidia(machines.RTX_4090)
    route = choose_route(Role.SWAPPER, host, provider=Provider.TENSORRT, threads=1)
    session = onnxruntime.InferenceSession(swapper_file, providers=[machines.CPU])
    assert RoutedSession("model", session, route).fell_back is fell_back
