"""Compares a rewritten model with the original: both run on the CPU, on the same noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from dlc.arrays import Array, Floats
from dlc.errors import ModelError
from dlc.graph.names import FINITE_OUTPUT
from dlc.inference.basic_graph import unchanged_weights_options
from dlc.inference.cpu import load_on_cpu
from dlc.inference.failures import BINDING_ERRORS, OTHER_ERRORS, plain_message
from dlc.inference.noise import unit_vectors
from dlc.inference.pixels import from_pixels, to_pixels

_FLOATS = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}
_INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(uint8)": np.uint8}


@dataclass(frozen=True, slots=True)
class Reference:
    """A model's outputs for seeded noise, for comparison with rewritten models.

    Attributes:
        name: the model's name, for messages.
        folder: where the models' external weights are.
        threads: CPU threads per run.
        feed: the noise, by input.
        outputs: the original's results, by output.
    """

    name: str
    folder: Path
    threads: int
    feed: dict[str, Array]
    outputs: dict[str, Array]

    @classmethod
    def of(
        cls,
        name: str,
        model: bytes,
        folder: Path,
        *,
        input_shape: tuple[int, ...] | None = None,
        threads: int = 1,
    ) -> Reference:
        """Run the original.

        Args:
            name: the model's name, for messages.
            model: its content; large weights may be in `folder`.
            folder: location of external weights.
            input_shape: shape of the first input; None means the model's own, with 1 for open
                sizes.
            threads: CPU threads per run.

        Raises:
            ModelError: the model does not run, or takes something other than numbers.
        """
        session = _session(model, folder, threads)
        feed = _noise(name, session, input_shape)
        return cls(name, folder, threads, feed, _run(name, session, feed))

    def difference(self, model: bytes) -> float:
        """Return the deviation of a rewritten model's outputs, relative to the largest value.

        Returns:
            0 if they are identical to the bit, infinity if shapes or types differ, or NaN appears
            in different places than in the original's. For 8-bit pixels, the original's results are
            converted to 8-bit pixels too.

        Raises:
            ModelError: the rewritten model does not run.
        """
        session = _session(model, self.folder, self.threads)
        outputs = _run(self.name, session, _fed(session, self.feed))
        outputs.pop(FINITE_OUTPUT, None)
        if outputs.keys() != self.outputs.keys():
            return float("inf")
        return max(
            (_difference(self.outputs[name], value) for name, value in outputs.items()), default=0.0
        )

    def largest(self, model: bytes) -> float:
        """Return the largest number in all outputs of a model with the same inputs, or NaN.

        Raises:
            ModelError: the model does not run.
        """
        session = _session(model, self.folder, self.threads)
        outputs = _run(self.name, session, _fed(session, self.feed))
        # Unlike Python's own, this maximum is NaN if any value is.
        return float(np.max([np.max(value) for value in outputs.values()]))


def _session(model: bytes, folder: Path, threads: int) -> onnxruntime.InferenceSession:
    options = unchanged_weights_options(folder, threads)
    # Optimizing would change the two graphs differently and exaggerate their deviation.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    # In file order, each constant is computed where it is used, and then released. By default, all
    # of them come first: 2 GB of kernels for Winograd convolutions.
    options.execution_order = onnxruntime.ExecutionOrder.PRIORITY_BASED
    return load_on_cpu(model, options)


def _run(
    name: str, session: onnxruntime.InferenceSession, feed: dict[str, Array]
) -> dict[str, Array]:
    names = [output.name for output in session.get_outputs()]
    try:
        values = session.run(names, feed)
    except (*OTHER_ERRORS, *BINDING_ERRORS) as error:
        raise ModelError(
            f"the model {name} does not run on the CPU ({plain_message(error)}), so its rewritten "
            "graph cannot be checked; use another file of the model"
        ) from error
    return {name: np.asarray(value) for name, value in zip(names, values, strict=True)}


def _noise(
    name: str,
    session: onnxruntime.InferenceSession,
    input_shape: tuple[int, ...] | None,
) -> dict[str, Array]:
    generator = np.random.default_rng(0)
    feed: dict[str, Array] = {}
    for number, info in enumerate(session.get_inputs()):
        shape = _closed(info.shape, input_shape if number == 0 else None)
        if info.type in _FLOATS:
            feed[info.name] = _values(generator, shape).astype(_FLOATS[info.type])
        elif info.type in _INTEGERS:
            feed[info.name] = generator.integers(0, 2, shape).astype(_INTEGERS[info.type])
        elif info.type == "tensor(bool)":
            feed[info.name] = generator.integers(0, 2, shape).astype(np.bool_)
        else:
            raise ModelError(
                f"the model {name} takes {info.type} as its input {info.name}: "
                "dlc cannot check such a model"
            )
    return feed


def _values(generator: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Return noise: for pictures, values that 8-bit pixels can have; for vectors, unit length."""
    if len(shape) == 4 and shape[1] == 3:
        return from_pixels(generator.integers(0, 256, (shape[0], *shape[2:], 3), np.uint8))
    if len(shape) == 2:
        return unit_vectors(generator, shape)
    return generator.random(shape).astype(np.float32)


def _fed(session: onnxruntime.InferenceSession, feed: dict[str, Array]) -> dict[str, Array]:
    """Return the noise in the form that a rewritten model takes."""
    given = dict(feed)
    for info in session.get_inputs():
        planes = feed.get(info.name)
        if info.type == "tensor(uint8)" and planes is not None and planes.dtype.kind == "f":
            # Picture noise has the values of pixels; adding a half makes it round down to them.
            given[info.name] = to_pixels(255 * planes.astype(np.float32) + np.float32(0.5), 1)
    return given


def _closed(shape: Sequence[int | str | None], given: tuple[int, ...] | None) -> tuple[int, ...]:
    if given is not None and len(given) == len(shape):
        return given
    return tuple(size if isinstance(size, int) and size > 0 else 1 for size in shape)


def _difference(original: Array, rewritten: Array) -> float:
    if rewritten.dtype == np.uint8 and original.dtype.kind == "f" and original.ndim == 4:
        return _difference_of_pixels(original, rewritten)
    if original.shape != rewritten.shape or original.dtype != rewritten.dtype:
        return float("inf")
    if original.tobytes() == rewritten.tobytes():
        return 0.0
    if original.dtype.kind != "f":
        return float("inf")
    return _difference_of_floats(original, rewritten)


def _difference_of_pixels(original: Array, rewritten: Array) -> float:
    # NaN would become an arbitrary number.
    if not np.isfinite(original).all():
        return float("inf")
    pixels = to_pixels(original.astype(np.float32), 255)
    if pixels.shape != rewritten.shape:
        return float("inf")
    return float(np.abs(pixels.astype(np.int16) - rewritten).max(initial=0)) / 255


def _difference_of_floats(original: Array, rewritten: Array) -> float:
    """Return how far numbers are apart that are not the same to the bit."""
    finite = np.isfinite(original)
    if not np.array_equal(original[~finite], rewritten[~finite], equal_nan=True):
        return float("inf")
    before, after = (array[finite].astype(np.float64) for array in (original, rewritten))
    if not np.isfinite(after).all():
        return float("inf")
    scale = float(np.abs(before).max(initial=0.0))
    distance = float(np.abs(before - after).max(initial=0.0))
    # Zeros of different signs are not bit-identical.
    return max(distance / scale if scale else float("inf"), np.finfo(np.float64).tiny)
