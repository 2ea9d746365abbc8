"""`dlc swap` of a smile: the source's teeth stay off the new face's lips."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.faces.tracking.tracker import load_tracker
from dlc.swapping.mesh.layout import load_layout
from tests.cli.run import call_dlc
from tests.faces.pictures import Picture
from tests.swapping.mesh.mouths import mouth_ring, with_teeth


def least_redness(path: Path, points: NDArray[np.float32]) -> int:
    """Return by how much red exceeds green in a picture at the points where it does so least."""
    bgr = cv2.imread(str(path)).astype(int)
    columns, rows = np.rint(points).astype(int).T
    return int((bgr[rows, columns, 2] - bgr[rows, columns, 1]).min())


def test_teeth_of_a_smile_stay_off_the_lips(
    astronaut: NDArray[np.uint8], astronaut_file: Path, folder: Path
) -> None:
    (face,) = load_tracker().find(Picture(astronaut))
    assert face.landmarks is not None
    smile, output = folder / "smile.png", folder / "swapped.png"
    cv2.imwrite(str(smile), with_teeth(Picture(astronaut), face.landmarks, load_layout(), 0.4).bgr)
    run = call_dlc("swap", smile, astronaut_file, output)
    assert run.returncode == 0, run.stderr
    lower_lip = mouth_ring(face.landmarks[:, :2], load_layout(), 0.3, 0.3)[14:17]
    assert least_redness(astronaut_file, lower_lip) > 35
    assert least_redness(smile, lower_lip) < 15
    assert least_redness(output, lower_lip) > 20
