"""The video encoders, and what quality and preset mean to each.

Quality has one meaning: x264's CRF. What another encoder needs for the same fidelity is written as
anchor points (quality, the encoder's own number) with straight lines between them. Those of x265,
SVT-AV1, VP9 and ProRes were measured: the same PSNR as x264 on two talking-head clips. Those of
hardware encoders come from their documented scales and are approximate.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

import av
import numpy as np
from av.codec.codec import UnknownCodecError

from dlc.errors import EncoderError
from dlc.media.frames.fields import FieldOrder
from dlc.media.frames.planes import layout_of
from dlc.media.frames.side_data import HdrMetadata
from dlc.media.video.writing.containers import Container
from dlc.options import EncodeOptions, Preset

Settings = Mapping[str, str]
_CRF = ((0.0, 0.0), (51.0, 51.0))
# To FFmpeg's NVENC and QSV, 0 means that no quality was given (nvenc.c, qsvenc.c): 1 is the best.
_CRF_FROM_1 = ((0.0, 1.0), (1.0, 1.0), (51.0, 51.0))


@dataclass(frozen=True, slots=True)
class Encoder:
    """A video encoder of FFmpeg.

    Attributes:
        name: its name.
        codec: the codec it writes.
        option: the option that sets the quality, with "{}" for the number; None where every output
            is lossless or there is nothing to choose.
        anchors: what that number is for some of dlc's qualities, rising in quality.
        presets: options of each preset.
        settings: options always given.
        lossless: options in place of the quality at quality 0.
        hdr: the option that takes static HDR metadata, and its names there for the mastering
            display and for the content's light level; None where there is none.
        hardware: whether it needs a device, so that only opening it shows if it works.
        even_size: whether subsampled pictures need even width and height.
        rgb: whether RGB is stored as such where players can show it.
        alpha: whether opacity is stored.
        interlaces: whether the two fields of a picture are stored as such.
        field_option: the option that says beforehand which field is first, "{}" for tff or bff.
        refused: pixel formats that it lists and then does not open with.
        least_size: width and height that pictures must have.
    """

    name: str
    codec: str
    option: Settings = field(default_factory=dict)
    anchors: tuple[tuple[float, float], ...] = _CRF
    presets: Mapping[Preset, Settings] = field(default_factory=dict)
    settings: Settings = field(default_factory=dict)
    lossless: Settings | None = None
    hdr: tuple[str, str, str] | None = None
    hardware: bool = False
    even_size: bool = False
    rgb: bool = False
    alpha: bool = False
    interlaces: bool = False
    field_option: Settings = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    least_size: tuple[int, int] = (1, 1)

    def options(
        self,
        encoding: EncodeOptions,
        hdr: HdrMetadata | None = None,
        fields: FieldOrder | None = None,
    ) -> dict[str, str]:
        """Return the options for a quality, a preset, static HDR metadata and interlaced fields."""
        quality: Settings
        if encoding.quality <= 0 and self.lossless is not None:
            quality = self.lossless
        else:
            ours, theirs = zip(*self.anchors, strict=True)
            own = float(np.interp(encoding.quality, ours, theirs))
            quality = {key: value.format(f"{own:g}") for key, value in self.option.items()}
        options = dict(self.settings)
        parts = [self.presets.get(encoding.preset, {}), quality, *self._hdr_options(hdr)]
        if fields is not None:
            parts.append({key: value.format(fields) for key, value in self.field_option.items()})
        for part in parts:
            for key, value in part.items():
                # Parameter lists of the libraries are one option each: join, do not replace.
                joined = key.endswith("-params") and key in options
                options[key] = f"{options[key]}:{value}" if joined else value
        return options

    def _hdr_options(self, hdr: HdrMetadata | None) -> list[Settings]:
        if hdr is None or self.hdr is None:
            return []
        option, display, light = self.hdr
        pairs = [(display, hdr.mastering_display), (light, hdr.content_light)]
        return [{option: f"{name}={value}"} for name, value in pairs if value]

    def formats(self) -> list[str]:
        """Return the pixel formats it takes that dlc can fill, opacity and RGB where they are kept.

        Raises:
            EncoderError: if this build of FFmpeg lacks the encoder.
        """
        try:
            codec = av.Codec(self.name, "w")
        except UnknownCodecError as error:
            raise EncoderError(f"{self.name} is not available on this system") from error
        names = []
        for fmt in codec.video_formats or []:
            if fmt.name in self.refused:
                continue
            layout = layout_of(fmt.name)
            if fmt.name == "pal8" or (
                layout and (self.rgb or not layout.is_rgb) and (self.alpha or not layout.has_alpha)
            ):
                names.append(fmt.name)
        return names


def _presets(fast: Settings, balanced: Settings, quality: Settings) -> dict[Preset, Settings]:
    return {Preset.FAST: fast, Preset.BALANCED: balanced, Preset.QUALITY: quality}


def _hardware(
    name: str,
    option: Settings,
    presets: dict[Preset, Settings],
    settings: Settings,
    anchors: tuple[tuple[float, float], ...] = _CRF,
) -> Encoder:
    codec = name.partition("_")[0]
    return Encoder(name, codec, option, anchors, presets, settings, hardware=True, even_size=True)


# "-tune psnr" turns off what trades fidelity for looks, so a background stays what it was; it is
# smaller and closer to the input at the same CRF, and no slower.
_X264_PRESETS = _presets({"preset": "ultrafast"}, {"preset": "superfast"}, {"preset": "medium"})
_X265_PRESETS = _presets({"preset": "ultrafast"}, {"preset": "superfast"}, {"preset": "medium"})
_SVT_PRESETS = _presets({"preset": "12"}, {"preset": "10"}, {"preset": "6"})
_VPX_PRESETS = _presets(
    {"deadline": "realtime", "cpu-used": "8"},
    {"deadline": "realtime", "cpu-used": "6"},
    {"deadline": "good", "cpu-used": "2"},
)
_NVENC_PRESETS = _presets({"preset": "p1"}, {"preset": "p4"}, {"preset": "p7"})
_QSV_PRESETS = _presets({"preset": "veryfast"}, {"preset": "medium"}, {"preset": "veryslow"})
_NVENC = ({"cq": "{}"}, _NVENC_PRESETS, {"rc": "vbr", "b": "0"}, _CRF_FROM_1)
_NOTHING: Settings = {}
_QSV = ({"global_quality": "{}"}, _QSV_PRESETS, _NOTHING, _CRF_FROM_1)
# Apple's scale runs from 1 to 100, best, and is passed in lambda units as ProRes's is.
_APPLE = (
    {"flags": "+qscale", "global_quality": "{}"},
    _presets({"prio_speed": "1"}, {}, {}),
    {"allow_sw": "0"},
    ((0.0, 11800.0), (18.0, 8260.0), (30.0, 5900.0), (51.0, 1180.0)),
)

_ENCODERS = (
    Encoder(
        "libx264",
        "h264",
        {"crf": "{}"},
        presets=_X264_PRESETS,
        settings={"tune": "psnr"},
        lossless={"qp": "0"},
        hdr=("x264-params", "mastering-display", "cll"),
        even_size=True,
        interlaces=True,
        field_option={"x264-params": "{}=1"},
    ),
    Encoder(
        "libx264rgb",
        "h264",
        {"crf": "{}"},
        presets=_X264_PRESETS,
        settings={"tune": "psnr"},
        lossless={"qp": "0"},
        rgb=True,
        interlaces=True,
        field_option={"x264-params": "{}=1"},
    ),
    Encoder(
        "libx265",
        "hevc",
        {"crf": "{}"},
        ((0, 0), (12, 3), (18, 11), (24, 17), (30, 25), (36, 32), (51, 48)),
        _X265_PRESETS,
        {"tune": "psnr", "x265-params": "log-level=error"},
        {"x265-params": "lossless=1"},
        hdr=("x265-params", "master-display", "max-cll"),
        even_size=True,
        # x265 4.2 writes beyond its memory where pictures are 33 to 48 columns wide.
        least_size=(64, 1),
    ),
    Encoder(
        "libsvtav1",
        "av1",
        {"crf": "{}"},
        ((0, 1), (12, 2), (18, 6), (24, 20), (30, 48), (36, 60), (51, 63)),
        _SVT_PRESETS,
        {"svtav1-params": "tune=1"},
        {"svtav1-params": "lossless=1"},
        # SVT-AV1 4.1 never ends where one side is shorter than this and the other one over 64.
        least_size=(32, 32),
    ),
    Encoder(
        "libvpx-vp9",
        "vp9",
        {"crf": "{}"},
        ((0, 0), (12, 4), (18, 12), (24, 25), (30, 40), (36, 52), (51, 63)),
        _VPX_PRESETS,
        # Without alternate reference frames, which the opacity channel does not allow.
        {"b": "0", "row-mt": "1", "auto-alt-ref": "0"},
        {"lossless": "1"},
        alpha=True,
        refused=frozenset({"yuva422p", "yuva444p"}),
    ),
    Encoder(
        "prores_ks",
        "prores",
        # global_quality counts in lambda units: 118 for each step of the quantizer.
        {"flags": "+qscale", "global_quality": "{}"},
        ((0, 118), (12, 590), (18, 1298), (24, 2124), (30, 3658)),
        alpha=True,
        interlaces=True,
    ),
    Encoder(
        "ffv1",
        "ffv1",
        settings={"level": "3", "slicecrc": "1"},
        rgb=True,
        alpha=True,
        interlaces=True,
    ),
    Encoder("gif", "gif", rgb=True, alpha=True),
    _hardware("h264_nvenc", *_NVENC),
    _hardware("hevc_nvenc", *_NVENC),
    _hardware("av1_nvenc", *_NVENC),
    _hardware("h264_qsv", *_QSV),
    _hardware("hevc_qsv", *_QSV),
    _hardware("av1_qsv", *_QSV),
    _hardware("h264_videotoolbox", *_APPLE),
    _hardware("hevc_videotoolbox", *_APPLE),
)
ENCODER_NAMES = tuple(encoder.name for encoder in _ENCODERS)
# NVIDIA's, in the order in which an output gets them.
NVENC_ENCODERS = tuple(name for name in ENCODER_NAMES if name.endswith("_nvenc"))


def encoder_named(name: str) -> Encoder:
    """Return an encoder by FFmpeg's name of it.

    Raises:
        EncoderError: if there is none, with the nearest names or all of them.
    """
    for encoder in _ENCODERS:
        if encoder.name == name:
            return encoder
    near = difflib.get_close_matches(name, ENCODER_NAMES, 3, 0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise EncoderError(f"unknown encoder {name}: {hint}known are {', '.join(ENCODER_NAMES)}")


def check_encoder(name: str) -> None:
    """Raise EncoderError unless an encoder is known and this build of FFmpeg has it."""
    encoder_named(name).formats()


def encoder_for(name: str | None, container: Container, *, alpha: bool) -> Encoder:
    """Return the encoder asked for, or the best one for a container.

    Args:
        name: FFmpeg's name, or None for the container's own choice.
        container: where its packets go.
        alpha: whether the input has opacity that is worth keeping.

    Raises:
        EncoderError: if the encoder is unknown or does not fit the container.
    """
    if name is None:
        preferred = [encoder_named(known) for known in container.encoders]
        return next((encoder for encoder in preferred if encoder.alpha and alpha), preferred[0])
    encoder = encoder_named(name)
    if not container.holds(encoder.codec):
        fitting = [known.name for known in _ENCODERS if container.holds(known.codec)]
        raise EncoderError(
            f"{name} does not fit a {container.extension} file: choose another extension or one "
            f"of {', '.join(fitting)}"
        )
    return encoder
