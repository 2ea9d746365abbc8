"""Models that a run uses in addition to those of the built-in engine."""

from __future__ import annotations

from dlc.model_store.role import Role
from dlc.options import Engine, EnhanceOptions, MaskOptions, Occlusion
from dlc.workflows.engines.occlusion import settled_masks


def models_beside(enhance: EnhanceOptions | None, masks: MaskOptions) -> frozenset[Role]:
    """Return the roles of the models that the options ask for; `--provider` applies to them too.

    Args:
        enhance: the enhancer; None means no enhancer.
        masks: these decide whether there is an occluder with the built-in engine.
    """
    roles = set()
    if enhance is not None:
        roles.add(Role.ENHANCER)
    if settled_masks(masks, Engine.MESH).occlusion is Occlusion.MODEL:
        roles.add(Role.OCCLUDER)
    return frozenset(roles)
