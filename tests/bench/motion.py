"""How far moved faces are from where a detector finds them, beside boxes that are used again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from dlc.faces.detection.cadence import DetectionCadence
from dlc.faces.face import Face
from dlc.faces.finder import FaceFinder, Needs
from dlc.faces.pixels import TrackableFrame
from dlc.faces.tracking.motion_finder import MotionFinder
from dlc.media.live.frame import LiveFrame
from dlc.media.video.reading.reader import VideoReader
from dlc.model_store.role import Role

EVERY = 5
# Frames from cut to cut, and pixels by which the camera moves from frame to frame at most.
SCENE = 45
SPEED = 16.0
SIZE = (960, 540)
CLIPS = ("portrait_720p_audio.mp4", "talk_25fps_silent.mp4", "talk_glasses_audio.mp4")

Points = NDArray[np.float32]


@dataclass(slots=True)
class Errors:
    """Distances from where the detector finds the face, in hundredths of the eyes' distance.

    Attributes:
        shown: with a detection in every fifth frame and measured motion, in all frames.
        moved: the same, in the frames without a detection alone.
        reused: with the box of every fifth frame, in all frames.
        itself: of the detector, when the picture is shifted.
    """

    shown: list[float] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    reused: list[float] = field(default_factory=list)
    itself: list[float] = field(default_factory=list)


class Memory:
    """Finds what it was told to find: the detector's faces, so that it runs once a frame."""

    def __init__(self) -> None:
        self.faces: list[Face] = []

    def find(self, _: TrackableFrame) -> list[Face]:
        return list(self.faces)

    def describe(self, _: TrackableFrame, faces: Sequence[Face], __: Needs) -> list[Face]:
        return list(faces)

    def reset(self) -> None:
        """Do nothing: the faces are those of the frame in any case."""


def measure(console: Console) -> dict[str, Any] | None:
    """Measure the error of faces that are moved, and of boxes that are used again."""
    folder = Path(__file__).parents[3] / "shared" / "data"
    if not folder.is_dir():
        console.print("there are no recordings to measure on")
        return None
    detector = _detector(folder)
    errors, frames = Errors(), 0
    milliseconds: list[float] = []
    memory = Memory()
    finder = MotionFinder(memory, DetectionCadence(EVERY, 1 / 30))
    kept: list[Face] = []
    for frame in shaken(folder):
        memory.faces = detector.find(frame)
        before, began = finder.detections, time.perf_counter()
        found = finder.find(frame)
        if finder.detections == before:
            milliseconds.append(1000 * (time.perf_counter() - began))
            _note(errors.moved, found, memory.faces)
        _note(errors.shown, found, memory.faces)
        if frames % EVERY == 0:
            kept = memory.faces
        _note(errors.reused, kept, memory.faces)
        # The same picture two pixels further: what is left is the detector's own doubt.
        shifted = LiveFrame(np.roll(frame.bgr, 2, axis=1), captured_at=frame.time + 0.01)
        again = [Face(face.box, face.points - (2, 0), 1.0) for face in detector.find(shifted)]
        _note(errors.itself, again, memory.faces)
        frames += 1
    figures: dict[str, Any] = {
        "frames": frames,
        "detections": finder.detections,
        "motion_ms": float(np.median(milliseconds)),
        **{name: _spread(getattr(errors, name)) for name in ("shown", "moved", "reused", "itself")},
    }
    console.print(
        f"{frames} frames, {finder.detections} of them detected, "
        f"{figures['motion_ms']:.1f} ms for moving the faces of a frame"
    )
    for name, words in (
        ("shown", "moved by measured motion"),
        ("moved", "the same without the detected frames"),
        ("reused", "box used again"),
        ("itself", "detector against itself"),
    ):
        spread = figures[name]
        console.print(f"{words}: median {spread['p50']:.2f} %, 95 %: {spread['p95']:.2f} %")
    return figures


def shaken(folder: Path) -> Iterator[LiveFrame]:
    """Yield recordings of faces under a camera that moves fast, with cuts from one to the other."""
    readers = [VideoReader(folder / name) for name in CLIPS]
    streams = [iter(reader) for reader in readers]
    rng = np.random.default_rng(5)
    number = 0
    for scene in range(12):
        stream = streams[scene % len(streams)]
        phase = rng.uniform(0, 2 * np.pi, 2)
        for step in range(SCENE):
            frame = next(stream, None)
            if frame is None:
                break
            yield LiveFrame(_view(frame.to_bgr(), step, phase), captured_at=number / 30)
            number += 1
    for reader in readers:
        reader.close()


def _view(bgr: NDArray[np.uint8], step: int, phase: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return what the moving camera sees, blurred as by a shutter that is open half of the time."""
    height, width = bgr.shape[:2]
    scale = SIZE[1] / height
    blurred = np.zeros((SIZE[1], SIZE[0], 3), np.float32)
    parts = 4
    for part in range(parts):
        moment = step + 0.5 * part / parts
        # The amplitude whose fastest move from frame to frame is SPEED.
        swing = SPEED / 0.25 * np.sin(0.25 * moment + phase)
        matrix = np.array(
            [
                [scale, 0.0, SIZE[0] / 2 - scale * width / 2 + swing[0]],
                [0.0, scale, 0.4 * swing[1]],
            ]
        )
        blurred += cv2.warpAffine(bgr, matrix, SIZE, borderMode=cv2.BORDER_REPLICATE)
    return np.clip(blurred / parts, 0, 255).astype(np.uint8)


def _note(errors: list[float], faces: Sequence[Face], truth: Sequence[Face]) -> None:
    """Add the error of each face against the detected face that is nearest to it."""
    for face in faces:
        if not truth:
            continue
        nearest = min(truth, key=lambda other: _distance(face.points, other.points))
        eyes = float(np.linalg.norm(nearest.points[1] - nearest.points[0]))
        width = float(nearest.box[2] - nearest.box[0])
        # Small faces and those seen from the side have no distance of the eyes to speak of.
        if width >= 80 and eyes >= 0.3 * width:
            errors.append(100 * _distance(face.points, nearest.points) / eyes)


def _distance(a: Points, b: Points) -> float:
    return float(np.linalg.norm(a.mean(axis=0) - b.mean(axis=0)))


def _spread(errors: list[float]) -> dict[str, float]:
    return {f"p{share}": float(np.percentile(errors, share)) for share in (50, 95, 99)}


def _detector(folder: Path) -> FaceFinder:
    """Return a finder that detects in every frame."""
    from dlc.faces.analyzer import FaceAnalyzer
    from dlc.faces.detection.scrfd import ScrfdDetector
    from dlc.host.detect import detect_host
    from dlc.inference.router import choose_route
    from dlc.inference.runtime import installed_runtime
    from dlc.inference.sessions import open_session

    route = choose_route(Role.DETECTOR, detect_host(installed_runtime()), threads=2)
    session = open_session(folder / "scrfd_2.5g_kps.onnx", route)
    return FaceAnalyzer(ScrfdDetector(session))
