"""Divides CPU threads among models that run concurrently."""

from __future__ import annotations

from collections.abc import Collection

from dlc.model_store.role import Role

# Multiply-adds per face or frame, in 1e9, of the models that dlc knows: SCRFD-10G at 640x640,
# 2d106det, ArcFace R50, inswapper_128, GFPGANv1.4, XSeg (by its layers), and the built-in engine's
# three combined.
_GIGA_OPERATIONS = {
    Role.DETECTOR: 13.3,
    Role.LANDMARKER: 0.2,
    Role.RECOGNIZER: 6.3,
    Role.SWAPPER: 174.6,
    Role.ENHANCER: 198.0,
    Role.OCCLUDER: 13.8,
    Role.BUILT_IN: 0.1,
}


def share_threads(threads: int, roles: Collection[Role]) -> dict[Role, int]:
    """Return the number of threads for each of the models that run concurrently.

    A pipeline is as fast as its slowest stage, so threads are divided by the stages' work. Every
    model gets at least one, even if that makes more threads than CPUs.

    Args:
        threads: threads for all of them together, at least 1.
        roles: the models.
    """
    total = sum(_GIGA_OPERATIONS[role] for role in roles)
    return {role: max(1, round(threads * _GIGA_OPERATIONS[role] / total)) for role in roles}
