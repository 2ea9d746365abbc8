"""Runs whose inputs and outputs stay at the same places in a device's memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Array = NDArray[Any]

# ONNX Runtime's option of a run: which CUDA graph it replays, or captures if there is none yet.
# Sessions without CUDA graphs, on the CPU too, take no notice of it.
_GRAPH_ID = "gpu_graph_id"
_GRAPH, _NO_GRAPH = 1, -1


@dataclass(frozen=True, slots=True)
class Device:
    """Where buffers are, in ONNX Runtime's words.

    Attributes:
        kind: "cuda" or "cpu".
        number: of the device, as the provider's `device_id`.
    """

    kind: str
    number: int = 0


class FixedBuffers:
    """Buffers for one size of a batch, which every run reads and writes.

    Nothing is allocated on the device after they are made, and a CUDA graph that was captured from
    a run keeps being right: it repeats what was done with these addresses.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        device: Device,
        sample: Mapping[str, Array],
    ) -> None:
        """Run the model once, uncaptured, to learn what comes out, and allocate for it.

        Args:
            session: the model; it has one graph, so nobody else may run it from now on.
            device: where its provider wants inputs and outputs.
            sample: values for every input, of the batch's size.
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
        """Where inputs and then outputs are, in the device's memory."""
        bound = (*self._inputs.values(), *self._binding.get_outputs())
        return [value.data_ptr() for value in bound]

    def run(self, feed: Mapping[str, Array]) -> list[Array]:
        """Run the model and return copies of all its outputs, in its order.

        Args:
            feed: values for every input, of as many pictures as the batch has, or fewer: what the
                others of the batch were last stays, and is run along with them.

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
        # Copies end before they return, and so do runs: waiting for the whole device besides would
        # mean waiting for other models, and for all of that time no other thread could run Python.
        self._session.run_with_iobinding(self._binding, self._options)
        # On the CPU `numpy` may return the buffer itself.
        return [np.array(value.numpy()) for value in self._outputs]


def _run_options(graph_id: int) -> onnxruntime.RunOptions:
    options = onnxruntime.RunOptions()
    options.add_run_config_entry(_GRAPH_ID, str(graph_id))
    return options


def picture_count(feed: Mapping[str, Array]) -> int:
    """Return how many pictures a feed has, which is the first axis of every input.

    Raises:
        ValueError: the inputs do not agree.
    """
    counts: Sequence[int] = sorted({len(value) for value in feed.values()})
    if len(counts) != 1:
        raise ValueError(f"the inputs have batches of different sizes: {counts}")
    return counts[0]


def _allocated(value: Array, device: Device) -> onnxruntime.OrtValue:
    return onnxruntime.OrtValue.ortvalue_from_shape_and_type(
        list(value.shape), value.dtype.type, device.kind, device.number
    )
