"""Which swap engine does the work, and why."""

from __future__ import annotations

from dataclasses import dataclass

from dlc.errors import ModelError
from dlc.faces.finder import FaceFinder
from dlc.faces.tracker import load_tracker
from dlc.options import Engine
from dlc.swapping.mesh import MeshSwapper
from dlc.swapping.swapper import FaceSwapper


@dataclass(frozen=True, slots=True, eq=False)
class LoadedEngine:
    """A swapper, and the finder that tells it what it needs to know of faces."""

    finder: FaceFinder
    swapper: FaceSwapper


def choose_engine(asked: Engine) -> tuple[Engine, str]:
    """Return the engine for what was asked, and the reason in a few words.

    Raises:
        ModelError: the engine that was asked for is not part of this version.
    """
    if asked is Engine.INSWAPPER:
        message = (
            "--engine inswapper: this version of dlc has only the mesh engine built in; "
            "use --engine mesh or leave the option out"
        )
        raise ModelError(message)
    if asked is Engine.AUTO:
        return Engine.MESH, "the only engine built into this version"
    return Engine.MESH, "as asked"


def load_mesh_engine() -> LoadedEngine:
    """Load the built-in engine.

    Raises:
        ModelError: one of its files is missing or damaged.
    """
    return LoadedEngine(load_tracker(), MeshSwapper())
