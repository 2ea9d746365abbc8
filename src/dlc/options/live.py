"""The options of `dlc.live`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dlc.options.choices import Engine, FaceChoice, Fit, NoFace, Preset
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
class CaptureOptions:
    """How a live source is opened.

    Attributes:
        resolution: width and height to ask a camera for; None asks for sizes that suit a swap.
            Files and streams have the size they have.
        fps: frame rate to ask a camera for, and at which an image sequence is played; None asks
            for the highest that is useful and plays a sequence at 25.
        loop: begin a file anew when it has ended.
        reconnect: when a camera or stream goes away, wait for it to come back.
    """

    resolution: tuple[int, int] | None = None
    fps: float | None = None
    loop: bool = False
    reconnect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualCameraOptions:
    """What other programs get to see.

    Attributes:
        size: width and height of the virtual camera, both even; None takes the source's.
        fit: what becomes of a picture of another shape.
    """

    size: tuple[int, int] | None = None
    fit: Fit = Fit.LETTERBOX


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """Everything `dlc.live` can be told; at least one output is needed.

    Attributes:
        engine: which swapper to use.
        neural: how the neural engine is run, if it is the one.
        faces: which faces of a frame to swap; numbers count from 1 at the left.
        people: who gets which face.
        look: how the new faces look.
        masks: how much of the old faces stays.
        enhance: how the new faces are given finer detail; None leaves it at what the engine makes.
        detection_every: frames from one detection to the next; None suits the machine.
        no_face: what is shown instead of a frame in which not every face was swapped.
        capture: how the source is opened.
        virtual_camera: show the result to other programs as a camera; None does not.
        output: a video file to write; None writes none.
        overwrite: replace the file if it exists.
        encoding: how the file is encoded; there is no sound.
        preview: show the result in a window.
        duration: seconds after which to stop; None goes on until the source ends.
        threads: CPU threads for all stages together; None uses every core.
        label: a short visible note drawn into a corner of every picture, or None.
        provenance: how the file says what it is.
        safeguard: what is refused; None for callers who have a safeguard of their own. Viewers see
            black from the first picture above the threshold on; by default the run ends after five
            seconds of such pictures.
    """

    engine: Engine = Engine.AUTO
    neural: NeuralOptions = field(default_factory=NeuralOptions)
    faces: FaceChoice | tuple[int, ...] = FaceChoice.ALL
    people: PeopleOptions = field(default_factory=PeopleOptions)
    look: LookOptions = field(default_factory=LookOptions)
    masks: MaskOptions = field(default_factory=MaskOptions)
    enhance: EnhanceOptions | None = None
    detection_every: int | None = None
    no_face: NoFace = NoFace.PASS
    capture: CaptureOptions = field(default_factory=CaptureOptions)
    virtual_camera: VirtualCameraOptions | None = None
    output: Path | None = None
    overwrite: bool = False
    encoding: EncodeOptions = field(
        default_factory=lambda: EncodeOptions(preset=Preset.FAST, audio=False)
    )
    preview: bool = False
    duration: float | None = None
    threads: int | None = None
    label: str | None = None
    provenance: ProvenanceOptions = field(default_factory=ProvenanceOptions)
    safeguard: SafeguardPolicy | None = field(
        default_factory=lambda: SafeguardPolicy(frames_per_second=2.0, in_a_row=40)
    )
