"""What a user can choose, as frozen dataclasses that are passed on explicitly."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Engine(StrEnum):
    """Which swapper does the work."""

    AUTO = "auto"
    MESH = "mesh"
    INSWAPPER = "inswapper"


class Provider(StrEnum):
    """What runs the neural models."""

    AUTO = "auto"
    CPU = "cpu"
    COREML = "coreml"
    CUDA = "cuda"
    TENSORRT = "tensorrt"
    DIRECTML = "directml"
    OPENVINO = "openvino"


class VideoDecoder(StrEnum):
    """What decodes a target."""

    SOFTWARE = "software"
    NVDEC = "nvdec"
    """NVIDIA's decoder on the GPU, or software with a warning where it does not do the same."""


NVENC = "nvenc"
"""For an encoder: NVIDIA's on the GPU that suits the output, or the output's default one with a
warning where there is none."""


class FaceChoice(StrEnum):
    """Which faces of a frame are swapped."""

    ALL = "all"
    LARGEST = "largest"
    SMALLEST = "smallest"
    LEFT = "left"
    RIGHT = "right"


class Preset(StrEnum):
    """How much encoding time a smaller file is worth."""

    FAST = "fast"
    BALANCED = "balanced"
    QUALITY = "quality"


class PixelBoost(StrEnum):
    """Side in pixels of faces that a model of 128 pixels makes in several parts."""

    SIDE_256 = "256"
    SIDE_512 = "512"


class ColorMatch(StrEnum):
    """What of the old face's colors the new one takes on."""

    NONE = "none"
    LAB = "lab"
    LOCAL = "local"


class BlendMethod(StrEnum):
    """How a new face is put into the frame."""

    ALPHA = "alpha"
    POISSON = "poisson"


class Enhancer(StrEnum):
    """Which restoration model gives new faces finer detail."""

    GFPGAN = "gfpgan"
    GPEN256 = "gpen256"
    GPEN512 = "gpen512"


class Occlusion(StrEnum):
    """What keeps things in front that come in front of a face."""

    AUTO = "auto"
    BUILT_IN = "built-in"
    MODEL = "model"
    OFF = "off"


class Fit(StrEnum):
    """How a picture gets another shape."""

    LETTERBOX = "letterbox"
    CROP = "crop"


class NoFace(StrEnum):
    """What viewers of a live picture see while there is no swapped face in it."""

    PASS = "pass"  # noqa: S105 - a choice, no password
    BLANK = "blank"
    FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class EncodeOptions:
    """How the output is encoded.

    Attributes:
        encoder: an encoder's FFmpeg name such as "libx264", `NVENC`, or None for the container's
            default.
        quality: constant quality on x264's CRF scale for every encoder: 0 is best, 51 worst.
        preset: the trade of time against size.
        audio: whether audio streams are carried over.
    """

    encoder: str | None = None
    quality: float = 18.0
    preset: Preset = Preset.BALANCED
    audio: bool = True


@dataclass(frozen=True, slots=True)
class NeuralOptions:
    """How the neural engine is run.

    Attributes:
        provider: what runs its models.
        swapper_model: an ONNX file with inswapper_128's inputs and outputs; None takes the
            installed one, and so for the others.
        detector_model: an ONNX file of SCRFD with five points.
        recognizer_model: an ONNX file of ArcFace, or of SFace where the mesh engine is to tell
            people apart; None takes w600k_r50, and for the mesh engine SFace before it.
        landmarker_model: an ONNX file of 2d106det; looked for only where something needs it.
        pixel_boost: side of the new faces; None is the model's own. Twice the side takes four
            times as long.
        tilted: look for faces that lie or hang where there is none that is upright.
    """

    provider: Provider = Provider.AUTO
    swapper_model: Path | None = None
    detector_model: Path | None = None
    recognizer_model: Path | None = None
    landmarker_model: Path | None = None
    pixel_boost: PixelBoost | None = None
    tilted: bool = False


@dataclass(frozen=True, slots=True)
class LookOptions:
    """How a new face looks; the defaults leave it as the engine made it.

    Attributes:
        opacity: 0 to 1; below 1 the old face shows through.
        sharpness: 0 to 1, by how much detail is emphasized.
        color_match: what of the old face's colors the new one takes on. LAB is mean and contrast
            of all of it; LOCAL is the light and tint of each part of it. The mesh engine follows
            the target's light by itself, and inswapper was trained to.
        blend: ALPHA lays the face over the frame; POISSON solves for its gradients, so that its
            border has the frame's colors, which takes many times as long.
        smoothing: 0 to 1, how much a face's position is steadied, by One-Euro filters; more lags
            more. The mesh engine steadies its landmarks by 0.5 where this is None, and the neural
            engine not at all. Pictures are never blended.
    """

    opacity: float = 1.0
    sharpness: float = 0.0
    color_match: ColorMatch = ColorMatch.NONE
    blend: BlendMethod = BlendMethod.ALPHA
    smoothing: float | None = None


