"""Which models a run has beside those of its engine, whichever that is."""

from __future__ import annotations

from dlc.model_store.spec import ModelRole
from dlc.options import EnhanceOptions


def models_beside(enhance: EnhanceOptions | None) -> frozenset[ModelRole]:
    """Return what the models do that the options ask for, so that `--provider` means them, too.

    Args:
        enhance: which enhancer; None is none.
    """
    return frozenset({ModelRole.ENHANCER} if enhance is not None else ())
