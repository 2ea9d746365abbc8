"""Writing still images: whole or not at all, with what the input says beside its pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from dlc.arrays import Array
from dlc.errors import OutputError
from dlc.media.files.atomic import AtomicFile, Finish
from dlc.media.frames.frame import Frame
from dlc.media.frames.orientation import UPRIGHT
from dlc.media.frames.scaling import resized
from dlc.media.image.codec import encode_image, pixels_of, pixels_of_video
from dlc.media.image.density import density_of
from dlc.media.image.formats.exif import without_thumbnail
from dlc.media.image.formats.jpeg import MAX_JPEG_EXIF, MAX_JPEG_ICC
from dlc.media.image.kinds import DEEP, DESCRIBED, ImageKind, OutputKind
from dlc.media.image.metadata import ImageMetadata
from dlc.media.image.plan import check_image
from dlc.media.image.reader import ImageReader
from dlc.media.info import MediaInfo
from dlc.media.provenance.marking import noted_xmp
from dlc.options import EncodeOptions

# Bytes of the part that all color profiles have.
_ICC_HEADER = 128


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
