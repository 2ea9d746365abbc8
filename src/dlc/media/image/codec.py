"""Decoding and encoding still images, pixels and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np

from dlc.arrays import Array
from dlc.counted import counted
from dlc.errors import DamagedInputError, EncoderError, InputError
from dlc.media.frames.color import ColorTags, convert
from dlc.media.frames.planes import plane_arrays, require_layout
from dlc.media.image.density import Density, density_of, with_density
from dlc.media.image.formats.avif import decode_avif
from dlc.media.image.formats.heic import decode_heic
from dlc.media.image.formats.heif import read_heif
from dlc.media.image.formats.jpeg import jpeg_icc, jpeg_xmp, with_jpeg_icc, with_jpeg_xmp
from dlc.media.image.formats.png import has_png_header, has_whole_png_parts, png_xmp, with_png_xmp
from dlc.media.image.kinds import DEEP, DESCRIBED, TRANSPARENT, ImageKind, OutputKind
from dlc.media.image.metadata import ImageMetadata
from dlc.media.image.recognition import is_cmyk
from dlc.media.limits import too_large
from dlc.media.opencv_log import silent_opencv
from dlc.options import EncodeOptions, Preset

_FORMATS = {
    (np.dtype(np.uint8), 1): "gray",
    (np.dtype(np.uint8), 3): "bgr24",
    (np.dtype(np.uint8), 4): "bgra",
    (np.dtype(np.uint16), 1): "gray16le",
    (np.dtype(np.uint16), 3): "bgr48le",
    (np.dtype(np.uint16), 4): "bgra64le",
}
_PNG_LEVELS = {Preset.FAST: 1, Preset.BALANCED: 3, Preset.QUALITY: 9}
# How coarsely JPEG quantizes at quality 18, in percent of its standard tables (libjpeg's 95).
_JPEG_SCALE_AT_18 = 10.0


def decode_image(
    path: Path, kind: ImageKind, data: bytes
) -> tuple[av.VideoFrame, ImageMetadata, list[str]]:
    """Decode an image.

    Args:
        path: for messages.
        kind: what kind of image it is.
        data: the whole file.

    Returns:
        The pixels as they are stored, those of HEIC and AVIF upright; the metadata; and what no
        output will have of them, in words for the user.

    Raises:
        InputError: if the file is no image or has another kind of samples than 8 or 16 bits.
        DamagedInputError: if no picture can be read from it.
        MissingLibraryError: if a library that reads this kind is missing.
    """
    if kind in (ImageKind.HEIC, ImageKind.AVIF):
        return _decode_heif(path, kind, data)
    if kind is ImageKind.PNG and not (has_png_header(data) and has_whole_png_parts(data)):
        # Gigabytes would be made room for where sizes are wrong, and of a PNG file that is cut off
        # OpenCV reads nothing.
        raise DamagedInputError(f"{path} is damaged: no picture can be read from it")
    with silent_opencv():
        try:
            pixels, types, blocks = cv2.imdecodeWithMetadata(
                np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED
            )
        except cv2.error as error:
            if "CV_IO_MAX_IMAGE" in error.err:
                raise too_large(path) from error
            raise InputError(f"{path} cannot be read as a picture: {error.err}") from error
    if pixels is None:
        raise DamagedInputError(f"{path} is damaged: no picture can be read from it")
    if pixels.ndim == 3 and is_cmyk(kind, data):
        # OpenCV adds an opacity channel to those of TIFF.
        pixels = pixels[..., :3]
    found = {each: np.asarray(block).tobytes() for each, block in zip(types, blocks, strict=True)}
    exif = (found.get(cv2.IMAGE_METADATA_EXIF) or b"").removeprefix(b"Exif\0\0") or None
    xmp = _xmp(kind, data, found)
    icc, density = _icc(kind, data, found), density_of(kind, data, exif)
    return to_native(path, pixels), ImageMetadata(exif, icc, xmp, density), []


def _decode_heif(
    path: Path, kind: ImageKind, data: bytes
) -> tuple[av.VideoFrame, ImageMetadata, list[str]]:
    """Decode what is in a HEIF file; pixels are turned as the file says, whatever its EXIF does."""
    picture = read_heif(data)
    if picture is None:
        raise DamagedInputError(f"{path} is damaged: no picture can be read from it")
    if kind is ImageKind.HEIC:
        pixels = decode_heic(path, data, picture)
    else:
        with silent_opencv():
            pixels = decode_avif(path, data, picture)
    metadata = picture.metadata.turned_upright
    density = density_of(kind, data, metadata.exif)
    notes = list(picture.notes())
    return to_native(path, pixels), replace(metadata, density=density), notes


def encode_image(
    pixels: Array, kind: OutputKind, encoding: EncodeOptions, metadata: ImageMetadata
) -> bytes:
    """Encode an image.

    Args:
        pixels: uint8 or uint16 (h, w), (h, w, 3) BGR or (h, w, 4) BGRA; reduced to 8 bits or
            stripped of opacity where the kind of file has no room for them.
        kind: what kind of image to write.
        encoding: quality and preset.
        metadata: what to write beside the pixels, where the kind of file has room for it.

    Raises:
        ValueError: if the XMP is too large for a JPEG file.
        EncoderError: if it cannot be encoded for another reason.
    """
    blocks = _blocks_for_opencv(kind, metadata)
    done, encoded = cv2.imencodeWithMetadata(
        kind.value,
        np.ascontiguousarray(_with_room(kind, pixels)),
        list(blocks),
        [np.frombuffer(block, np.uint8) for block in blocks.values()],
        _encode_options(kind, encoding, metadata.density),
    )
    if not done:
        raise EncoderError(
            f"the picture cannot be encoded as {kind.name}: choose another extension"
        )
    return _with_the_rest(kind, encoded.tobytes(), metadata)


def _with_room(kind: OutputKind, pixels: Array) -> Array:
    """Return pixels without the bits and the opacity that a kind of file has no room for."""
    if pixels.dtype == np.uint16 and kind not in DEEP:
        pixels = np.asarray(cv2.convertScaleAbs(pixels, alpha=255 / 65535))
    if pixels.ndim == 3 and pixels.shape[2] == 4 and kind not in TRANSPARENT:
        pixels = pixels[..., :3]
    return pixels


def _blocks_for_opencv(kind: OutputKind, metadata: ImageMetadata) -> dict[int, bytes]:
    """Return the metadata that OpenCV writes well, by its numbers for them."""
    if kind not in DESCRIBED:
        return {}
    blocks = {
        cv2.IMAGE_METADATA_EXIF: metadata.exif,
        # For JPEG OpenCV puts it into one segment, and fails where it does not fit.
        cv2.IMAGE_METADATA_ICCP: None if kind is OutputKind.JPEG else metadata.icc,
        # OpenCV writes none to JPEG, and to PNG also what lies in memory behind it.
        cv2.IMAGE_METADATA_XMP: metadata.xmp if kind is OutputKind.WEBP else None,
    }
    return {number: block for number, block in blocks.items() if block}


def _with_the_rest(kind: OutputKind, data: bytes, metadata: ImageMetadata) -> bytes:
    """Return an encoded image with the metadata that OpenCV did not write."""
    if metadata.density is not None:
        data = with_density(kind, data, metadata.density)
    if kind is OutputKind.JPEG:
        data = data if metadata.icc is None else with_jpeg_icc(data, metadata.icc)
        return data if metadata.xmp is None else with_jpeg_xmp(data, metadata.xmp)
    if kind is OutputKind.PNG and metadata.xmp is not None:
        return with_png_xmp(data, metadata.xmp)
    return data


def to_native(path: Path, pixels: Array) -> av.VideoFrame:
    """Return pixels in OpenCV's order as a picture that has a copy of them.

    Raises:
        InputError: if there is no such pixel format.
    """
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    pix_fmt = _FORMATS.get((pixels.dtype, channels))
    if pix_fmt is None:
        raise InputError(
            f"{path} has {counted(channels, 'channel')} of type {pixels.dtype}: convert it to a "
            "picture with 8 or 16 bits a sample"
        )
    height, width = pixels.shape[:2]
    native = av.VideoFrame(width, height, pix_fmt)
    plane_arrays(native)[0][...] = pixels
    return native


def pixels_of_video(native: av.VideoFrame, colors: ColorTags, *, deep: bool) -> Array:
    """Return the pixels of a video's picture in OpenCV's order, with its opacity if it has any.

    Args:
        native: the picture in a pixel format whose samples can be addressed one by one.
        colors: the stream's color tags, as stored; the transfer function stays theirs.
        deep: whether more than 8 bits a sample are of use.

    Returns:
        uint8 or, if they are of use and there are, uint16 (h, w, 3) BGR or (h, w, 4) BGRA.
    """
    layout = require_layout(native.format.name)
    pix_fmt = "gbrap" if layout.has_alpha else "gbrp"
    if deep and layout.depth > 8:
        pix_fmt += "16le"
    source = colors.resolved(layout.name, native.height)
    # To planes of their own: from 10-bit 4:2:0, swscale 9 fills bgr48le with noise.
    rgb = convert(native, pix_fmt, source, source.resolved(pix_fmt, native.height))
    green, blue, red, *opacity = plane_arrays(rgb)
    return np.asarray(cv2.merge([blue, green, red, *opacity]))


def pixels_of(native: av.VideoFrame) -> Array:
    """Return the pixels of a picture made by `to_native`, sharing its memory."""
    return plane_arrays(native)[0]


def jpeg_quality(quality: float) -> int:
    """Return libjpeg's quality (1-100) for dlc's.

    Both scale a quantizer: it doubles every 6 steps of x264's CRF, and libjpeg's is 200 - 2 Q
    percent of the standard tables from 50 on, 5000 / Q below. Quality 18 is libjpeg's 95.
    """
    scale = _JPEG_SCALE_AT_18 * 2 ** ((quality - 18) / 6)
    return round((200 - scale) / 2 if scale <= 100 else max(1.0, 5000 / scale))


def _encode_options(
    kind: OutputKind, encoding: EncodeOptions, density: Density | None
) -> list[int]:
    if kind is OutputKind.JPEG:
        quality = 100 if encoding.quality <= 0 else jpeg_quality(encoding.quality)
        # Full color resolution, as the input's may have been.
        sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
        return [
            cv2.IMWRITE_JPEG_QUALITY,
            quality,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            sampling,
            cv2.IMWRITE_JPEG_OPTIMIZE,
            1,
        ]
    if kind is OutputKind.PNG:
        return [cv2.IMWRITE_PNG_COMPRESSION, _PNG_LEVELS[encoding.preset]]
    if kind is OutputKind.WEBP:
        # Above 100 OpenCV writes lossless WebP.
        quality = 101 if encoding.quality <= 0 else jpeg_quality(encoding.quality)
        return [cv2.IMWRITE_WEBP_QUALITY, quality]
    if kind is OutputKind.TIFF and density is not None:
        x, y = map(round, density)
        unit = cv2.IMWRITE_TIFF_RESOLUTION_UNIT_INCH
        return [
            *(cv2.IMWRITE_TIFF_RESUNIT, unit),
            *(cv2.IMWRITE_TIFF_XDPI, x),
            *(cv2.IMWRITE_TIFF_YDPI, y),
        ]
    return []


def _xmp(kind: ImageKind, data: bytes, found: Mapping[int, bytes]) -> bytes | None:
    """Return an image's XMP packet, from the file where OpenCV does not give all of it, or more."""
    if kind is ImageKind.JPEG:
        return jpeg_xmp(data)
    if kind is ImageKind.PNG:
        # OpenCV hands out what lies in memory behind the text, too.
        return png_xmp(data)
    return found.get(cv2.IMAGE_METADATA_XMP)


def _icc(kind: ImageKind, data: bytes, found: Mapping[int, bytes]) -> bytes | None:
    """Return an image's color profile, from the file where OpenCV does not give it alone."""
    if kind is ImageKind.JPEG:
        # OpenCV takes other segments of the same number for a part of it, such as the list of
        # pictures that phones write into photos with a gain map.
        return jpeg_icc(data)
    return found.get(cv2.IMAGE_METADATA_ICCP)
