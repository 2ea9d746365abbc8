"""Options that belong together and that `dlc.swap` and `dlc.live` share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlc.options.choices import (
    BlendMethod,
    ColorMatch,
    Enhancer,
    Occlusion,
    PixelBoost,
    Preset,
    Provider,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodeOptions:
    """How the output is encoded.

    Attributes:
        encoder: an encoder's FFmpeg name such as "libx264", `NVENC`, or None for the container's
            default.
        quality: constant quality on x264's CRF scale for every encoder: 0 is best, 51 worst.
        preset: how much encoding time a smaller file is worth.
        audio: whether audio streams are carried over.
        height: rows of the output as a player shows it; its width follows. None keeps the target's
            size. Faces are found and swapped at that size in either case.
    """

    encoder: str | None = None
    quality: float = 18.0
    preset: Preset = Preset.BALANCED
    audio: bool = True
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuralOptions:
    """How the neural engine is run.

    Attributes:
        provider: what runs its models.
        swapper_model: an ONNX file with inswapper_128's inputs and outputs; None takes the
            installed one, and so for the others.
        detector_model: an ONNX file of SCRFD with five points.
        recognizer_model: an ONNX file of ArcFace, or of SFace where the built-in engine is to tell
            people apart; None takes w600k_r50, and for the built-in engine SFace before it.
        landmarker_model: an ONNX file of 2d106det; looked for only where something needs it.
        pixel_boost: side of the new faces; None is the model's own. Doubling it takes four times
            as long.
    """

    provider: Provider = Provider.AUTO
    swapper_model: Path | None = None
    detector_model: Path | None = None
    recognizer_model: Path | None = None
    landmarker_model: Path | None = None
    pixel_boost: PixelBoost | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookOptions:
    """How a new face looks; the defaults leave it as the engine made it.

    Attributes:
        opacity: 0 to 1; below 1 the old face shows through.
        sharpness: 0 to 1; 1 doubles the detail.
        color_match: LAB matches mean and contrast of the whole face; LOCAL matches light and tint
            place by place. Both engines follow the target's light by themselves.
        blend: ALPHA lays the face over the frame; POISSON solves for its gradients, so that its
            border takes on the frame's colors, and takes many times as long.
        smoothing: 0 to 1, how much One-Euro filters steady a face's position; more lags more.
            None is 0.5 for the built-in engine's landmarks and 0 for the neural engine. Pictures
            are never blended.
    """

    opacity: float = 1.0
    sharpness: float = 0.0
    color_match: ColorMatch = ColorMatch.NONE
    blend: BlendMethod = BlendMethod.ALPHA
    smoothing: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskOptions:
    """How much of the old face stays; by default the engine decides.

    Attributes:
        feather: percent of the face over which the new one fades in from its edge; None is the
            engine's choice.
        padding: percent of the face's height and width left as they were at the top, right, bottom
            and left.
        mouth: keep the target's own mouth. The neural engine needs 2d106det for this.
        occlusion: BUILT_IN is the built-in engine's own method, which keeps what comes in front of
            a face while it is followed, unless it has the color of skin, and hands. With MODEL
            either engine keeps what a network sees in front, in each frame on its own. AUTO is
            BUILT_IN for the built-in engine and, for the neural one, MODEL if it is installed.
        occluder_model: an ONNX file with XSeg's input and output; if it is given, AUTO means MODEL
            with either engine. None takes the installed one.
    """

    feather: float | None = None
    padding: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    mouth: bool = False
    occlusion: Occlusion = Occlusion.AUTO
    occluder_model: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnhanceOptions:
    """How new faces are given finer detail by a restoration model.

    Attributes:
        enhancer: which model.
        blend: how much of that detail to add, 0 to 1.
        every: run the model in every Nth frame of a face and carry its detail along in between;
            None runs it in every frame of a file, and as often as time allows live.
        model: an ONNX file with GFPGAN's or GPEN's input and output; None takes the installed one.
    """

    enhancer: Enhancer = Enhancer.GFPGAN
    blend: float = 1.0
    every: int | None = None
    model: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleOptions:
    """Who in the target gets which face.

    Attributes:
        mapping: pairs of a photo of a person in the target and a photo of the face they get; either
            may be a folder of photos.
        reference: a photo, or folder of photos, of the only person to swap; None swaps everybody.
        similarity: the cosine similarity above which two faces count as the same person; lower
            matches more, higher confuses fewer. None is the recognizer's own: 0.35 for ArcFace,
            0.363 for SFace.
    """

    mapping: tuple[tuple[Path, Path], ...] = ()
    reference: Path | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceOptions:
    """What an output says about itself, besides the plain note that every output carries.

    Attributes:
        signed: write a signed C2PA manifest into the output, if its container can hold one.
        certificate: a PEM file with the signer's certificate chain; None signs with a key of the
            user's own, made on first use.
        key: a PEM file with the certificate's private key, without a passphrase.
    """

    signed: bool = True
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeguardPolicy:
    """What dlc refuses to swap faces in, and how closely it looks.

    A classifier of sexual content scores every source photo, and pictures of the target at a steady
    rate, from 0 to 1. One photo above the threshold stops the run, and so do several pictures of
    the target in a row.

    Attributes:
        threshold: the highest score that passes. The model's authors call scores below 0.2 likely
            safe and above 0.8 likely not.
        frames_per_second: pictures of the target that are checked per second of it, four times as
            many while they score above the threshold. Each takes a CPU about 15 ms.
        in_a_row: how many in a row above the threshold stop the run, or all that are left: single
            pictures of harmless scenes score high now and then.
    """

    threshold: float = 0.8
    frames_per_second: float = 0.5
    in_a_row: int = 3
