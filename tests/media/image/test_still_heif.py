"""HEIC and AVIF pictures as targets and photos: read upright, written as what dlc writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dlc.errors import DamagedInputError, InputError, OutputError
from dlc.media.image.reader import ImageReader, read_photo
from dlc.media.image.writer import ImageWriter
from dlc.media.opening import check_output, open_output, open_target
from dlc.media.provenance.marking import synthetic_note
from dlc.media.video.reading.reader import VideoReader
from dlc.options import EncodeOptions
from tests.media.image.formats.exif_blocks import with_thumbnail
from tests.media.image.heif_files import Part, assembled, av1_part, avif, deep_avif, heic, ispe
from tests.media.image.profiles import ICC

Encode = Callable[..., bytes]
BOTH = pytest.mark.parametrize("encode", [heic, avif])
WRITTEN = pytest.mark.parametrize("extension", [".jpg", ".png", ".webp"])
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'rdf:about="holiday" tiff:Orientation="%d"/></rdf:RDF></x:xmpmeta>'
)


@pytest.fixture
def rgb(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(astronaut[100:164, 180:276, ::-1])


def exif_of(number: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = number
    exif[0x010F] = "Maker"
    return exif.tobytes()


def upright(rgb: NDArray[np.uint8], number: int) -> NDArray[np.uint8]:
    """Return how Pillow shows pixels of an orientation."""
    image = Image.fromarray(rgb)
    image.getexif()[0x0112] = number
    return np.asarray(ImageOps.exif_transpose(image))


def pass_through(source: Path, output: Path) -> tuple[ImageReader, ImageWriter]:
    with open_target(source) as reader:
        assert isinstance(reader, ImageReader)
        with open_output(output, reader, EncodeOptions(quality=1)) as writer:
            for frame in reader:
                writer.write(frame)
    assert isinstance(writer, ImageWriter)
    return reader, writer


@BOTH
@pytest.mark.parametrize("number", range(1, 9))
def test_every_orientation_is_applied_once(
    tmp_path: Path, encode: Encode, number: int, rgb: NDArray[np.uint8]
) -> None:
    # The boxes say how the picture lies; what EXIF and XMP say is a leftover.
    source, wanted = tmp_path / "a.heic", upright(rgb, number)
    source.write_bytes(encode(rgb, exif=exif_of(number), xmp=XMP % number))

    bgr = read_photo(source).to_bgr()
    assert np.abs(bgr[..., ::-1].astype(int) - wanted).mean() < 4
    for extension in (".jpg", ".png", ".tiff"):
        reader, writer = pass_through(source, tmp_path / ("b" + extension))
        assert not any("upright" in note for note in writer.notes)
        with Image.open(tmp_path / ("b" + extension)) as image:
            assert image.size == (reader.info.width, reader.info.height) == wanted.shape[1::-1]
            assert image.getexif().get(0x0112, 1) == 1
            shown = ImageOps.exif_transpose(image).convert("RGB")
        assert np.abs(np.asarray(shown).astype(int) - wanted).mean() < 4
        written = (tmp_path / ("b" + extension)).read_bytes()
        assert (b'tiff:Orientation="1"' in written) == (extension != ".tiff")


def test_what_exif_says_of_pixels_that_nothing_turns_is_not_believed(
    tmp_path: Path, rgb: NDArray[np.uint8]
) -> None:
    block = Part(b"Exif", bytes(4) + exif_of(6)[6:])
    (tmp_path / "a.avif").write_bytes(assembled(av1_part(rgb), block))

    reader, _ = pass_through(tmp_path / "a.avif", tmp_path / "b.jpg")

    assert (reader.info.width, reader.info.height) == (96, 64)
    with Image.open(tmp_path / "b.jpg") as image:
        assert (image.size, image.getexif()[0x0112]) == ((96, 64), 1)
        assert image.getexif()[0x010F] == "Maker"


@BOTH
@WRITTEN
def test_profile_exif_and_xmp_are_kept(
    tmp_path: Path, encode: Encode, extension: str, rgb: NDArray[np.uint8]
) -> None:
    source, output = tmp_path / "a.heif", tmp_path / ("b" + extension)
    source.write_bytes(encode(rgb, exif=exif_of(3), xmp=XMP % 3, icc_profile=ICC))

    pass_through(source, output)

    with Image.open(output) as image:
        assert image.info["icc_profile"] == ICC
        assert image.getexif()[0x010F] == "Maker"
        packet = image.info["XML:com.adobe.xmp" if extension == ".png" else "xmp"]
    text = packet.decode() if isinstance(packet, bytes) else packet
    assert "holiday" in text
    assert synthetic_note() in text


@pytest.mark.parametrize("source", ["a.heic", "a.avif"])
def test_more_than_eight_bits_are_kept_where_they_can_be(
    tmp_path: Path, source: str, rgb: NDArray[np.uint8]
) -> None:
    deep = rgb.astype(np.uint16) * 257
    data = heic(deep) if source == "a.heic" else deep_avif(deep >> 6, 10)
    (tmp_path / source).write_bytes(data)

    _, png = pass_through(tmp_path / source, tmp_path / "b.png")
    _, jpeg = pass_through(tmp_path / source, tmp_path / "b.jpg")

    assert png.notes == []
    assert jpeg.notes == ["JPEG has 8 bits a sample: more bits are reduced"]
    after = cv2.imread(str(tmp_path / "b.png"), cv2.IMREAD_UNCHANGED)
    assert after.dtype == np.uint16
    for bgr in (after / 257, cv2.imread(str(tmp_path / "b.jpg"))):
        assert np.abs(bgr[..., ::-1] - rgb.astype(float)).mean() < 4


@BOTH
def test_opacity_is_kept_where_it_can_be(
    tmp_path: Path, encode: Encode, rgb: NDArray[np.uint8]
) -> None:
    rgba = np.dstack([rgb, np.full(rgb.shape[:2], 200, np.uint8)])
    (tmp_path / "a.heic").write_bytes(encode(rgba))

    _, png = pass_through(tmp_path / "a.heic", tmp_path / "b.png")
    _, jpeg = pass_through(tmp_path / "a.heic", tmp_path / "b.jpg")

    assert png.notes == []
    assert jpeg.notes == ["JPEG has no transparency: it is lost"]
    after = cv2.imread(str(tmp_path / "b.png"), cv2.IMREAD_UNCHANGED)
    assert np.abs(after[..., 3].astype(int) - 200).max() < 3


@BOTH
def test_gray_stays_gray(tmp_path: Path, encode: Encode, rgb: NDArray[np.uint8]) -> None:
    (tmp_path / "a.avif").write_bytes(encode(rgb[..., 0]))

    reader, _ = pass_through(tmp_path / "a.avif", tmp_path / "b.png")

    assert reader.info.pix_fmt == "gray"
    after = cv2.imread(str(tmp_path / "b.png"), cv2.IMREAD_UNCHANGED)
    assert np.abs(after.astype(int) - rgb[..., 0]).mean() < 2


def test_what_is_left_out_is_noted(tmp_path: Path, rgb: NDArray[np.uint8]) -> None:
    (tmp_path / "a.avif").write_bytes(assembled(av1_part(rgb), av1_part(rgb)))

    reader, _ = pass_through(tmp_path / "a.avif", tmp_path / "b.jpg")

    assert reader.notes == ["the file holds 2 pictures, and only the main one is used"]


def test_the_name_of_a_file_does_not_matter(tmp_path: Path, rgb: NDArray[np.uint8]) -> None:
    (tmp_path / "a.jpg").write_bytes(heic(rgb))
    cv2.imwrite(str(tmp_path / "b.png"), rgb)
    (tmp_path / "b.png").rename(tmp_path / "b.heic")

    with ImageReader(tmp_path / "a.jpg") as first, ImageReader(tmp_path / "b.heic") as second:
        assert (first.info.format, second.info.format) == ("heic", "png")


def test_an_animated_avif_is_a_video(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((64, 64, 3), 40 * n, np.uint8)) for n in range(4)]
    frames[0].save(tmp_path / "a.avif", save_all=True, append_images=frames[1:], duration=40)

    with open_target(tmp_path / "a.avif") as reader:
        assert isinstance(reader, VideoReader)
        assert sum(1 for _ in reader) == 4


@BOTH
def test_pictures_that_claim_gigapixels_are_refused(
    tmp_path: Path, encode: Encode, rgb: NDArray[np.uint8]
) -> None:
    data = encode(rgb)
    assert ispe(96, 64) in data
    (tmp_path / "a.heic").write_bytes(data.replace(ispe(96, 64), ispe(50_000, 50_000)))

    with pytest.raises(InputError, match="megapixels: scale it down"):
        open_target(tmp_path / "a.heic")


@BOTH
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_truncated_pictures_are_refused(
    tmp_path: Path,
    encode: Encode,
    share: float,
    rgb: NDArray[np.uint8],
    capfd: pytest.CaptureFixture[str],
) -> None:
    data = encode(rgb)
    (tmp_path / "a.heic").write_bytes(data[: int(share * len(data))])

    with pytest.raises(DamagedInputError, match="allow_damaged=True"):
        ImageReader(tmp_path / "a.heic")
    # Neither library hands out a part of a picture.
    with pytest.raises(DamagedInputError, match="is damaged"):
        ImageReader(tmp_path / "a.heic", allow_damaged=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["b.heic", "b.heif", "b.hif", "b.avif"])
def test_they_are_not_written(tmp_path: Path, name: str, rgb: NDArray[np.uint8]) -> None:
    (tmp_path / "a.heic").write_bytes(heic(rgb))

    with (
        ImageReader(tmp_path / "a.heic") as reader,
        pytest.raises(OutputError, match=rf"ends in \.jpg, \.jpeg, \.png, .*, not {name}"),
    ):
        check_output(tmp_path / name, reader)


@pytest.mark.parametrize(("extension", "is_kept"), [(".jpg", False), (".png", True)])
def test_exif_that_is_too_large_for_jpeg_is_noted(
    tmp_path: Path, extension: str, is_kept: bool, rgb: NDArray[np.uint8]
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "x" * 70_000
    (tmp_path / "a.heic").write_bytes(heic(rgb, exif=exif.tobytes()))

    _, writer = pass_through(tmp_path / "a.heic", tmp_path / ("b" + extension))

    assert writer.notes == ([] if is_kept else ["the picture's EXIF is too large to be kept"])
    with Image.open(tmp_path / ("b" + extension)) as image:
        assert (image.getexif().get(0x010F) is not None) == is_kept


def test_a_preview_in_exif_is_no_reason_to_lose_it(tmp_path: Path, rgb: NDArray[np.uint8]) -> None:
    exif = b"Exif\0\0" + with_thumbnail(">", at_end=True) + b"preview" * 10_000
    (tmp_path / "a.heic").write_bytes(heic(rgb, exif=exif))

    _, writer = pass_through(tmp_path / "a.heic", tmp_path / "b.jpg")

    assert writer.notes == []
    with Image.open(tmp_path / "b.jpg") as image:
        assert image.getexif()[0x010F] == "a maker whose name is long"
    assert (tmp_path / "b.jpg").stat().st_size < 50_000
