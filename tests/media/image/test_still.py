"""Still images: pixels, orientation, profile and opacity survive; damage is told."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dlc.errors import DamagedInputError, EncoderError, InputError, OptionError, OutputError
from dlc.geometry import Box
from dlc.media.frames.color import ColorTags
from dlc.media.frames.orientation import Orientation
from dlc.media.frames.planes import plane_arrays
from dlc.media.frames.upright_bgr import upright_bgr
from dlc.media.image.reader import ImageReader, read_photo
from dlc.media.image.writer import ImageWriter
from dlc.media.opening import check_output, open_output, open_target
from dlc.media.provenance.marking import synthetic_note
from dlc.media.video.reading.reader import VideoReader
from dlc.options import EncodeOptions, Preset
from tests.media.image.passing import WHITE, pass_through
from tests.media.image.profiles import ICC, LARGE_ICC
from tests.media.material import Clip, first_frame, make


def exif_of(number: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = number
    exif[0x010F] = "Maker"
    return exif.tobytes()


def stored(path: Path) -> NDArray[Any]:
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    return pixels


@pytest.mark.parametrize("extension", [".png", ".tiff", ".tif", ".bmp", ".webp"])
@pytest.mark.parametrize("shape", [(31, 45, 3), (31, 45, 4), (31, 45)])
def test_lossless_kinds_keep_every_pixel(
    tmp_path: Path, extension: str, shape: tuple[int, ...]
) -> None:
    if extension == ".webp" and len(shape) == 2:
        pytest.skip("WebP has no gray")
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    if len(shape) == 3 and shape[2] == 4:
        pixels[..., 3] |= 1  # WebP drops the color of fully transparent pixels.
    source = tmp_path / ("a" + extension)
    cv2.imwrite(str(source), pixels)

    pass_through(source, tmp_path / ("b" + extension), EncodeOptions(quality=0))

    assert np.array_equal(stored(tmp_path / ("b" + extension)), pixels)


@pytest.mark.parametrize("extension", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_stay_sixteen(tmp_path: Path, extension: str, channels: int) -> None:
    shape = (20, 30) if channels == 1 else (20, 30, channels)
    pixels = np.random.default_rng(0).integers(0, 65536, shape, np.uint16)
    source = tmp_path / ("a" + extension)
    cv2.imwrite(str(source), pixels)

    pass_through(source, tmp_path / ("b" + extension), paste=Box(5, 5, 16, 14))

    after = stored(tmp_path / ("b" + extension))
    assert after.dtype == np.uint16
    outside = np.ones((20, 30), bool)
    outside[5:14, 5:16] = False
    assert np.array_equal(after[outside], pixels[outside])
    assert after[7, 7].reshape(-1)[0] == 65535


@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize("number", range(1, 9))
def test_all_eight_orientations_stay_beside_their_pixels(
    tmp_path: Path, extension: str, number: int, astronaut: NDArray[np.uint8]
) -> None:
    source = tmp_path / ("a" + extension)
    picture = np.ascontiguousarray(astronaut[:60, :90, ::-1])
    Image.fromarray(picture).save(source, exif=exif_of(number), quality=98, lossless=True)
    with Image.open(source) as image:
        upright = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))

    with ImageReader(source) as reader:
        frame = next(iter(reader))
        assert np.abs(frame.to_bgr()[..., ::-1].astype(int) - upright).max() <= 4
        assert (reader.info.width, reader.info.height) == (upright.shape[1], upright.shape[0])
    pass_through(
        source, tmp_path / ("b" + extension), EncodeOptions(quality=1), Box(30, 40, 41, 49)
    )

    with Image.open(tmp_path / ("b" + extension)) as image:
        assert image.getexif()[0x0112] == number
        assert image.getexif()[0x010F] == "Maker"
        assert image.size == (90, 60)
        after = np.asarray(ImageOps.exif_transpose(image).convert("RGB")).astype(int)
    assert after[42:47, 32:39].min() > 235
    after[32:56, 22:50] = upright[32:56, 22:50]
    assert np.abs(after - upright).mean() < 1.5


@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp"])
def test_the_color_profile_is_kept(tmp_path: Path, extension: str) -> None:
    source = tmp_path / ("a" + extension)
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(source, icc_profile=ICC)

    pass_through(source, tmp_path / ("b" + extension))

    with Image.open(tmp_path / ("b" + extension)) as image:
        assert image.info["icc_profile"] == ICC


@pytest.mark.parametrize("extension", [".jpg", ".png"])
@pytest.mark.parametrize("profile", [None, ICC, LARGE_ICC], ids=["none", "small", "large"])
def test_the_list_of_a_phone_photo_s_pictures_is_no_part_of_the_profile(
    tmp_path: Path, extension: str, profile: bytes | None
) -> None:
    source, output = tmp_path / "a.jpg", tmp_path / f"b{extension}"
    photo = Image.fromarray(np.zeros((20, 20, 3), np.uint8))
    # The second picture is where phones put the gain map; large profiles take several segments.
    photo.save(source, "MPO", save_all=True, append_images=[photo], icc_profile=profile)

    assert pass_through(source, output).notes == []

    with Image.open(output) as image:
        assert image.info.get("icc_profile") == profile


@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize(
    "profile",
    [ICC[:-1], bytes(4) + ICC, LARGE_ICC[:70_000]],
    ids=["short", "shifted", "cut"],
)
def test_a_damaged_profile_is_left_out_and_said(
    tmp_path: Path, extension: str, profile: bytes
) -> None:
    source, output = tmp_path / "a.jpg", tmp_path / f"b{extension}"
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(source, icc_profile=profile)

    assert pass_through(source, output).notes == ["the color profile is lost: it is damaged"]

    with Image.open(output) as image:
        assert image.size == (20, 20)
        assert "icc_profile" not in image.info


@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_what_is_behind_a_profile_is_left_out(tmp_path: Path, extension: str) -> None:
    source, output = tmp_path / "a.jpg", tmp_path / f"b.{extension}"
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(source, icc_profile=ICC + bytes(2))

    assert pass_through(source, output).notes == []

    with Image.open(output) as image:
        assert image.info["icc_profile"] == ICC


@pytest.mark.parametrize("extension", [".tiff", ".bmp"])
def test_what_a_kind_has_no_room_for_is_noted(tmp_path: Path, extension: str) -> None:
    source, kind = tmp_path / "a.png", extension[1:].upper()
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(source, exif=exif_of(1), icc_profile=ICC)

    assert pass_through(source, tmp_path / f"b{extension}").notes == [
        f"the color profile is lost: {kind} is written without",
        f"the EXIF is lost: {kind} is written without",
        f"{kind} has no room for the note that it is synthetic",
    ]
    assert pass_through(source, tmp_path / "b.webp").notes == []


@pytest.mark.parametrize("extension", [".jpg", ".tiff"])
def test_the_four_colors_of_print_become_rgb(
    tmp_path: Path, extension: str, astronaut: NDArray[np.uint8]
) -> None:
    source = tmp_path / f"a{extension}"
    picture = Image.fromarray(np.ascontiguousarray(astronaut[..., ::-1])).resize((64, 64))
    # A profile for four colors would be wrong for three, whatever else is in it.
    profile = bytearray(ICC)
    profile[16:20] = b"CMYK"
    picture.convert("CMYK").save(source, icc_profile=bytes(profile), quality=95)

    with ImageReader(source) as reader:
        writer = pass_through(source, tmp_path / "b.png")

    assert "the picture is in CMYK, for print, and becomes RGB" in reader.notes
    with Image.open(tmp_path / "b.png") as image:
        assert "icc_profile" not in image.info
        assert image.mode == "RGB"
        difference = np.asarray(image.convert("RGB"), float) - np.asarray(picture, float)
    assert np.abs(difference).mean() < 4
    if extension == ".jpg":
        assert "the color profile is lost: it describes CMYK, not RGB" in writer.notes


def test_an_image_in_rgb_is_not_called_anything_else(tmp_path: Path, astronaut_file: Path) -> None:
    Image.open(astronaut_file).resize((32, 32)).save(tmp_path / "a.jpg", icc_profile=ICC)
    with ImageReader(tmp_path / "a.jpg") as reader:
        assert reader.notes == []
    assert pass_through(tmp_path / "a.jpg", tmp_path / "b.jpg").notes == []


@pytest.mark.parametrize("extension", [".tiff", ".bmp"])
def test_kinds_without_orientation_get_upright_pixels(tmp_path: Path, extension: str) -> None:
    source = tmp_path / "a.png"
    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    Image.fromarray(picture).save(source, exif=exif_of(6), icc_profile=ICC)

    writer = pass_through(source, tmp_path / ("b" + extension))

    assert np.array_equal(stored(tmp_path / ("b" + extension))[..., ::-1], np.rot90(picture, -1))
    assert any("upright" in note for note in writer.notes)
    assert any("profile is lost" in note for note in writer.notes)
    assert any("no room for the note" in note for note in writer.notes)


@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp"])
def test_outputs_say_that_they_are_synthetic(tmp_path: Path, extension: str) -> None:
    source = tmp_path / ("a" + extension)
    old = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'rdf:about="holiday"/></rdf:RDF></x:xmpmeta>'
    )
    options: dict[str, Any] = {"xmp": old} if extension != ".png" else {}
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(source, **options)

    pass_through(source, tmp_path / ("b" + extension))

    with Image.open(tmp_path / ("b" + extension)) as image:
        packet = image.info["xmp"] if extension != ".png" else image.info["XML:com.adobe.xmp"]
        text = packet.decode() if isinstance(packet, bytes) else packet
    assert synthetic_note() in text
    assert ("holiday" in text) == (extension != ".png")


def test_the_default_quality_of_jpeg_is_high(tmp_path: Path, group_file: Path) -> None:
    pass_through(group_file, tmp_path / "b.jpg")

    before, after = stored(group_file).astype(float), stored(tmp_path / "b.jpg").astype(float)
    assert 10 * np.log10(255**2 / ((before - after) ** 2).mean()) >= 43


def test_a_better_quality_is_larger(tmp_path: Path, group_file: Path) -> None:
    sizes = []
    for quality in (0, 10, 20, 40):
        output = tmp_path / f"q{quality}.jpg"
        pass_through(group_file, output, EncodeOptions(quality=quality))
        sizes.append(output.stat().st_size)
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 4


@pytest.mark.parametrize("preset", list(Preset))
def test_presets_of_png_are_lossless(tmp_path: Path, preset: Preset, group_file: Path) -> None:
    pass_through(group_file, tmp_path / "b.png", EncodeOptions(preset=preset))

    assert np.array_equal(stored(tmp_path / "b.png"), stored(group_file))


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.zeros((9, 9, 4), np.uint8), "transparency"),
        (np.full((9, 9, 3), 40000, np.uint16), "8 bits a sample"),
    ],
)
def test_what_jpeg_cannot_hold_is_said(tmp_path: Path, pixels: NDArray[Any], words: str) -> None:
    source = tmp_path / "a.png"
    cv2.imwrite(str(source), pixels)

    writer = pass_through(source, tmp_path / "b.jpg")

    assert any(words in note for note in writer.notes)
    expected = pixels[..., :3] / (257 if pixels.dtype == np.uint16 else 1)
    assert np.abs(stored(tmp_path / "b.jpg") - expected).max() <= 1


def test_a_photo_is_upright(tmp_path: Path, astronaut: NDArray[np.uint8]) -> None:
    source = tmp_path / "me.jpg"
    lying = np.ascontiguousarray(np.rot90(astronaut))
    Image.fromarray(lying[..., ::-1]).save(source, exif=exif_of(6), quality=98)

    photo = read_photo(source)

    assert np.abs(photo.to_bgr().astype(int) - astronaut).mean() < 3


def test_a_frame_of_an_image_may_be_taken_twice(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    cv2.imwrite(str(source), np.zeros((20, 20, 3), np.uint8))
    with ImageReader(source) as reader:
        next(iter(reader)).paste(Box(0, 0, 11, 9), WHITE, WHITE[..., 0])
        assert next(iter(reader)).to_bgr().max() == 0
    assert reader.frames_read == 1


# Refusals


def test_refusals_come_before_any_work(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    cv2.imwrite(str(source), np.zeros((20, 20, 3), np.uint8))
    with ImageReader(source) as reader:
        cases = [
            (tmp_path / "b.mp4", EncodeOptions(), OutputError, "is a picture"),
            (tmp_path / "b", EncodeOptions(), OutputError, "is a picture"),
            (source, EncodeOptions(), OutputError, "is an input"),
            (tmp_path / "no" / "b.png", EncodeOptions(), OutputError, "no folder"),
            (tmp_path / "b.png", EncodeOptions(encoder="libx264"), EncoderError, "videos"),
            (tmp_path / "b.png", EncodeOptions(quality=77), OptionError, "`quality` is"),
        ]
        for output, encoding, kind, words in cases:
            with pytest.raises(kind, match=words):
                check_output(output, reader, encoding)
            with pytest.raises(kind, match=words):
                open_output(output, reader, encoding)
    assert list(tmp_path.iterdir()) == [source]


def test_an_image_holds_one_picture(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    cv2.imwrite(str(source), np.zeros((20, 20, 3), np.uint8))
    with ImageReader(source) as reader:
        writer = ImageWriter(tmp_path / "b.png", reader)
        writer.write(next(iter(reader)))
        with pytest.raises(OutputError, match="one picture"):
            writer.write(next(iter(reader)))
        writer.abort()
        with pytest.raises(OutputError, match="no frame"):
            ImageWriter(tmp_path / "b.png", reader).close()
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.jpg", b"", "is empty"),
        ("a.jpg", b"no image at all", "JPEG, PNG, WebP, HEIC, AVIF, TIFF or BMP"),
        ("a.jpg", b"\xff\xd8\xff\xe0 and no more \xff\xd9", "damaged"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "where its picture is: use a whole"),
    ],
)
def test_what_is_no_photo_is_refused(
    tmp_path: Path, name: str, data: bytes, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(InputError, match=words):
        read_photo(path)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp", ".bmp"])
def test_a_truncated_image_is_refused_or_said(
    tmp_path: Path, extension: str, group: NDArray[np.uint8], capfd: pytest.CaptureFixture[str]
) -> None:
    whole = cv2.imencode(extension, group)[1].tobytes()
    path = tmp_path / ("a" + extension)
    path.write_bytes(whole[: len(whole) * 3 // 4])

    with pytest.raises(DamagedInputError, match="allow_damaged=True"):
        ImageReader(path)
    assert capfd.readouterr().err == ""
    try:
        reader = ImageReader(path, allow_damaged=True)
    except DamagedInputError as error:
        assert extension != ".jpg"
        assert "no picture can be read" in str(error)  # noqa: PT017 - either outcome is right
    else:
        assert reader.frames_damaged == 1
        assert reader.notes
        top = next(iter(reader)).to_bgr()[: len(group) // 2]
        assert np.abs(top.astype(int) - group[: len(group) // 2]).mean() < 8


def test_a_truncated_photo_has_nothing_to_be_allowed(
    tmp_path: Path, group: NDArray[np.uint8]
) -> None:
    whole = cv2.imencode(".jpg", group)[1].tobytes()
    path = tmp_path / "a.jpg"
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(DamagedInputError, match="its end is missing: use a whole copy"):
        read_photo(path)


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_of_a_tiff_that_are_left_out_are_said(tmp_path: Path, count: int) -> None:
    pages = [Image.fromarray(np.full((16, 16, 3), 40 * n, np.uint8)) for n in range(count)]
    pages[0].save(tmp_path / "a.tiff", save_all=True, append_images=pages[1:])

    with open_target(tmp_path / "a.tiff") as reader:
        notes = reader.notes

    said = "the picture has 3 pages, and only the first one is used"
    assert notes == ([said] if count > 1 else [])


def test_an_animated_png_with_a_profile_is_read_or_explained(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((16, 16, 3), 40 * n, np.uint8)) for n in range(4)]
    path = tmp_path / "a.png"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=40, icc_profile=ICC)

    with open_target(path) as reader:
        assert sum(1 for _ in reader) == 4

    # FFmpeg does not see that there is an animation behind a large profile.
    large = ICC + np.random.default_rng(0).bytes(4000)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=40, icc_profile=large)
    with pytest.raises(InputError, match=r"animated PNG.*color profile: convert it"):
        open_target(path)


def test_an_animated_webp_is_explained(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((16, 16, 3), 40 * n, np.uint8)) for n in range(4)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], duration=40)

    with pytest.raises(InputError, match=r"animated WebP.*convert it"):
        open_target(tmp_path / "a.webp")


@pytest.mark.parametrize("height", [30, 180])
@pytest.mark.parametrize(("extension", "number"), [(".png", 1), (".jpg", 6), (".tiff", 6)])
def test_pictures_are_written_at_another_height(
    tmp_path: Path, extension: str, number: int, height: int, astronaut: NDArray[np.uint8]
) -> None:
    source = tmp_path / "a.jpg"
    picture = np.ascontiguousarray(astronaut[100:160, 180:270, ::-1])
    Image.fromarray(picture).save(source, exif=exif_of(number), quality=98)
    with Image.open(source) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")

    pass_through(source, tmp_path / ("b" + extension), EncodeOptions(quality=1, height=height))

    with Image.open(tmp_path / ("b" + extension)) as image:
        after = ImageOps.exif_transpose(image).convert("RGB")
    size = (round(height * upright.width / upright.height), height)
    assert after.size == size
    expected = upright.resize(size, Image.Resampling.BICUBIC)
    assert np.abs(np.asarray(after).astype(int) - np.asarray(expected)).mean() < 3


def test_a_scaled_picture_keeps_sixteen_bits_and_opacity(tmp_path: Path) -> None:
    pixels = np.full((40, 60, 4), (1000, 30000, 60000, 65535), np.uint16)
    pixels[:, :30, 3] = 0
    cv2.imwrite(str(tmp_path / "a.png"), pixels)

    pass_through(tmp_path / "a.png", tmp_path / "b.png", EncodeOptions(height=20))

    after = stored(tmp_path / "b.png")
    assert np.array_equal(after, pixels[::2, ::2])


def test_a_picture_has_limits_as_well(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((20, 30, 3), np.uint8))
    with ImageReader(tmp_path / "a.png") as reader:
        for height, words in ((12000, "134 megapixels"), (7, "at least 16")):
            with pytest.raises(OptionError, match=words):
                check_output(tmp_path / "b.png", reader, EncodeOptions(height=height))


@pytest.mark.parametrize(("extension", "most"), [(".webp", 16383), (".jpg", 65500)])
def test_a_side_too_long_for_a_kind_is_told_before_any_work(
    tmp_path: Path, extension: str, most: int
) -> None:
    for width in (most, most + 1):
        cv2.imwrite(str(tmp_path / f"{width}.png"), np.zeros((20, width, 3), np.uint8))
    pass_through(tmp_path / f"{most}.png", tmp_path / f"a{extension}")
    assert stored(tmp_path / f"a{extension}").shape == (20, most, 3)
    with ImageReader(tmp_path / f"{most + 1}.png") as reader:
        with pytest.raises(OutputError, match=f"ends at {most} a side: pass a smaller `height`"):
            check_output(tmp_path / f"b{extension}", reader)
        check_output(tmp_path / f"b{extension}", reader, EncodeOptions(height=16))


def frame_of(path: Path, output: Path, encoding: EncodeOptions | None = None) -> ImageWriter:
    """Write the first frame of a video as a picture."""
    with VideoReader(path) as reader, open_output(output, reader, encoding) as writer:
        writer.write(next(iter(reader)))
    assert isinstance(writer, ImageWriter)
    return writer


@pytest.mark.parametrize("tags", [ColorTags(1, 1, 1, 1), ColorTags(6, 6, 6, 2), ColorTags()])
@pytest.mark.parametrize("number", [1, 6])
@pytest.mark.parametrize("extension", [".png", ".tiff"])
def test_a_frame_of_a_video_looks_as_a_player_shows_it(
    tmp_path: Path, tags: ColorTags, number: int, extension: str
) -> None:
    clip = Clip(tags=tags, orientation=Orientation.from_exif(number), pts=(0, 512))
    path = make(tmp_path / "a.mp4", clip)

    writer = frame_of(path, tmp_path / ("b" + extension))

    shown = upright_bgr(first_frame(path), tags, clip.orientation)
    after = stored(tmp_path / ("b" + extension))
    assert after.shape == shown.shape
    assert after.dtype == np.uint8
    assert np.abs(after.astype(int) - shown).max() <= 1
    with Image.open(tmp_path / ("b" + extension)) as image:
        assert image.getexif().get(0x0112, 1) == 1
    assert not [note for note in writer.notes if "no room for the note" not in note]


@pytest.mark.parametrize(
    ("number", "height", "size"),
    [(1, None, (85, 48)), (6, None, (36, 64)), (1, 96, (171, 96)), (6, 32, (18, 32))],
)
def test_pixels_that_are_not_square_are_stretched(
    tmp_path: Path, number: int, height: int | None, size: tuple[int, int]
) -> None:
    orientation = Orientation.from_exif(number)
    clip = Clip(sample_aspect_ratio=Fraction(4, 3), orientation=orientation, pts=(0, 512))
    path = make(tmp_path / "a.mp4", clip)

    writer = frame_of(path, tmp_path / "b.png", EncodeOptions(height=height))

    assert stored(tmp_path / "b.png").shape[1::-1] == size
    assert any(f"stretched to {size[0]} x {size[1]}" in note for note in writer.notes)


@pytest.mark.parametrize(
    ("name", "kind", "error"), [("b.png", np.uint16, 0.6), ("b.jpg", np.uint8, 4.0)]
)
def test_a_frame_of_many_bits_and_hdr(
    tmp_path: Path, name: str, kind: type[Any], error: float
) -> None:
    clip = Clip(pix_fmt="yuv420p10le", tags=ColorTags(9, 16, 9, 1), pts=(0, 512))
    path = make(tmp_path / "a.mp4", clip)

    writer = frame_of(path, tmp_path / name)

    after = stored(tmp_path / name)
    assert after.dtype == kind
    shown = upright_bgr(first_frame(path), clip.tags, clip.orientation)
    assert np.abs(after * (255 / np.iinfo(kind).max) - shown).mean() < error
    assert any("HDR" in note for note in writer.notes)
    assert any("10 bits are reduced" in note for note in writer.notes) == (name == "b.jpg")


@pytest.mark.parametrize(("name", "channels"), [("b.png", 4), ("b.jpg", 3)])
def test_a_frame_keeps_its_opacity_where_the_file_can(
    tmp_path: Path, name: str, channels: int
) -> None:
    clip = Clip(pix_fmt="yuva420p", codec="ffv1", options={}, pts=(0, 40))
    path = make(tmp_path / "a.mkv", clip)

    writer = frame_of(path, tmp_path / name)

    after = stored(tmp_path / name)
    assert after.shape == (48, 64, channels)
    if channels == 4:
        assert np.array_equal(after[..., 3], plane_arrays(first_frame(path))[3])
    assert any("transparency" in note for note in writer.notes) == (channels == 3)
