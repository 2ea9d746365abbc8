"""`dlc swap` keeps glasses of targets, and leaves out those of sources."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from dlc.arrays import Bytes
from dlc.faces.tracking.tracker import load_tracker
from tests.cli.run import call_dlc
from tests.faces.pictures import Picture
from tests.swapping.mesh.glasses import Glasses, draw_half_rims
from tests.swapping.mesh.heads import Points

LEFT_EYE, RIGHT_EYE = (33, 133), (362, 263)


def astronaut_of(path: Path) -> Bytes:
    photo = np.asarray(cv2.imread(str(path)), np.uint8)[:300, 80:380]
    return np.asarray(cv2.resize(photo, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)


def eyes_of(photo: Bytes) -> tuple[Points, Points]:
    (face,) = load_tracker().find(Picture(photo))
    assert face.landmarks is not None
    left, right = (face.landmarks[list(eye), :2].mean(axis=0) for eye in (LEFT_EYE, RIGHT_EYE))
    return left, right


def swapped(source: Path, target: Bytes, folder: Path, name: str) -> Bytes:
    path, output = folder / f"{name}.png", folder / f"{name}-out.png"
    cv2.imwrite(str(path), target)
    run = call_dlc("swap", source, path, output)
    assert run.returncode == 0, run.stderr
    return np.asarray(cv2.imread(str(output)), np.uint8)


def test_half_rims_stay_whole_and_a_bridge_alone_does_not(
    astronaut_file: Path, group_file: Path, folder: Path
) -> None:
    target = astronaut_of(astronaut_file)
    left, right = eyes_of(target)
    worn, piece = target.copy(), target.copy()
    rims = draw_half_rims(worn, (left, right))
    rims[: round(float(left[1]))] = False  # brows hide the rest
    bridge = Glasses(arc=(0, 1), thickness=0.009).draw(piece, (left, right))
    kept = swapped(group_file, worn, folder, "worn")
    assert np.median(np.abs(kept.astype(int) - worn).max(axis=2)[rims]) < 25
    gone = swapped(group_file, piece, folder, "piece")
    assert np.median(gone[bridge]) > 80


def test_half_rims_of_a_source_are_left_out(astronaut_file: Path, folder: Path) -> None:
    bare = astronaut_of(astronaut_file)
    worn, eyes = bare.copy(), eyes_of(bare)
    rims = draw_half_rims(worn, eyes)
    rims[: round(float(eyes[0][1]))] = False  # brows hide the rest
    source = folder / "source.png"
    cv2.imwrite(str(source), worn)
    # On her own face, a source without glasses changes little.
    output = swapped(source, bare, folder, "bare")
    before, after = (np.abs(each.astype(int) - bare)[rims].mean() for each in (worn, output))
    assert after < 0.2 * before
