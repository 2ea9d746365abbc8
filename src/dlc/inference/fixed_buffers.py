"""Runs whose inputs and outputs stay at fixed addresses in a device's memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime

from dlc.arrays import Array

# ONNX Runtime's run option for the CUDA graph to replay, or to capture if there is none yet.
# Sessions without CUDA graphs, such as on the CPU, ignore it.
_GRAPH_ID = "gpu_graph_id"
_GRAPH, _NO_GRAPH = 1, -1


@dataclass(frozen=True, slots=True)
class Device:
    """Where buffers are, in ONNX Runtime's terms.

    Attributes:
        kind: "cuda" or "cpu".
        number: the device number, as in the provider's `device_id`.
    """

    kind: str
    number: int = 0


class FixedBuffers:
    """Buffers for one batch size, which every run reads and writes.

    Once they are made, nothing is allocated on the device, and a CUDA graph captured from a run
    stays valid: it repeats the run's work on these addresses.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        device: Device,
        sample: Mapping[str, Array],
    ) -> None:
        """Run the model once, uncaptured, to learn its outputs, and allocate buffers for them.

        Args:
            session: the model; it has one graph, so nothing else may run it from now on.
            device: where its provider expects inputs and outputs.
            sample: values for every input, for the whole batch.
        """
        self._session = session
        self._options = _run_options(_GRAPH)
        self._names = [output.name for output in session.get_outputs()]
        self.first: list[Array] = session.run(self._names, dict(sample), _run_options(_NO_GRAPH))
        """What that run gave, in the order of the model's outputs."""
        self._staged = {name: np.array(value, order="C") for name, value in sample.items()}
        self._inputs = {name: _allocated(value, device) for name, value in sample.items()}
        self._outputs = [_allocated(value, device) for value in self.first]
        self._binding = session.io_binding()
        for name, value in self._inputs.items():
            self._binding.bind_ortvalue_input(name, value)
        for name, value in zip(self._names, self._outputs, strict=True):
            self._binding.bind_ortvalue_output(name, value)

    @property
    def addresses(self) -> list[int]:
        """Device addresses of the inputs, then of the outputs."""
        bound = (*self._inputs.values(), *self._binding.get_outputs())
        return [value.data_ptr() for value in bound]

    def run(self, feed: Mapping[str, Array]) -> list[Array]:
        """Run the model and return copies of all its outputs, in the model's order.

        Args:
            feed: values for every input, for as many pictures as the batch holds, or fewer: the
                rest of the batch keeps its previous values and runs along.

        Raises:
            ValueError: a value does not fit its buffer, or an input is missing.
        """
        if feed.keys() != self._inputs.keys():
            raise ValueError(f"the inputs are {list(self._inputs)}, not {list(feed)}")
        for name, value in feed.items():
            staged = self._staged[name]
            if value.shape[1:] != staged.shape[1:] or len(value) > len(staged):
                raise ValueError(f"input {name} of shape {value.shape} does not fit {staged.shape}")
            staged[: len(value)] = value
            self._inputs[name].update_inplace(staged)
        # Copies and runs finish before they return. Synchronizing the whole device as well would
        # also wait for other models, and block all other Python threads meanwhile.
        self._session.run_with_iobinding(self._binding, self._options)
        # On the CPU, `numpy` may return the buffer itself.
        return [np.array(value.numpy()) for value in self._outputs]


def _run_options(graph_id: int) -> onnxruntime.RunOptions:
    options = onnxruntime.RunOptions()
    options.add_run_config_entry(_GRAPH_ID, str(graph_id))
    return options


def picture_count(feed: Mapping[str, Array]) -> int:
    """Return the number of pictures in a feed: the first axis of every input.

    Raises:
        ValueError: the inputs disagree.
    """
    counts: Sequence[int] = sorted({len(value) for value in feed.values()})
    if len(counts) != 1:
        raise ValueError(f"the inputs have batches of different sizes: {counts}")
    return counts[0]


def _allocated(value: Array, device: Device) -> onnxruntime.OrtValue:
    return onnxruntime.OrtValue.ortvalue_from_shape_and_type(
        list(value.shape), value.dtype.type, device.kind, device.number
    )
