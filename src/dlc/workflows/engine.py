"""Which swap engine does the work, and why."""

from __future__ import annotations

from dlc.errors import ModelError
from dlc.options import Engine


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