@dataclass(frozen=True, slots=True)
class MaskOptions:
    """How much of the old face stays; by default what the engine leaves of it.

    Attributes:
        feather: percent of the face over which the new one fades in from its outline; None is the
            engine's own edge.
        padding: percent of the face's height and width that are cut off at its top, right, bottom
            and left.
        mouth: the target's own mouth shows. The neural engine needs 2d106det for this.
        occlusion: with BUILT_IN the mesh engine keeps what comes in front of a face while it is
            watched, unless it has the color of skin. With MODEL either engine keeps what a network
            sees in front, in each frame by itself. AUTO is BUILT_IN with the mesh engine, and MODEL
            with the neural one where it is installed.
        occluder_model: an ONNX file with XSeg's input and output, which AUTO means on either engine
            if it is given; None takes the installed one.
    """

    feather: float | None = None
    padding: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    mouth: bool = False
    occlusion: Occlusion = Occlusion.AUTO
    occluder_model: Path | None = None


@dataclass(frozen=True, slots=True)
class EnhanceOptions:
    """How new faces are given finer detail by a restoration model.

    Attributes:
        enhancer: which model.
        blend: how much of the detail is added, 0 to 1.
        every: frames of a face from one run of the model to the next, between which its detail is
            carried on; None runs it for every frame of a file, and as often as there is time live.
        model: an ONNX file with GFPGAN's or GPEN's input and output; None takes the installed one.
    """

    enhancer: Enhancer = Enhancer.GFPGAN
    blend: float = 1.0
    every: int | None = None
    model: Path | None = None


@dataclass(frozen=True, slots=True)
class PeopleOptions:
    """Who of the people in the target gets which face.

    Attributes:
        mapping: for each person in the target a photo of them, or a folder of such, and the photo
            or folder of the face that they get.
        reference: a photo of the only person that is swapped, or a folder; None swaps everybody.
        similarity: the cosine of two faces' embeddings from which they are one person's; None is
            the recognizer's own, 0.35 for ArcFace and 0.363 for SFace.
    """

    mapping: tuple[tuple[Path, Path], ...] = ()
    reference: Path | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class ProvenanceOptions:
    """How an output says what it is, besides the plain note that every output carries.

    Attributes:
        signed: write a signed C2PA manifest into the output, where its container has room for one.
        certificate: a PEM file with the signer's certificate and those it was issued by; None
            signs with a key of the user's own, made at its first use.
        key: a PEM file with the certificate's private key, without a passphrase.
    """

    signed: bool = True
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class SafeguardPolicy:
    """What dlc refuses to swap faces in, and how closely it looks.

    A classifier of sexual content gives every source photo, and the target's pictures at a steady
    rate, a score from 0 to 1. One photo above the threshold stops the run, and so do several
    pictures of the target in a row.

    Attributes:
        threshold: the highest score that is let pass. The model's authors call what scores below
            0.2 likely safe and above 0.8 likely not.
        frames_per_second: pictures of the target that are looked at for each second of it, four
            times as many while they score above the threshold. Each costs a processor about 15 ms.
        in_a_row: how many of them above the threshold it takes, or all there are left: single
            pictures of harmless scenes score high now and then.
    """

    threshold: float = 0.8
    frames_per_second: float = 0.5
    in_a_row: int = 3


@dataclass(frozen=True, slots=True)
class ResumeOptions:
    """How a video is processed so that a run that was killed can be resumed.

    Attributes:
        segment_seconds: of the target that are lost at most; shorter segments cost more time, as
            each begins with 1.5 seconds of the target before it.
    """

    segment_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class SwapOptions:
    """Everything `dlc.swap` can be told.

    Attributes:
        engine: which swapper to use.
        neural: how the neural engine is run, if it is the one.
        faces: which faces of a frame to swap; numbers count from 1 at the left.
        people: who gets which face.
        look: how the new faces look.
        masks: how much of the old faces stays.
        enhance: how the new faces are given finer detail; None leaves it at what the engine makes.
        overwrite: replace an output that already exists.
        start: seconds into the target at which to begin; None is its beginning.
        end: seconds into the target at which to stop; None is its end.
        decoder: what decodes the target.
        encoding: how the output is encoded.
        contact_sheet: where to write a PNG of source, target and result side by side.
        contact_sheet_rows: how many moments the contact sheet shows.
        allow_damaged: process what can be read of a damaged target instead of refusing it.
        keep_partial: when the run is stopped, keep what was written so far, playable.
        resume: process a video in segments, and go on after those that are finished; None
            processes it in one piece.
        threads: CPU threads for all stages together; None uses every core.
        label: a short visible note drawn into a corner of every frame, or None.
        provenance: how the output says what it is.
        safeguard: what is refused; None for callers who have a safeguard of their own.
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


@dataclass(frozen=True, slots=True)
class VirtualCameraOptions:
    """What other programs get to see.

    Attributes:
        size: width and height of the virtual camera, both even; None takes the source's.
        fit: what becomes of a picture of another shape.
    """

    size: tuple[int, int] | None = None
    fit: Fit = Fit.LETTERBOX


@dataclass(frozen=True, slots=True)
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
