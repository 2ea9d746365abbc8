"""What a run needs before its files are opened, for files and live pictures alike."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from dlc.model_store.role import Role
from dlc.options import Engine, EnhanceOptions, MaskOptions, Occlusion, RunOptions
from dlc.workflows.engines.effects import Appearance
from dlc.workflows.engines.engine import EngineLoader, choose_engine
from dlc.workflows.engines.enhancer import with_enhancer
from dlc.workflows.engines.occluder import with_occluder
from dlc.workflows.engines.occlusion import settled_masks
from dlc.workflows.engines.recognizer import choose_recognizing_engine
from dlc.workflows.people.assignment import Assignment, asked_for, assignments_of
from dlc.workflows.photos import Source

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Preparation:
    """Which engine does the work, and whose faces it uses.

    Attributes:
        engine: the engine, never AUTO.
        engine_reason: why it was chosen.
        load: loads it, with the enhancer and the occluder if there are any.
        assignments: who gets which face.
        masks: the mask options that suit the engine.
    """

    engine: Engine
    engine_reason: str
    load: EngineLoader
    assignments: tuple[Assignment, ...]
    masks: MaskOptions


def prepare(source: Source | None, options: RunOptions, *, live: bool = False) -> Preparation:
    """Choose the engine, and find the photos it needs.

    Args:
        source: the photos of the new face; None if `options.people` names all of them.
        options: the run's options, already checked.
        live: whether the enhancer may run as often as there is time for.

    Raises:
        OptionError: an option contradicts another one.
        InputError: a photo is missing.
        ModelError: a model of the requested engine is missing or damaged.
    """
    appearance = Appearance(options.look, options.masks)
    assignments = assignments_of(source, options.people)
    choose = choose_recognizing_engine if asked_for(assignments) else choose_engine
    beside = models_beside(options.enhance, options.masks)
    choice = choose(
        options.engine,
        options.neural,
        appearance=appearance,
        beside=beside,
        tilted=options.tilted,
    )
    logger.info("engine %s: %s", choice.engine, choice.reason)
    masks = settled_masks(options.masks, choice.engine)
    provider = options.neural.provider
    load = with_enhancer(choice.load, options.enhance, provider, live=live)
    return Preparation(
        choice.engine,
        choice.reason,
        with_occluder(load, masks, provider),
        assignments,
        masks,
    )


def models_beside(enhance: EnhanceOptions | None, masks: MaskOptions) -> frozenset[Role]:
    """Return the roles of the models that are run beside an engine; `--provider` is for them, too.

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
