"""`python -m tests.pictures FOLDER`: runs `dlc swap` for every example and draws the results."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.cli.run import command
from tests.pictures.drawing import Panel, draw, write_jpeg
from tests.pictures.examples import SHEETS, Given, Sheet, Swapped
from tests.pictures.material import write_material

# The engine that everybody has, whatever is installed here; the sheets carry a note themselves.
_FIXED = ("--engine", "mesh", "--no-provenance", "--quiet")


def main() -> None:
    """Write the pictures of README.md into the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as material:
        write_material(Path(material))
        for sheet in SHEETS:
            panels = [_panel(panel, sheet, Path(material)) for panel in sheet.panels]
            path = folder / f"{sheet.name}.jpg"
            write_jpeg(path, draw(panels, sheet.columns, sheet.height))
            sys.stdout.write(f"{path}\n")


def _panel(panel: Given | Swapped, sheet: Sheet, material: Path) -> Panel:
    if isinstance(panel, Given):
        return Panel(panel.caption, sheet.view.of(material / panel.file))
    output = f"result{Path(sheet.target).suffix}"
    arguments = panel.arguments(sheet.target, output)
    # The names in the captions are those of files in this folder.
    subprocess.run([*command("swap"), *arguments, *_FIXED, "--overwrite"], cwd=material, check=True)
    return Panel(panel.title, sheet.view.of(material / output))


if __name__ == "__main__":
    main()
