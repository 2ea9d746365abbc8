"""Reading still images: a target of one frame, and the photos that faces are taken from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dlc.errors import DamagedInputError, InputError
from dlc.media.closing import Closing
from dlc.media.files.failures import ALLOW_DAMAGED, TAKE_WHOLE, unreadable
from dlc.media.files.paths import require_file
from dlc.media.frames.color import FULL, ColorTags
from dlc.media.frames.frame import Frame
from dlc.media.frames.orientation import Orientation
from dlc.media.image.codec import decode_image, pixels_of, to_native
from dlc.media.image.damage import image_damage
from dlc.media.image.formats.jpeg import with_jpeg_end
from dlc.media.image.formats.tiff import tiff_pages
from dlc.media.image.kinds import ImageKind
from dlc.media.image.recognition import is_animated_webp, is_cmyk, readable_kind
from dlc.media.info import MediaInfo

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
