"""Still images: a target of one frame, and the photos that faces are taken from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from dlc.arrays import Array
from dlc.errors import DamagedInputError, InputError, OutputError
from dlc.media.closing import Closing
from dlc.media.files.atomic import AtomicFile, Finish
from dlc.media.files.failures import ALLOW_DAMAGED, TAKE_WHOLE, unreadable
from dlc.media.files.paths import require_file
from dlc.media.frames.color import FULL, ColorTags
from dlc.media.frames.frame import Frame
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.scaling import resized
from dlc.media.image.codec import (
    decode_image,
    encode_image,
    pixels_of,
    pixels_of_video,
    to_native,
)
from dlc.media.image.damage import image_damage
from dlc.media.image.density import density_of
from dlc.media.image.formats.exif import without_thumbnail
from dlc.media.image.formats.jpeg import MAX_JPEG_EXIF, MAX_JPEG_ICC, with_jpeg_end
from dlc.media.image.formats.tiff import tiff_pages
from dlc.media.image.kinds import DEEP, DESCRIBED, ImageKind, OutputKind
from dlc.media.image.metadata import ImageMetadata
from dlc.media.image.plan import check_image
from dlc.media.image.recognition import is_animated_webp, is_cmyk, readable_kind
from dlc.media.info import MediaInfo
from dlc.media.provenance.marking import noted_xmp
from dlc.options import EncodeOptions

# Bytes of the part that all color profiles have.
_ICC_HEADER = 128
_NAMES = "JPEG, PNG, WebP, HEIC, AVIF, TIFF or BMP"


class ImageReader(Closing):
    """A still image as a target of one frame, with the interface of `VideoReader`.

    Attributes:
        info: what is known of the image.
        metadata: its EXIF, ICC profile and XMP.
        allow_damaged: whether what can be read of a damaged image is enough.
        frames_read: frames delivered so far.
        frames_damaged: of these, how many are damaged.
        frames_lost: always 0.
        notes: what was irregular, in words for the user.
    """

    def __init__(
        self, path: Path, *, allow_damaged: bool = False, advice: str = ALLOW_DAMAGED
    ) -> None:
        """Read an image.

        Args:
            path: the file.
            allow_damaged: take what can be read of a damaged image; the rest is gray or black.
            advice: what to do about a damaged one that is refused.

        Raises:
            InputError: if there is no such file or it is no image that can be read.
            DamagedInputError: if it is damaged, unless that is allowed.
            MissingLibraryError: if a library that reads its kind is not installed.
        """
        self.path = path
        require_file(self.path)
        self.allow_damaged = allow_damaged
        self.frames_read = 0
        self.frames_damaged = 0
        self.frames_lost = 0
        self.notes: list[str] = []
        kind = readable_kind(self.path)
        if kind is None:
            raise InputError(f"{self.path} is not a picture that can be read: {_NAMES} is needed")
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise unreadable(self.path, error) from error
        data = self._checked(kind, data, advice)
        self.notes += _irregularities(kind, data)
        self._native, self.metadata, notes = decode_image(self.path, kind, data)
        self.notes += notes
        orientation = Orientation.from_exif(self.metadata.orientation)
        width, height = orientation.upright_size(self._native.width, self._native.height)
        self.info = MediaInfo(
            path=self.path,
            format=kind.value.lstrip("."),
            width=width,
            height=height,
            coded_width=self._native.width,
            coded_height=self._native.height,
            pix_fmt=self._native.format.name,
            colors=ColorTags(range=FULL),
            orientation=orientation,
            frame_count=1,
            is_image=True,
        )

    def __iter__(self) -> Iterator[Frame]:
        """Yield the one frame; every call yields a fresh copy."""
        copy = to_native(self.path, pixels_of(self._native))
        self.frames_read = 1
        yield Frame(copy, orientation=self.info.orientation, tags=self.info.colors)

    def close(self) -> None:
        """Do nothing: the file is closed already."""

    def _checked(self, kind: ImageKind, data: bytes, advice: str) -> bytes:
        """Return a file's contents in a way that can be decoded, unless it is refused."""
        if kind is ImageKind.WEBP and is_animated_webp(data):
            raise InputError(
                f"{self.path} is an animated WebP, which cannot be read: convert it to GIF or MP4"
            )
        damage = image_damage(kind, data)
        if damage is None:
            return data
        if not self.allow_damaged:
            raise DamagedInputError(f"{self.path} is damaged, {damage}: {advice}")
        self.frames_damaged = 1
        self.notes.append(f"the picture is damaged, {damage}")
        return with_jpeg_end(data) if kind is ImageKind.JPEG else data


