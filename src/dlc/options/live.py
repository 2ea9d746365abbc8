"""The options of `dlc.live`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dlc.options.choices import Fit, NoFace, Preset
from dlc.options.groups import EncodeOptions, SafeguardPolicy
from dlc.options.run import RunOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOptions:
    """How a live source is opened.

    Attributes:
        resolution: width and height to ask a camera for; None asks for sizes that suit a swap.
            Ignored for files and streams.
        fps: frame rate to ask a camera for, or to play an image sequence at; None asks for the
            highest useful one and plays a sequence at 25.
        loop: repeat a file when it ends.
        reconnect: when a camera or stream goes away, wait for it to come back.
        mirror: exchange left and right before anything else is done.
    """

    resolution: tuple[int, int] | None = None
    fps: float | None = None
    loop: bool = False
    reconnect: bool = False
    mirror: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualCameraOptions:
    """How other programs see the virtual camera.

    Attributes:
        size: width and height of the virtual camera, both even; None takes the source's.
        fit: how a picture of another shape is made to fit.
    """

    size: tuple[int, int] | None = None
    fit: Fit = Fit.LETTERBOX


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions(RunOptions):
    """Everything `dlc.live` can be told; at least one output is needed.

    What it shares with `dlc.swap` is in `RunOptions`.

    Attributes:
        detection_every: detect faces in every Nth frame; None adapts to the machine.
        no_face: what is shown instead of a frame in which not every face was swapped.
        capture: how the source is opened.
        virtual_camera: offer the result to other programs as a camera; None does not.
        output: a video file to write; None writes none.
        microphone: the name of a microphone whose sound goes into the file, a part of the name that
            no other one shares, or "default"; None records no sound.
        encoding: how the file's pictures are encoded.
        preview: show the result in a window.
        duration: seconds after which to stop; None continues until the source ends.
        safeguard: what is refused; None for callers with a safeguard of their own. Viewers see
            black from the first picture above the threshold on; by default the run ends after five
            seconds of such pictures.
    """

    detection_every: int | None = None
    no_face: NoFace = NoFace.PASS
    capture: CaptureOptions = field(default_factory=CaptureOptions)
    virtual_camera: VirtualCameraOptions | None = None
    output: Path | None = None
    microphone: str | None = None
    encoding: EncodeOptions = field(
        default_factory=lambda: EncodeOptions(preset=Preset.FAST, audio=False)
    )
    preview: bool = False
    duration: float | None = None
    safeguard: SafeguardPolicy | None = field(
        default_factory=lambda: SafeguardPolicy(frames_per_second=2.0, in_a_row=40)
    )
