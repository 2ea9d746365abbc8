"""Defines a rewrite of a graph, and how to apply it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import onnx

from dlc.graph.names import NEEDLESS_FROM, Rewrite
from dlc.graph.passes.edit import Edit

# How far results differ if only the order of arithmetic changed.
REORDERED = 1e-5


@dataclass(frozen=True, slots=True)
class GraphPass:
    """A rewrite of a graph.

    Attributes:
        name: its name in the record of rewritten files.
        reason: why it is done, in one sentence.
        plan: examines a graph, plans changes and returns the number of rewrites.
        exact: whether values are only moved, so that results are bit-identical.
        tolerance: how far inexact results may differ, relative to the largest value of an output;
            usually only the order of arithmetic changes.
        version: raised when the result for the same graph changes, so that cached results are made
            anew.
    """

    name: Rewrite
    reason: str
    plan: Callable[[Edit], int]
    exact: bool = False
    tolerance: float = REORDERED
    version: int = 1

    @property
    def needless_from(self) -> tuple[int, int] | None:
        """Major and minor version of the ONNX Runtime that no longer needs it; None if all do."""
        return NEEDLESS_FROM.get(self.name)

    def apply(self, model: onnx.ModelProto) -> onnx.ModelProto:
        """Return the rewritten model, or `model` if nothing applies; `model` is not modified."""
        return self.apply_counting(model)[0]

    def apply_counting(
        self, model: onnx.ModelProto, *, in_place: bool = False
    ) -> tuple[onnx.ModelProto, int]:
        """Return the rewritten model and the number of rewrites.

        Args:
            model: the model.
            in_place: modify `model` itself, which avoids a copy of its weights.
        """
        total = 0
        # Rewrites may determine shapes further down the graph.
        while count := self.plan(edit := Edit(model)):
            if not in_place and not total:
                model = copied(model)
            edit.write_to(model)
            total += count
        return model, total


def copied(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a deep copy."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return copy
