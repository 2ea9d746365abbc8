"""The interface of a loaded model for the rest of dlc."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from dlc.arrays import Floats


class Session(Protocol):
    """A loaded model, such as ONNX Runtime's `InferenceSession`."""

    def run(self, output_names: Sequence[str], input_feed: Mapping[str, Floats], /) -> list[Floats]:
        """Run the model and return the named outputs in their order."""


class TensorDescription(Protocol):
    """Description of a model's input or output, such as ONNX Runtime's `NodeArg`.

    Attributes:
        name: its name in the model.
        shape: its sizes; a string or None for an open one.
    """

    name: str
    shape: Sequence[int | str | None]


class DescribedSession(Session, Protocol):
    """A loaded model that describes itself, such as `RoutedSession`."""

    def get_inputs(self) -> Sequence[TensorDescription]:
        """Return the model's inputs, in the model's order."""

    def get_outputs(self) -> Sequence[TensorDescription]:
        """Return the model's outputs, in the model's order."""

    def get_providers(self) -> Sequence[str]:
        """Return ONNX Runtime's names of the providers, first choice first."""
