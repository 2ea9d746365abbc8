"""What a rewrite of a graph is, and how one is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import onnx

from dlc.graph.names import NEEDLESS_FROM, Rewrite
from dlc.graph.passes.edit import Edit

# How far results differ where arithmetic was only done in another order.
REORDERED = 1e-5


@dataclass(frozen=True, slots=True)
class GraphPass:
    """A rewrite of a graph.

    Attributes:
        name: under which a file records that it has been through.
        reason: why it is done, in one sentence.
        plan: looks at a graph, plans its changes and returns how many things it rewrites.
        exact: values are only moved, so results are the same to the bit.
        tolerance: how far results may differ where they are not exact, of the largest value of an
            output; as a rule arithmetic is only done in another order.
        version: raised when the same graph comes out otherwise than before, so that results kept
            on disk are made anew.
    """

    name: Rewrite
    reason: str
    plan: Callable[[Edit], int]
    exact: bool = False
    tolerance: float = REORDERED
    version: int = 1

    @property
    def needless_from(self) -> tuple[int, int] | None:
        """Major and minor version of the ONNX Runtime that does without it; None if none does."""
        return NEEDLESS_FROM.get(self.name)

    def apply(self, model: onnx.ModelProto) -> onnx.ModelProto:
        """Return the rewritten model; `model` stays as it is, and comes back if nothing applies."""
        return self.apply_counting(model)[0]

    def apply_counting(
        self, model: onnx.ModelProto, *, in_place: bool = False
    ) -> tuple[onnx.ModelProto, int]:
        """Return the rewritten model and how many things were rewritten.

        Args:
            model: the model.
            in_place: change `model` itself, which spares a copy of its weights.
        """
        total = 0
        # What is rewritten may give shapes to what comes after it.
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
