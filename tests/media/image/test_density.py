"""Pixels an inch: read from and written to each kind of image that can say it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.media.image.passing import pass_through

PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8))


def density(path: Path) -> tuple[float, float] | None:
    with Image.open(path) as image:
        return image.info.get("dpi")


@pytest.mark.parametrize("output", [".jpg", ".png", ".tiff", ".bmp"])
@pytest.mark.parametrize("source", [".jpg", ".png", ".tiff", ".bmp"])
def test_the_density_is_kept_from_kind_to_kind(tmp_path: Path, source: str, output: str) -> None:
    PICTURE.save(tmp_path / f"a{source}", dpi=(300, 150))

    pass_through(tmp_path / f"a{source}", tmp_path / f"b{output}")

    assert density(tmp_path / f"b{output}") == pytest.approx((300, 150), abs=0.02)


def test_the_density_of_exif_is_kept_where_nothing_else_says_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x011A], exif[0x011B], exif[0x0128] = 118.0, 118.0, 3
    PICTURE.save(tmp_path / "a.webp", exif=exif.tobytes())

    pass_through(tmp_path / "a.webp", tmp_path / "b.png")

    # Three is for centimeters.
    assert density(tmp_path / "b.png") == pytest.approx((299.7, 299.7), abs=0.1)


@pytest.mark.parametrize(
    ("in_exif", "notes"),
    [
        (None, ["the pixels per inch are lost: WebP has room for them in EXIF only"]),
        (72.0, ["the pixels per inch are lost: WebP has room for them in EXIF only"]),
        (300.0, []),
    ],
)
def test_webp_keeps_the_density_of_exif_alone(
    tmp_path: Path, in_exif: float | None, notes: list[str]
) -> None:
    exif = Image.Exif()
    if in_exif is not None:
        exif[0x011A], exif[0x011B], exif[0x0128] = in_exif, in_exif, 2
    PICTURE.save(tmp_path / "a.png", dpi=(300, 300), exif=exif.tobytes())

    assert pass_through(tmp_path / "a.png", tmp_path / "b.webp").notes == notes


def test_the_density_turns_with_the_pixels(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    PICTURE.save(tmp_path / "a.jpg", dpi=(300, 150), exif=exif.tobytes())

    pass_through(tmp_path / "a.jpg", tmp_path / "b.tiff")

    assert density(tmp_path / "b.tiff") == (150, 300)


def test_a_density_beyond_reason_is_left_out(tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "a.tiff", dpi=(4e9, 4e9))

    pass_through(tmp_path / "a.tiff", tmp_path / "b.tiff")

    assert density(tmp_path / "b.tiff") == (1, 1)


@pytest.mark.parametrize("extension", [".jpg", ".png", ".bmp"])
def test_an_unknown_density_stays_unknown(tmp_path: Path, extension: str) -> None:
    PICTURE.save(tmp_path / f"a{extension}", **({"dpi": (0, 0)} if extension == ".bmp" else {}))

    pass_through(tmp_path / f"a{extension}", tmp_path / f"b{extension}")

    assert density(tmp_path / f"b{extension}") in (None, (0, 0))
