"""The outcome of `optimize_models`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dlc.graph.coreml.partitions import UnsupportedNode
from dlc.options import Provider


class State(StrEnum):
    """What became of a model."""

    NOTHING_TO_DO = "nothing to do"
    CURRENT = "current"
    """The rewritten file was there."""
    MADE = "made"
    TO_DO = "to do"
    """The rewritten file is missing or out of date, and was only to be checked."""


@dataclass(frozen=True, slots=True)
class Count:
    """A graph in numbers.

    Attributes:
        nodes: number of nodes in the file.
        partitions: predicted number of CoreML partitions; None for other targets.
        measured: number of partitions that ONNX Runtime made; None if it was not asked.
        unsupported: nodes that CoreML leaves to the CPU.
    """

    nodes: int
    partitions: int | None = None
    measured: int | None = None
    unsupported: tuple[UnsupportedNode, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What was done to one model.

    Attributes:
        source: its file.
        state: what became of it.
        changes: what each pass rewrote, in numbers.
        dropped: passes left out because they changed the results.
        before: the original graph.
        after: the rewritten graph.
        difference: of the results, relative to the output's largest value; None if nothing was
            compared.
        seconds: time taken.
        path: the file to use; None if it is yet to be made.
    """

    source: Path
    state: State
    changes: Mapping[str, int]
    dropped: tuple[str, ...]
    before: Count
    after: Count
    difference: float | None
    seconds: float
    path: Path | None


@dataclass(frozen=True, slots=True)
class OptimizeReport:
    """The outcome of `optimize_models`.

    Attributes:
        target: what models were rewritten for.
        runtime: the version of ONNX Runtime they are for.
        models: one report for each model.
    """

    target: Provider
    runtime: str
    models: tuple[ModelReport, ...]

    @property
    def current(self) -> bool:
        """Whether there is nothing left to do."""
        return all(model.state is not State.TO_DO for model in self.models)
