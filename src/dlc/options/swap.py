"""The options of `dlc.swap`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dlc.options.choices import Engine, FaceChoice, VideoDecoder
from dlc.options.groups import (
    EncodeOptions,
    EnhanceOptions,
    LookOptions,
    MaskOptions,
    NeuralOptions,
    PeopleOptions,
    ProvenanceOptions,
    SafeguardPolicy,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeOptions:
    """How a video is processed so that a killed run can be resumed.

    Attributes:
        segment_seconds: length of a segment, the most of the target that a killed run loses;
            shorter ones cost more time, as each starts 1.5 seconds early to follow the faces.
    """

    segment_seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapOptions:
    """Everything `dlc.swap` can be told.

    Attributes:
        engine: which swapper to use.
        neural: how the neural engine is run, if it is used.
        faces: which faces of a frame to swap; numbers count from 1 at the left.
        people: who gets which face.
        look: how the new faces look.
        masks: how much of the old faces stays.
        enhance: how a restoration model adds detail to the new faces; None uses no model.
        overwrite: replace an output that already exists.
        start: seconds into the target at which to begin; None is its beginning.
        end: seconds into the target at which to stop; None is its end.
        decoder: what decodes the target.
        encoding: how the output is encoded.
        contact_sheet: where to write a PNG of source, target and result side by side.
        contact_sheet_rows: how many moments the contact sheet shows.
        allow_damaged: process what can be read of a damaged target instead of refusing it.
        keep_partial: when the run is stopped, keep a playable file of what was written.
        resume: process a video in segments, and continue after those that are finished; None
            processes it in one piece.
        threads: CPU threads for all stages together; None uses every core.
        label: a short visible note drawn in a corner of every frame, or None.
        provenance: what the output says about itself.
        safeguard: what is refused; None for callers with a safeguard of their own.
    """

    engine: Engine = Engine.AUTO
    neural: NeuralOptions = field(default_factory=NeuralOptions)
    faces: FaceChoice | tuple[int, ...] = FaceChoice.ALL
    people: PeopleOptions = field(default_factory=PeopleOptions)
    look: LookOptions = field(default_factory=LookOptions)
    masks: MaskOptions = field(default_factory=MaskOptions)
    enhance: EnhanceOptions | None = None
    overwrite: bool = False
    start: float | None = None
    end: float | None = None
    decoder: VideoDecoder = VideoDecoder.SOFTWARE
    encoding: EncodeOptions = field(default_factory=EncodeOptions)
    contact_sheet: Path | None = None
    contact_sheet_rows: int = 6
    allow_damaged: bool = False
    keep_partial: bool = False
    resume: ResumeOptions | None = None
    threads: int | None = None
    label: str | None = None
    provenance: ProvenanceOptions = field(default_factory=ProvenanceOptions)
    safeguard: SafeguardPolicy | None = field(default_factory=SafeguardPolicy)
