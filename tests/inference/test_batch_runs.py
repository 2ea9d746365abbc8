from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import current_thread
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from dlc.graph.rewrite import CUDA_PASSES, apply_passes
from dlc.inference.batch_runs import BatchRuns, batches
from dlc.inference.cpu import create_session
from dlc.inference.fixed_buffers import Device, FixedBuffers, picture_count

Feed = dict[str, NDArray[Any]]
CPU = Device("cpu")
SIZES = (1, 2, 4)


@pytest.fixture(scope="module")
def model(swapper_file: Path) -> bytes:
    """Return the swapper as CUDA gets it: any number of faces, half precision, pixels."""
    return apply_passes(onnx.load(swapper_file), CUDA_PASSES)[0].SerializeToString()


def feed(count: int, seed: int = 0) -> Feed:
    generator = np.random.default_rng(seed)
    source = generator.standard_normal((count, 512)).astype(np.float32)
    return {
        "target": generator.integers(0, 256, (count, 128, 128, 3), np.uint8),
        "source": source / np.linalg.norm(source, axis=1, keepdims=True),
    }


def batch_runs(model: bytes) -> BatchRuns:
    return of_sessions({size: create_session(model) for size in SIZES})


def of_sessions(sessions: Mapping[int, Any]) -> BatchRuns:
    (_, first), *others = sessions.items()
    runs = BatchRuns(first, CPU, feed)
    for size, session in others:
        runs.add(size, session)
    return runs


def watched(model: bytes) -> dict[int, Watched]:
    return {size: Watched(create_session(model)) for size in SIZES}


class Watched:
    """A session that notes the batches it runs with bound buffers, and on which threads."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self.sizes: list[int] = []
        self.graphs: list[str] = []
        self.threads: set[str] = set()
        self.running = 0
        self.spoiled = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def run_with_iobinding(self, binding: Any, options: onnxruntime.RunOptions) -> None:
        assert self.running == 0
        self.running += 1
        self.threads.add(current_thread().name)
        self.graphs.append(options.get_run_config_entry("gpu_graph_id"))
        self._session.run_with_iobinding(binding, options)
        self.sizes.append(binding.get_outputs()[0].shape()[0])
        if self.spoiled:
            output = binding.get_outputs()[0]
            output.update_inplace(np.zeros(output.shape(), np.uint8))
        self.running -= 1


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 9])
def test_results_are_those_of_the_session(count: int, model: bytes) -> None:
    session = create_session(model)
    expected = session.run(None, feed(count))
    found = batch_runs(model).run(None, feed(count))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_outputs_come_by_name(model: bytes) -> None:
    runs = batch_runs(model)
    pixels, means = runs.run(None, feed(2))
    (only,) = runs.run(["dlc.mean"], feed(2))
    np.testing.assert_array_equal(only, means)
    turned = runs.run(["dlc.mean", "output"], feed(2))
    np.testing.assert_array_equal(turned[1], pixels)


def test_a_batch_is_filled_up_to_the_next_size(model: bytes) -> None:
    sessions = watched(model)
    runs = of_sessions(sessions)
    assert runs.sizes == SIZES
    for session in sessions.values():
        del session.sizes[:]
    for count in (1, 2, 3, 4, 6, 7):
        runs.run(None, feed(count))
    assert {size: len(session.sizes) for size, session in sessions.items()} == {1: 1, 2: 2, 4: 5}


def test_no_session_ever_runs_at_two_sizes(model: bytes) -> None:
    """A captured graph uses its session's plans and memory, which another size would replace."""
    sessions = watched(model)
    runs = of_sessions(sessions)
    for count in (1, 2, 3, 4, 6, 7):
        runs.run(None, feed(count))
    runs.check()
    for size, session in sessions.items():
        assert set(session.sizes) == {size}
        assert set(session.graphs) == {"1"}


def test_each_size_is_run_until_its_graph_is_replayed_before_the_first_frame(model: bytes) -> None:
    sessions = watched(model)
    of_sessions(sessions)
    assert [session.sizes for session in sessions.values()] == [[1] * 4, [2] * 4, [4] * 4]


def test_runs_of_many_threads_follow_one_another_on_one(model: bytes) -> None:
    sessions = watched(model)
    runs = of_sessions(sessions)
    feeds = [feed(1 + seed % 3, seed) for seed in range(12)]
    expected = [create_session(model).run(None, each)[0] for each in feeds]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda each: runs.run(None, each)[0], feeds))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    (thread,) = set.union(*(session.threads for session in sessions.values()))
    assert thread.startswith("dlc-batches")


def test_what_was_returned_is_not_overwritten_by_the_next_run(model: bytes) -> None:
    runs = batch_runs(model)
    first = runs.run(None, feed(1, seed=1))[0]
    kept = first.copy()
    second = runs.run(None, feed(1, seed=2))[0]
    np.testing.assert_array_equal(first, kept)
    assert not np.array_equal(first, second)


def test_buffers_stay_where_they_are(model: bytes) -> None:
    session = create_session(model)
    buffers = FixedBuffers(session, CPU, feed(2))
    before = buffers.addresses
    for seed in range(3):
        outputs = buffers.run(feed(2, seed))
        np.testing.assert_array_equal(outputs[0], session.run(None, feed(2, seed))[0])
    assert buffers.addresses == before
    assert len(set(before)) == 4


def test_a_replay_that_differs_from_a_plain_run_is_noticed(model: bytes) -> None:
    sessions = watched(model)
    sessions[2].spoiled = True
    with pytest.raises(RuntimeError, match="other results"):
        of_sessions(sessions)


def test_a_replay_that_another_size_has_spoiled_is_noticed(model: bytes) -> None:
    sessions = watched(model)
    runs = of_sessions(sessions)
    runs.check()
    sessions[1].spoiled = True
    with pytest.raises(RuntimeError, match="other results"):
        runs.check()


def test_an_error_on_the_thread_is_the_callers_and_the_next_run_works(model: bytes) -> None:
    runs = batch_runs(model)
    with pytest.raises(ValueError, match="the inputs are"):
        runs.run(None, {"target": feed(1)["target"]})
    with pytest.raises(ValueError, match="does not fit"):
        runs.run(None, {**feed(1), "source": np.zeros((1, 256), np.float32)})
    with pytest.raises(ValueError, match="different sizes"):
        runs.run(None, {**feed(1), "source": np.zeros((2, 512), np.float32)})
    assert len(runs.run(None, feed(1))[0]) == 1


def test_the_detector_is_a_batch_of_one_whose_outputs_are_not(shared_data: Path) -> None:
    session = create_session(shared_data / "scrfd_500m_kps.onnx")

    def sample(size: int) -> Feed:
        picture = np.random.default_rng(size).random((size, 3, 320, 320), np.float32)
        return {"input.1": picture}

    expected = session.run(None, sample(1))
    found = BatchRuns(session, CPU, sample).run(None, sample(1))
    assert [len(value) for value in found] == [len(value) for value in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, []),
        (1, [(0, 1, 1)]),
        (3, [(0, 3, 4)]),
        (4, [(0, 4, 4)]),
        (5, [(0, 4, 4), (4, 1, 1)]),
        (10, [(0, 4, 4), (4, 4, 4), (8, 2, 2)]),
    ],
)
def test_pictures_are_divided_into_batches(
    count: int, expected: list[tuple[int, int, int]]
) -> None:
    assert list(batches(count, SIZES)) == expected


def test_pictures_are_counted_by_the_first_axis() -> None:
    assert picture_count(feed(3)) == 3