class ImageWriter:
    """Writes a frame of an image or a video as an image, with the interface of `VideoWriter`.

    Attributes:
        path: the output.
        notes: what is not as it is in the input, in words for the user.
        frames_written: how many frames were written, 0 or 1.
    """

    def __init__(
        self,
        path: Path,
        source: ImageReader | MediaInfo,
        encoding: EncodeOptions | None = None,
        *,
        overwrite: bool = False,
        finish: Finish | None = None,
    ) -> None:
        """Check everything that can be checked.

        Args:
            path: the output; its extension says which kind of image it is.
            source: the target, whose EXIF and ICC profile are kept; or what is known of a video.
            encoding: quality, preset and height; the defaults if None.
            overwrite: whether an existing file may be replaced.
            finish: the last thing done with the file before it gets its name, such as signing it.

        Raises:
            OutputError, EncoderError, OptionError: as `check_image` does.
        """
        self.path = path
        self._encoding = encoding or EncodeOptions()
        self._metadata = ImageMetadata()
        self._info = source if isinstance(source, MediaInfo) else source.info
        if isinstance(source, ImageReader):
            self._metadata = source.metadata
        self._plan = check_image(self.path, self._info, self._encoding, overwrite=overwrite)
        self._turned = self._plan.upright and self._info.orientation.transposed
        self._file = AtomicFile(self.path, overwrite=overwrite, finish=finish)
        self.notes = list(self._plan.notes)
        self.frames_written = 0
        self._done = False

    def write(self, frame: Frame) -> None:
        """Encode the frame.

        Raises:
            WriteError: if the disk is full or refuses otherwise.
            OutputError: if there was a frame already.
        """
        if self.frames_written:
            raise OutputError(f"{self.path} holds one picture, not several")
        pixels = self._pixels_of(frame)
        try:
            self._file.write(self._encode(pixels))
        except OutputError:
            self.abort()
            raise
        self.frames_written = 1

    def close(self) -> None:
        """Give the file its name; does nothing the second time.

        Raises:
            OutputError: if no frame was written, or a file appeared under the output's name.
            DlcError: whatever finishing the file raises.
        """
        if self._done:
            return
        self._done = True
        if not self.frames_written:
            raise OutputError(f"there is no frame to write to {self.path}")
        self._file.commit()

    def abort(self) -> None:
        """Remove what was written."""
        self._done = True
        self._file.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    def _pixels_of(self, frame: Frame) -> Array:
        """Return a frame's pixels as they are stored in the file."""
        plan, info = self._plan, self._info
        if info.is_image:
            pixels = pixels_of(frame.native)
        else:
            pixels = pixels_of_video(frame.native, info.colors, deep=plan.kind in DEEP)
        if plan.upright:
            pixels = frame.orientation.to_upright(pixels)
        if plan.size is None:
            return pixels
        stored = UPRIGHT if plan.upright else frame.orientation
        return resized(pixels, *stored.upright_size(*plan.size))

    def _encode(self, pixels: Array) -> bytes:
        kind, old = self._plan.kind, self._metadata
        icc, exif = self._fitting_profile(pixels), self._fitting_exif()
        self._note_losses(exif)
        density = old.density[::-1] if old.density and self._turned else old.density
        metadata = ImageMetadata(exif, icc, noted_xmp(old.xmp), density)
        try:
            return encode_image(pixels, kind, self._encoding, metadata)
        except ValueError:
            self.notes.append("the picture's XMP is too large to be kept")
            metadata = replace(metadata, xmp=noted_xmp(None))
            return encode_image(pixels, kind, self._encoding, metadata)

    def _note_losses(self, exif: bytes | None) -> None:
        """Note what the kind of file has no room for, beside EXIF data that fits."""
        kind, old = self._plan.kind, self._metadata
        if kind not in DESCRIBED:
            blocks = {"color profile": old.icc, "EXIF": old.exif, "XMP": old.xmp}
            for name in (name for name, block in blocks.items() if block):
                self.notes.append(f"the {name} is lost: {kind.name} is written without")
            self.notes.append(f"{kind.name} has no room for the note that it is synthetic")
        if kind is OutputKind.WEBP and old.density:
            said = density_of(ImageKind.WEBP, b"", exif)
            if said is None or [*map(round, said)] != [*map(round, old.density)]:
                self.notes.append(
                    "the pixels per inch are lost: WebP has room for them in EXIF only"
                )

    def _fitting_exif(self) -> bytes | None:
        """Return the EXIF data without its thumbnail, unless the file has no room for it."""
        exif = self._metadata.exif and without_thumbnail(self._metadata.exif)
        if exif and self._plan.kind is OutputKind.JPEG and len(exif) > MAX_JPEG_EXIF:
            self.notes.append("the picture's EXIF is too large to be kept")
            return None
        return exif

    def _fitting_profile(self, pixels: Array) -> bytes | None:
        """Return the color profile unless it is for other colors, as that of a CMYK image is."""
        profile = self._metadata.icc
        kind = self._plan.kind
        if profile is None or kind not in DESCRIBED:
            return None
        space = "GRAY" if pixels.ndim == 2 else "RGB"
        described = profile[16:20].decode("latin-1").strip()
        # It begins with its length. Readers refuse one that is cut off; what programs leave behind
        # its end is no part of it, and PNG has no room for that.
        length = int.from_bytes(profile[:4], "big")
        if not _ICC_HEADER <= length <= len(profile):
            self.notes.append("the color profile is lost: it is damaged")
            return None
        if described != space:
            self.notes.append(f"the color profile is lost: it describes {described}, not {space}")
            return None
        if kind is OutputKind.JPEG and length > MAX_JPEG_ICC:
            self.notes.append("the picture's color profile is too large to be kept")
            return None
        return profile[:length]


def read_photo(path: Path) -> Frame:
    """Read a photo that a face is taken from.

    Returns:
        A frame that is upright as its EXIF orientation says.

    Raises:
        InputError: if there is no such file or it is no image that can be read.
        DamagedInputError: if the photo is damaged.
        MissingLibraryError: if a library that reads its kind is not installed.
    """
    with ImageReader(path, advice=f"{TAKE_WHOLE}, or another photo") as reader:
        return next(iter(reader))


def _irregularities(kind: ImageKind, data: bytes) -> Iterator[str]:
    """Yield what is in a file that an output will not have, in words for the user."""
    if kind is ImageKind.TIFF and (pages := tiff_pages(data)) > 1:
        yield f"the picture has {pages} pages, and only the first one is used"
    if is_cmyk(kind, data):
        yield "the picture is in CMYK, for print, and becomes RGB"
