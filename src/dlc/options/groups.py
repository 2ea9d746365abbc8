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
        preset: the trade of time against size.
        audio: whether audio streams are carried over.
    """

    encoder: str | None = None
    quality: float = 18.0
    preset: Preset = Preset.BALANCED
    audio: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
