"""Still images: a target of one frame, and the photos that faces are taken from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from numpy.typing import NDArray

from dlc.errors import DamagedInputError, EncoderError, InputError, OptionError, OutputError
from dlc.media.atomic import AtomicFile, Finish, check_path
from dlc.media.closing import Closing
from dlc.media.color import FULL, ColorTags
from dlc.media.failures import unreadable, unwritable
from dlc.media.frame import Frame
from dlc.media.image.codec import (
    DEEP,
    DESCRIBED,
    TRANSPARENT,
    decode_image,
    encode_image,
    pixels_of,
    to_native,
)
from dlc.media.image.files import (
    ImageKind,
    ImageMetadata,
    foreign_image,
    image_damage,
    image_kind,
    is_animated_webp,
    tiff_pages,
    with_jpeg_end,
)
from dlc.media.info import MediaInfo
from dlc.media.inputs import require_file
from dlc.media.orientation import UPRIGHT, Orientation
from dlc.media.planes import layout_of
from dlc.media.provenance.marking import noted_xmp
from dlc.options import EncodeOptions

_KINDS = {
    ".jpg": ImageKind.JPEG,
    ".jpeg": ImageKind.JPEG,
    ".png": ImageKind.PNG,
    ".webp": ImageKind.WEBP,
    ".tif": ImageKind.TIFF,
    ".tiff": ImageKind.TIFF,
    ".bmp": ImageKind.BMP,
}
IMAGE_EXTENSIONS = tuple(_KINDS)
_ALLOW = "pass `allow_damaged=True` to process what can be read"
_NAMES = "JPEG, PNG, WebP, TIFF or BMP"


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
        self, path: str | Path, *, allow_damaged: bool = False, advice: str = _ALLOW
    ) -> None:
        """Read an image.

        Args:
            path: the file.
            allow_damaged: take what can be read of a damaged image; the rest is gray or black.
            advice: what to do about a damaged one that is refused.

        Raises:
            InputError: if there is no such file or it is no image that can be read.
            DamagedInputError: if it is damaged, unless that is allowed.
        """
        self.path = Path(path)
        require_file(self.path)
        self.allow_damaged = allow_damaged
        self.frames_read = 0
        self.frames_damaged = 0
        self.frames_lost = 0
        self.notes: list[str] = []
        kind = _kind_of(self.path)
        if kind is None:
            raise InputError(f"{self.path} is not an image that can be read: {_NAMES} is needed")
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise unreadable(self.path, error) from error
        data = self._checked(kind, data, advice)
        if kind is ImageKind.TIFF and (pages := tiff_pages(data)) > 1:
            self.notes.append(f"the image has {pages} pages, and only the first one is used")
        self._native, self.metadata = decode_image(self.path, kind, data)
        orientation = Orientation.from_exif(self.metadata.orientation)
        width, height = orientation.upright_size(self._native.width, self._native.height)
        self.info = MediaInfo(
            path=self.path,
            format=kind.value.lstrip("."),
            codec=kind.value.lstrip("."),
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
        yield Frame(copy, pts=0, orientation=self.info.orientation, tags=self.info.colors)

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
        self.notes.append(f"the image is damaged, {damage}")
        return with_jpeg_end(data) if kind is ImageKind.JPEG else data


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """How an image will be written.

    Attributes:
        kind: the kind of file.
        upright: whether pixels are turned upright, as the file cannot say that they are not.
        notes: what cannot be as it is in the input, in words for the user.
    """

    kind: ImageKind
    upright: bool
    notes: tuple[str, ...]


def check_image(
    path: Path,
    info: MediaInfo,
    encoding: EncodeOptions,
    *,
    overwrite: bool,
    inputs: Iterable[Path] = (),
) -> ImagePlan:
    """Check everything about an output image, and decide how it is written.

    Args:
        path: the output.
        info: the target image.
        encoding: quality and preset are used.
        overwrite: whether an existing file may be replaced.
        inputs: files besides the target that must not be overwritten.

    Raises:
        OutputError: if the output may not be written there or its extension is none of an image.
        EncoderError: if a video encoder is asked for.
        OptionError: if the quality is off its scale.
    """
    check_path(path, [info.path, *inputs], overwrite=overwrite)
    if not 0 <= encoding.quality <= 51:
        raise OptionError(f"quality {encoding.quality:g} is off the scale: 0 (best) to 51")
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise OutputError(
            f"{info.path.name} is an image: name an output that ends in "
            f"{', '.join(IMAGE_EXTENSIONS)}, not {path.name}"
        )
    if encoding.encoder is not None:
        raise EncoderError(f"{encoding.encoder} encodes videos: leave out `encoder` for an image")
    layout = layout_of(info.pix_fmt)
    upright = info.orientation != UPRIGHT and kind not in DESCRIBED
    notes = []
    if upright:
        notes.append(f"{kind.name} stores no orientation here: the pixels are turned upright")
    if layout and layout.has_alpha and kind not in TRANSPARENT:
        notes.append("JPEG has no transparency: it is lost")
    if layout and layout.depth > 8 and kind not in DEEP:
        notes.append(f"{kind.name} has 8 bits a sample: {layout.depth} bits are reduced")
    return ImagePlan(kind, upright, tuple(notes))


class ImageWriter:
    """Writes one frame as an image, with the interface of `VideoWriter`.

    Attributes:
        path: the output.
        notes: what is not as it is in the input, in words for the user.
        frames_written: how many frames were written, 0 or 1.
    """

    def __init__(
        self,
        path: str | Path,
        source: ImageReader,
        encoding: EncodeOptions | None = None,
        *,
        overwrite: bool = False,
        mark: bool = True,
        finish: Finish | None = None,
    ) -> None:
        """Check everything that can be checked.

        Args:
            path: the output; its extension says which kind of image it is.
            source: the target, whose EXIF and ICC profile are kept.
            encoding: quality and preset; the defaults if None.
            overwrite: whether an existing file may be replaced.
            mark: whether XMP says that the image is synthetic.
            finish: the last thing done with the file before it gets its name, such as signing it.

        Raises:
            OutputError, EncoderError, OptionError: as `check_image` does.
        """
        self.path = Path(path)
        self._encoding = encoding or EncodeOptions()
        self._plan = check_image(self.path, source.info, self._encoding, overwrite=overwrite)
        self._metadata = source.metadata
        self._mark = mark
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
        pixels = pixels_of(frame.native)
        if self._plan.upright:
            pixels = frame.orientation.to_upright(pixels)
        try:
            self._file.temporary.write_bytes(self._encode(pixels))
        except OSError as error:
            self.abort()
            raise unwritable(self.path, error) from error
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

    def _encode(self, pixels: NDArray[Any]) -> bytes:
        kind, old = self._plan.kind, self._metadata
        if kind not in DESCRIBED:
            if old.icc:
                self.notes.append(f"the color profile is lost: {kind.name} is written without")
            if self._mark:
                self.notes.append(f"{kind.name} has no room for the note that it is synthetic")
        metadata = ImageMetadata(old.exif_without_thumbnail, old.icc, self._xmp())
        try:
            return encode_image(pixels, kind, self._encoding, metadata)
        except ValueError:
            self.notes.append("the image's XMP is too large to be kept")
            xmp = noted_xmp(None) if self._mark else None
            return encode_image(pixels, kind, self._encoding, replace(metadata, xmp=xmp))

    def _xmp(self) -> bytes | None:
        return noted_xmp(self._metadata.xmp) if self._mark else self._metadata.xmp


def is_image(path: Path) -> bool:
    """Whether a file is a still image by its first bytes, whatever its name is.

    Raises:
        InputError: if it cannot be read, or is an image of a kind that dlc does not read.
    """
    return _kind_of(path) is not None


def read_photo(path: str | Path) -> Frame:
    """Read a photo that a face is taken from.

    Returns:
        A frame that is upright as its EXIF orientation says.

    Raises:
        InputError: if there is no such file or it is no image that can be read.
        DamagedInputError: if the photo is damaged.
    """
    with ImageReader(path, advice="use a whole copy of it, or another photo") as reader:
        return next(iter(reader))


def _kind_of(path: Path) -> ImageKind | None:
    try:
        foreign, kind = foreign_image(path), image_kind(path)
    except OSError as error:
        raise unreadable(path, error) from error
    if foreign is not None:
        raise InputError(f"{path}: {foreign} pictures cannot be read; convert it to JPEG or PNG")
    return kind
