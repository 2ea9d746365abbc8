"""Runs a model in batches of a few sizes, each with its own session and fixed buffers."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import onnxruntime

from dlc.arrays import Array
from dlc.inference.fixed_buffers import Device, FixedBuffers, picture_count
from dlc.inference.lost_devices import let_go
from dlc.inference.own_thread import OwnThread

# In the first one or two runs, depending on the release, ONNX Runtime allocates all the model needs
# and captures it; the last is a replay in any release.
_RUNS_TO_REPLAY = 4
# How far a replay may deviate from an uncaptured run, relative to an output's largest value.
_REPLAY_TOLERANCE = 0.01
_FIRST = 1


class BatchRuns:
    """Runs any number of pictures in batches of certain sizes.

    Every size has its own session. In a shared one, a run of another size would replace cuDNN's
    plans and reuse the provider's memory, both of which a captured graph still uses.

    All work is done on one thread, in the order of the calls, which may come from several threads.
    A size is captured when it is added. Add sizes before frames are processed: while CUDA captures,
    allocating or synchronizing on any other thread of the process would break the capture.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        device: Device,
        sample: Callable[[int], Mapping[str, Array]],
    ) -> None:
        """Make buffers for single pictures and run the model until its graph is replayed.

        Args:
            session: the model; its outputs need not begin with the batch axis as long as no other
                size is added. Nothing else may run it from now on.
            device: where its provider expects inputs and outputs.
            sample: returns values for every input, given a batch size.

        Raises:
            RuntimeError: a replayed run differs from an uncaptured one.
        """
        self._thread = OwnThread("dlc-batches")
        self._outputs = [output.name for output in session.get_outputs()]
        self._device = device
        self._sample = sample
        self._buffers: dict[int, FixedBuffers] = {}
        self._sessions: list[onnxruntime.InferenceSession] = []
        weakref.finalize(self, let_go, self._sessions, device)
        self.add(_FIRST, session)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The batch sizes, ascending."""
        return tuple(sorted(self._buffers))

    def add(self, size: int, session: onnxruntime.InferenceSession) -> None:
        """Make buffers for another size and run it until its graph is replayed.

        Args:
            size: the batch size.
            session: the same model, for this size only.

        Raises:
            RuntimeError: a replayed run differs from an uncaptured one.
        """

        def prepare() -> FixedBuffers:
            sample = self._sample(size)
            buffers = FixedBuffers(session, self._device, sample)
            for _ in range(_RUNS_TO_REPLAY - 1):
                buffers.run(sample)
            _check_replay(buffers, sample)
            return buffers

        self._sessions.append(session)
        self._buffers[size] = self._thread.call(prepare)

    def check(self) -> None:
        """Replay every size once more, now that all of them exist.

        Raises:
            RuntimeError: a replay differs from its uncaptured run.
        """

        def check_all() -> None:
            for size, buffers in self._buffers.items():
                _check_replay(buffers, self._sample(size))

        self._thread.call(check_all)

    def run(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Array], /
    ) -> list[Array]:
        """Run the model like ONNX Runtime's session.

        An incomplete batch is filled with pictures from earlier runs, whose results are dropped.

        Raises:
            ValueError: the inputs do not fit the model.
        """
        names = self._outputs if output_names is None else output_names
        results = self._thread.call(lambda: self._run_all(input_feed))
        return [results[self._outputs.index(name)] for name in names]

    def _run_all(self, feed: Mapping[str, Array]) -> list[Array]:
        parts = []
        for start, count, size in batches(picture_count(feed), self.sizes):
            part = {name: value[start : start + count] for name, value in feed.items()}
            outputs = self._buffers[size].run(part)
            parts.append(outputs if count == size else [output[:count] for output in outputs])
        if len(parts) == 1:
            return parts[0]
        return [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]


def batches(count: int, sizes: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Divide pictures into batches, largest first; the last is the smallest that holds the rest.

    Args:
        count: number of pictures.
        sizes: possible batch sizes, ascending.

    Yields:
        For each batch the first picture, the number of pictures, and the batch size.
    """
    start = 0
    while start < count:
        rest = count - start
        size = next((size for size in sizes if size >= rest), sizes[-1])
        yield start, min(rest, size), size
        start += size


def _check_replay(buffers: FixedBuffers, sample: Mapping[str, Array]) -> None:
    """Run the model on the input of its uncaptured run, and compare the results."""
    for plain, replayed in zip(buffers.first, buffers.run(sample), strict=True):
        largest = np.abs(plain[np.isfinite(plain)].astype(np.float64)).max(initial=0)
        limit = _REPLAY_TOLERANCE * largest
        if not np.allclose(plain, replayed, rtol=0, atol=limit, equal_nan=True):
            raise RuntimeError("a run into fixed buffers gives other results than a plain one")
