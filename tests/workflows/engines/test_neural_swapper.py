from __future__ import annotations

import logging
import weakref
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from dlc.errors import ModelError
from dlc.graph.passes.winograd import WorthwhileSize, winograd
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.provider_routes import cpu_route, cuda_rewrites, plain_cpu_route
from dlc.inference.route import Precision, Route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.router import choose_route
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import RewrittenFiles, recorded_changes
from dlc.model_store.role import Role
from dlc.swapping.inswapper_model import InswapperModel
from dlc.workflows.engines import neural_swapper
from dlc.workflows.engines.neural_swapper import open_swapper
from tests.host import machines
from tests.swapping.inswappers import noise_crops, random_embedding


@dataclass(frozen=True)
class Machine:
    """A folder with swappers, and a GPU that is the CPU: what is done to a graph is the same."""

    folder: Path
    files: RewrittenFiles
    route: Route

    def write(self, name: str, **options: bool) -> Path:
        path = self.folder / f"{name}.onnx"
        write_inswapper(path, InswapperOptions(width=4, **options))
        return path

    def open(self, path: Path, single: Path | None = None) -> RoutedSession:
        return open_swapper(path, single, self.route, self.files, self.folder / "providers")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    route = replace(
        plain_cpu_route(Role.SWAPPER, 1),
        precision=Precision.FP16,
        rewrites=cuda_rewrites(Role.SWAPPER, half=True),
    )
    cache = tmp_path / "cache"
    return Machine(tmp_path, RewrittenFiles(cache, DigestCache(cache / "digests.json")), route)


def is_half(session: RoutedSession) -> bool:
    return "half-precision" in recorded_changes(Path(session.name))


def test_a_file_in_single_precision_is_converted_checked_and_used(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    path = machine.write("single")
    session = machine.open(path)
    assert is_half(session)
    assert session.input_shape == ("batch", 128, 128, 3)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    crops = noise_crops(3)
    found = InswapperModel(session).swap_crops(crops, random_embedding())
    plain = machine.open(path)
    single = replace(machine.route, precision=Precision.FP32, rewrites=())
    reference = open_swapper(path, None, single, machine.files, machine.folder / "providers")
    assert Path(reference.name) == path
    expected = InswapperModel(reference).swap_crops(crops, random_embedding())
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one.astype(int) - other).max() <= 8
    assert Path(plain.name) == Path(session.name)


def test_half_precision_is_tried_once(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    real = neural_swapper.why_not_half
    monkeypatch.setattr(
        neural_swapper, "why_not_half", lambda *models: tried.append(models) or real(*models)
    )
    path = machine.write("single")
    machine.open(path)
    machine.open(path)
    assert len(tried) == 1
    # Another GPU is another reason.
    moved = replace(machine, route=replace(machine.route, reason="another GPU"))
    moved.open(path)
    assert len(tried) == 2


def test_a_file_that_overflows_gives_way_to_the_one_in_single_precision(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    single = machine.write("single", overflowing=True)
    half = machine.write("half", half=True, overflowing=True)
    session = machine.open(half, single)
    (line,) = [each for each in caplog.messages if "single precision" in each]
    assert "NaN or infinite" in line
    assert not is_half(session)
    # Several faces a run and pixels stay.
    assert session.input_shape == ("batch", 128, 128, 3)
    (swapped,) = InswapperModel(session).swap_crops(noise_crops(1), random_embedding())
    assert swapped.std() > 1


def test_a_file_whose_conversion_overflows_is_never_converted(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    session = machine.open(machine.write("single", overflowing=True))
    assert not is_half(session)
    assert "half-precision" in caplog.text
    (swapped,) = InswapperModel(session).swap_crops(noise_crops(1), random_embedding())
    assert swapped.std() > 1


def test_a_swapper_of_no_use_is_gone_before_the_next_one_takes_memory(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = machine.write("single", overflowing=True)
    half = machine.write("half", half=True, overflowing=True)
    alive: list[list[bool]] = []
    opened: list[weakref.ref[onnxruntime.InferenceSession]] = []
    real = neural_swapper.open_prepared

    def noted(*arguments: Any, **named: Any) -> RoutedSession:
        alive.append([session() is not None for session in opened])
        session = real(*arguments, **named)
        opened.append(weakref.ref(session.session))
        return session

    monkeypatch.setattr(neural_swapper, "open_prepared", noted)
    machine.open(half, single)
    assert alive == [[], [False]]


def test_half_precision_alone_has_to_give_pictures(machine: Machine) -> None:
    assert machine.open(machine.write("good", half=True)).name
    with pytest.raises(ModelError, match="single precision"):
        machine.open(machine.write("bad", half=True, overflowing=True))


@pytest.mark.skipif(
    machines.CUDA in onnxruntime.get_available_providers(), reason="CUDA is built in"
)
def test_where_the_gpu_does_not_start_the_cpu_gets_the_original(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    route = choose_route(Role.SWAPPER, machines.nvidia(machines.RTX_4090), threads=1)
    path = machine.write("single")
    session = replace(machine, route=route).open(path)
    assert Path(session.name) == path
    assert session.input_shape == (1, 3, 128, 128)
    assert [finding for finding in session.findings if "on the CPU" in finding.problem]
    assert "on the CPU" in caplog.text
    assert len(InswapperModel(session).swap_crops(noise_crops(2), random_embedding())) == 2


@pytest.mark.skipif(
    machines.CUDA in onnxruntime.get_available_providers(), reason="CUDA is built in"
)
def test_where_the_gpu_does_not_start_the_cpu_gets_what_is_fastest_on_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlc.inference.rewriting.CPU_PASSES", (winograd(WorthwhileSize(0, 1)),))
    host = replace(machines.nvidia(machines.RTX_4090), memory=2**34)
    route, cpu = choose_route(Role.SWAPPER, host, threads=1), cpu_route(Role.SWAPPER, host, 1)
    path, cache = machine.write("single"), machine.folder / "providers"
    session = open_swapper(path, None, route, machine.files, cache, cpu)
    assert recorded_changes(Path(session.name)) == {"winograd-convolutions": 16}
    assert session.route is route
    assert [finding for finding in session.findings if "on the CPU" in finding.problem]
    # It never gets the file in half precision that was meant for the GPU, if there is another one.
    half = machine.write("half", half=True)
    again = open_swapper(half, path, route, machine.files, cache, cpu)
    assert Path(again.name) == Path(session.name)
    # A GPU that starts has none of it.
    started = open_swapper(path, None, machine.route, machine.files, cache, cpu)
    assert "winograd-convolutions" not in recorded_changes(Path(started.name))
