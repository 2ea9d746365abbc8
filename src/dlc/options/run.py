"""The options that `dlc.swap` and `dlc.live` share."""

from __future__ import annotations

from dataclasses import dataclass, field

from dlc.options.choices import Engine, FaceChoice
from dlc.options.groups import (
    EnhanceOptions,
    LookOptions,
    MaskOptions,
    NeuralOptions,
    PeopleOptions,
    ProvenanceOptions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What can be chosen for a file and for a live picture alike.

    Attributes:
        engine: which swapper to use.
        neural: how the neural engine is run, if it is used.
        faces: which faces of a frame to swap; numbers count from 1 at the left.
        tilted: also look for sideways and upside-down faces in videos and live. In a picture, the
            mesh engine does so anyway, and the neural one where it finds no upright face.
        people: who gets which face.
        look: how the new faces look.
        masks: how much of the old faces stays.
        enhance: how a restoration model adds detail to the new faces; None uses no model.
        overwrite: replace an output that already exists.
        threads: CPU threads for all stages together; None uses every core.
        label: a short visible note drawn in a corner of every frame, or None.
        provenance: what the output says about itself.
    """

    engine: Engine = Engine.AUTO
    neural: NeuralOptions = field(default_factory=NeuralOptions)
    faces: FaceChoice | tuple[int, ...] = FaceChoice.ALL
    tilted: bool = False
    people: PeopleOptions = field(default_factory=PeopleOptions)
    look: LookOptions = field(default_factory=LookOptions)
    masks: MaskOptions = field(default_factory=MaskOptions)
    enhance: EnhanceOptions | None = None
    overwrite: bool = False
    threads: int | None = None
    label: str | None = None
    provenance: ProvenanceOptions = field(default_factory=ProvenanceOptions)
