"""Image files are told from others, and from each other, by their bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlc.media.image.kinds import ImageKind
from dlc.media.image.recognition import image_kind, is_animated_webp, is_image_sequence
from tests.media.image.heif_files import assembled, av1_part
from tests.media.image.samples import encoded, picture


@pytest.mark.parametrize("kind", list(ImageKind))
def test_kinds_are_told_by_their_bytes(tmp_path: Path, kind: ImageKind) -> None:
    path = tmp_path / "picture.mp4"
    path.write_bytes(encoded(kind))

    assert image_kind(path) is kind


@pytest.mark.parametrize(
    "text", [b"BMW is a car maker of Munich", b"", b"RIFF....WAVE", b"\x89PNG"]
)
def test_other_files_are_no_images(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(text)

    assert image_kind(path) is None


@pytest.mark.parametrize("brand", [b"avif", b"heic", b"heix", b"heim", b"heis"])
@pytest.mark.parametrize("is_first", [True, False])
def test_heif_says_by_its_brands_how_its_picture_is_encoded(
    tmp_path: Path, brand: bytes, is_first: bool
) -> None:
    path = tmp_path / "picture.jpg"
    brands = [b"miaf", brand]
    data = assembled(av1_part(picture()), brand=brand if is_first else b"mif1", brands=brands)
    path.write_bytes(data)

    assert image_kind(path) is (ImageKind.AVIF if brand == b"avif" else ImageKind.HEIC)
    assert not is_image_sequence(path)


@pytest.mark.parametrize("brand", [b"avis", b"hevc", b"hevx", b"msf1"])
def test_sequences_of_pictures_are_videos(tmp_path: Path, brand: bytes) -> None:
    path = tmp_path / "picture.avif"
    path.write_bytes(assembled(av1_part(picture()), brand=brand, brands=[b"mif1", b"avif"]))

    assert image_kind(path) is None
    assert is_image_sequence(path)


@pytest.mark.parametrize("brand", [b"isom", b"qt  ", b"M4V "])
def test_videos_are_no_pictures(tmp_path: Path, brand: bytes) -> None:
    path = tmp_path / "picture.heic"
    path.write_bytes(assembled(av1_part(picture()), brand=brand, brands=[b"mp42"]))

    assert image_kind(path) is None
    assert not is_image_sequence(path)


def test_animations_are_recognized(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((16, 16, 3), 40 * n, np.uint8)) for n in range(4)]
    for name in ("a.webp", "a.png"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], duration=40)

    assert is_animated_webp((tmp_path / "a.webp").read_bytes())
    assert not is_animated_webp(encoded(ImageKind.WEBP))
    assert image_kind(tmp_path / "a.png") is None
