"""Models that a run uses besides those of the mesh engine."""

from __future__ import annotations

from dlc.model_store.spec import ModelRole
from dlc.options import Engine, EnhanceOptions, MaskOptions, Occlusion
from dlc.workflows.engines.occlusion import settled_masks


def models_beside(enhance: EnhanceOptions | None, masks: MaskOptions) -> frozenset[ModelRole]:
    """Return the roles of the models that the options ask for: `--provider` applies to them, too.

    Args:
        enhance: which enhancer; None is none.
        masks: whether there is an occluder, with the mesh engine.
    """
    roles = set()
    if enhance is not None:
        roles.add(ModelRole.ENHANCER)
    if settled_masks(masks, Engine.MESH).occlusion is Occlusion.MODEL:
        roles.add(ModelRole.OCCLUDER)
    return frozenset(roles)
