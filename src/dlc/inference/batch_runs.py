"""A model run in batches of a few sizes, each with a session of its own and fixed buffers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import onnxruntime

from dlc.inference.fixed_buffers import Array, Device, FixedBuffers, picture_count
from dlc.inference.own_thread import OwnThread

# In the first one or two ONNX Runtime allocates all that the model needs and captures it, which
# depends on the release; the last is a replay in any.
_RUNS_TO_REPLAY = 4
# How far a replay may be from an uncaptured run, of an output's largest value.
_REPLAY_TOLERANCE = 0.01
_FIRST = 1


class BatchRuns:
    """Runs any number of pictures through batches of certain sizes.

    Every size has a session of its own. In a shared one, a run of another size replaces cuDNN's
    plans and uses the provider's memory anew, which are what a captured graph goes on using.

    Everything is done on one thread, in the order of the calls, which may come from several. A size
    is captured when it is added: while CUDA captures, allocating or waiting on any other thread of
    the process would spoil it, so that should be before frames are processed.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        device: Device,
        sample: Callable[[int], Mapping[str, Array]],
    ) -> None:
        """Make the buffers of single pictures and run the model until its graph is replayed.

        Args:
            session: the model, whose outputs need not begin with the batch as long as no other size
                is added; nobody else may run it from now on.
            device: where its provider wants inputs and outputs.
            sample: returns values for every input, for a size of the batch.

        Raises:
            RuntimeError: a replayed run gave something else than an uncaptured one.
        """
        self._thread = OwnThread("dlc-batches")
        self._outputs = [output.name for output in session.get_outputs()]
        self._device = device
        self._sample = sample
        self._buffers: dict[int, FixedBuffers] = {}
        self.add(_FIRST, session)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of batches, rising."""
        return tuple(sorted(self._buffers))

    def add(self, size: int, session: onnxruntime.InferenceSession) -> None:
        """Make the buffers of another size and run it until its graph is replayed.

        Args:
            size: of the batch.
            session: the same model, for this size alone.

        Raises:
            RuntimeError: a replayed run gave something else than an uncaptured one.
        """

        def prepare() -> FixedBuffers:
            sample = self._sample(size)
            buffers = FixedBuffers(session, self._device, sample)
            for _ in range(_RUNS_TO_REPLAY - 1):
                buffers.run(sample)
            _check_replay(buffers, sample)
            return buffers

        self._buffers[size] = self._thread.call(prepare)

    def check(self) -> None:
        """Replay every size once more, now that all of them are there.

        Raises:
            RuntimeError: one gives something else than its uncaptured run did.
        """

        def check_all() -> None:
            for size, buffers in self._buffers.items():
                _check_replay(buffers, self._sample(size))

        self._thread.call(check_all)

    def run(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, Array], /
    ) -> list[Array]:
        """Run the model, as ONNX Runtime's session does.

        A batch that is not full is filled up with pictures of earlier runs, whose results are left
        out.

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
    """Divide pictures into batches, the largest ones first, the last the least that holds the rest.

    Args:
        count: of the pictures.
        sizes: that a batch can have, rising.

    Yields:
        The first picture of a batch, how many there are, and the size of the batch.
    """
    start = 0
    while start < count:
        rest = count - start
        size = next((size for size in sizes if size >= rest), sizes[-1])
        yield start, min(rest, size), size
        start += size


def _check_replay(buffers: FixedBuffers, sample: Mapping[str, Array]) -> None:
    """Run the model on what its uncaptured run was given, and compare the results."""
    for plain, replayed in zip(buffers.first, buffers.run(sample), strict=True):
        largest = np.abs(plain[np.isfinite(plain)].astype(np.float64)).max(initial=0)
        limit = _REPLAY_TOLERANCE * largest
        if not np.allclose(plain, replayed, rtol=0, atol=limit, equal_nan=True):
            raise RuntimeError("a captured run gives other results than a plain one")
