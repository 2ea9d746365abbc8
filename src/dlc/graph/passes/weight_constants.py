"""Makes weights that a file lists among its inputs constants."""

from __future__ import annotations

from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass


def _plan(edit: Edit) -> int:
    names = edit.defaults
    edit.remove_inputs(names)
    return len(names)


# Before IR version 4, every weight had to be listed, and ONNX Runtime treats it as a constant all
# the same, so such files stay as they are.
WEIGHTS = GraphPass(
    Rewrite.WEIGHTS,
    "ONNX Runtime folds and fuses nothing on weights that an input could replace, and CoreML takes "
    "no node of theirs",
    exact=True,
    plan=_plan,
)
