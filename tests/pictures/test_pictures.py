"""README's pictures are there, say what they are, and show options that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from PIL import Image

from dlc.cli.app import app
from dlc.media.image.formats.jpeg import jpeg_xmp
from dlc.media.provenance.marking import note_in
from tests.pictures.drawing import Panel, draw, write_jpeg
from tests.pictures.examples import SHEETS, Sheet, Swapped

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "pictures"


def test_readme_shows_every_picture_and_says_what_is_on_it() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    named = sorted(ROOT / path for _, path in shown)
    assert named == sorted(FOLDER / f"{sheet.name}.jpg" for sheet in SHEETS)
    assert named == sorted(FOLDER.iterdir())
    assert all(len(alt.split()) > 3 for alt, _ in shown)


def test_pictures_are_small_and_marked_as_synthetic() -> None:
    files = [(FOLDER / f"{sheet.name}.jpg").read_bytes() for sheet in SHEETS]
    assert sum(map(len, files)) < 600_000
    for data in files:
        assert note_in((jpeg_xmp(data) or b"").decode())


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_options_in_captions_exist_and_were_typed(sheet: Sheet) -> None:
    swap = typer.main.get_command(app).commands["swap"]
    for panel in sheet.panels:
        if isinstance(panel, Swapped):
            context = swap.make_context("swap", panel.arguments(sheet.target, "result"))
            typed = {
                name
                for option in swap.params
                if context.get_parameter_source(option.name).name == "COMMANDLINE"
                for name in option.opts
            }
            assert set(re.findall(r"--[a-z-]+", panel.title)) <= typed


def test_panels_are_drawn_in_rows_at_one_height(tmp_path: Path) -> None:
    colors = ("red", "lime", "blue")
    panels = [Panel(color, Image.new("RGB", (20, 10), color)) for color in colors]
    sheet = draw(panels, columns=2, height=100)
    path = tmp_path / "sheet.jpg"
    write_jpeg(path, sheet)
    written = Image.open(path)
    assert written.size == sheet.size
    found = {sheet.getpixel((x, y)): (x, y) for x in (110, 320) for y in (80, 220)}
    assert found[255, 0, 0] == (110, 80)
    assert found[0, 255, 0] == (320, 80)
    assert found[0, 0, 255] == (110, 220)
