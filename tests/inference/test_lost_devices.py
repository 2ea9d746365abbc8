from __future__ import annotations

import gc
import weakref
from pathlib import Path

import onnxruntime
import pytest

from dlc.inference import batch_runs
from dlc.inference.batch_runs import BatchRuns
from dlc.inference.cpu import create_session
from dlc.inference.fixed_buffers import Device
from dlc.inference.lost_devices import let_go
from dlc.inference.output_check import sample_feed
from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from tests.host import machines

# No machine has as many: numbers cannot be copied to it, as to a GPU that is lost.
LOST = Device("cuda", 99)


def is_kept(path: Path, device: Device) -> bool:
    session = create_session(path)
    alive = weakref.ref(session)
    let_go([session], device)
    del session
    gc.collect()
    return alive() is not None


def test_sessions_are_kept_only_where_their_device_does_not_answer(swapper_file: Path) -> None:
    assert is_kept(swapper_file, LOST)
    assert not is_kept(swapper_file, Device("cpu"))


def test_a_device_whose_memory_is_full_answers(
    swapper_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise RuntimeError("Failed to allocate memory for requested buffer of size 8")

    monkeypatch.setattr(onnxruntime.OrtValue, "ortvalue_from_numpy", full)
    assert not is_kept(swapper_file, LOST)


@pytest.mark.parametrize("device", [Device("cpu"), LOST])
def test_runs_let_go_of_their_sessions_at_their_end_also_if_they_never_work(
    device: Device, swapper_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[tuple[list[onnxruntime.InferenceSession], Device]] = []
    monkeypatch.setattr(
        batch_runs, "let_go", lambda sessions, device: gone.append((list(sessions), device))
    )
    session = open_session(swapper_file, choose_route(Role.SWAPPER, machines.cpu_only(), threads=1))
    runs = None
    if device is LOST:
        with pytest.raises(RuntimeError):
            BatchRuns(session.session, device, lambda _: sample_feed(session))
    else:
        runs = BatchRuns(session.session, device, lambda _: sample_feed(session))
        runs.add(2, session.session)
    gc.collect()
    assert bool(gone) == (device is LOST)
    del runs
    gc.collect()
    assert gone == [([session.session] * (1 if device is LOST else 2), device)]
