"""`dlc swap` keeps a target's fringe, even one as light as skin and of its color."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from dlc.faces.tracking.tracker import load_tracker
from tests.cli.run import call_dlc
from tests.faces.pictures import Picture

# The middle of the forehead, and a spot on a cheek, as mesh vertices.
FOREHEAD, CHEEK = (109, 10, 338, 337, 151, 108), 50


def test_a_fringe_as_light_as_skin_stays(
    astronaut_file: Path, group_file: Path, folder: Path
) -> None:
    photo = np.asarray(cv2.imread(str(astronaut_file)), np.uint8)[:300, 80:380]
    target = cv2.resize(photo, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    (face,) = load_tracker().find(Picture(target))
    assert face.landmarks is not None
    points = np.round(face.landmarks[:, :2]).astype(np.int32)
    fringe = cv2.fillPoly(np.zeros(target.shape[:2], np.uint8), [points[list(FOREHEAD)]], 1) > 0
    noise = np.random.default_rng(1).normal(size=fringe.shape).astype(np.float32)
    strands = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.5, sigmaY=20)
    light = 1 + 0.15 * strands / strands.std()
    x, y = points[CHEEK]
    skin = target[y - 5 : y + 5, x - 5 : x + 5].mean(axis=(0, 1))
    worn = target.copy()
    worn[fringe] = np.clip(skin * light[..., None], 0, 255)[fringe]
    path, output = folder / "worn.png", folder / "out.png"
    cv2.imwrite(str(path), worn)
    run = call_dlc("swap", group_file, path, output)
    assert run.returncode == 0, run.stderr
    after = np.asarray(cv2.imread(str(output)), np.uint8)
    changed = np.abs(after.astype(int) - worn).max(axis=2)[fringe]
    assert np.median(changed) < 15
