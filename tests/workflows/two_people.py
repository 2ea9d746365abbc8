"""Anna and Bela of the group photo, who get a color each: what tests of mapped people share."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.faces.alignment import aligned_crop, arcface_matrix
from dlc.faces.people.arcface import ArcFaceRecognizer
from dlc.faces.people.recognizing_finder import RecognizingFinder
from dlc.faces.tracking.tracker import load_tracker
from dlc.inference.cpu import create_session
from dlc.workflows.engines.engine import LoadedEngine
from tests import clips, crossing
from tests.faces.pictures import Picture
from tests.workflows.painter import BLUE, GREEN, Dyer

Image = NDArray[np.uint8]
Color = tuple[int, int, int]

# Where they are in the photo, rows and columns; Anna is on the left.
ANNA, BELA = (slice(226, 466), slice(418, 618)), (slice(300, 540), slice(693, 893))
# What the tests' cameras see from them is different.
_REHEARSAL = clips.Clip(
    640, 360, 30, 0.5, clips.View(640.0, 380.0, 520.0), clips.View(660.0, 390.0, 600.0)
)


def write_portraits(folder: Path) -> tuple[Path, Path]:
    """Write a photo of each; return Anna's and Bela's."""
    paths = folder / "anna.png", folder / "bela.png"
    for path, place in zip(paths, (ANNA, BELA), strict=True):
        cv2.imwrite(str(path), cv2.resize(clips.group()[place], None, fx=2, fy=2))
    return paths


def write_recognizer(path: Path) -> Path:
    """Write a recognizer that tells the two apart, learned from views of its own; return `path`."""
    tracker = load_tracker()
    crops: tuple[list[Image], list[Image]] = ([], [])
    for number, bgr in enumerate(clips.camera_frames(clips.group(), _REHEARSAL)):
        picture = Picture(bgr, number / _REHEARSAL.fps)
        for face in tracker.find(picture):
            matrix = arcface_matrix(face.points, 112)
            assert matrix is not None
            on_the_right = int(face.box[0] > _REHEARSAL.width / 2)
            crops[on_the_right].append(aligned_crop(picture, matrix, 112))
    return crossing.write_two_people_recognizer(path, crops)


def mesh_engine(recognizer: Path | None = None) -> LoadedEngine:
    """Return an engine that finds faces as the built-in one does, and paints them."""
    tracker = load_tracker()
    if recognizer is None:
        return LoadedEngine(tracker, Dyer())
    arcface = ArcFaceRecognizer(recognizer, create_session(recognizer))
    return LoadedEngine(tracker, Dyer(), RecognizingFinder(tracker, arcface))


def colors(bgr: Image) -> set[Color]:
    """Return the paints of which there is a face's worth in a picture."""
    return {
        color
        for color in (GREEN, BLUE)
        if (np.abs(bgr.astype(int) - np.array(color)).max(axis=2) < 60).sum() > 900
    }
