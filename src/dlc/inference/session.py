"""What the rest of dlc knows of a loaded model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Session(Protocol):
    """A loaded model; ONNX Runtime's `InferenceSession` is one."""

    def run(
        self, output_names: Sequence[str], input_feed: Mapping[str, NDArray[np.float32]], /
    ) -> list[NDArray[np.float32]]:
        """Run the model and return the named outputs in their order."""


class TensorDescription(Protocol):
    """What a model says of an input or output; ONNX Runtime's `NodeArg` is one.

    Attributes:
        name: what the model calls it.
        shape: its sizes; a text or None for one that is left open.
    """

    name: str
    shape: Sequence[int | str | None]


class DescribedSession(Session, Protocol):
    """A loaded model that can be asked about; `RoutedSession` is one."""

    def get_inputs(self) -> Sequence[TensorDescription]:
        """Return the model's inputs, in its order."""

    def get_outputs(self) -> Sequence[TensorDescription]:
        """Return the model's outputs, in its order."""

    def get_providers(self) -> Sequence[str]:
        """Return ONNX Runtime's names of what may run the model, first choice first."""
