"""What putting one swapped face back costs, beside insightface's way and beside whole frames."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np
from insightface.app.common import Face as InsightFace
from insightface.model_zoo.inswapper import INSwapper
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dlc.compositing.filters import blend, cut
from dlc.compositing.paste_back import CropMask, face_mask, paste_back
from dlc.compositing.patch import Patch
from dlc.faces.alignment import arcface_matrix
from dlc.faces.detection.detector import FaceDetector
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.inference.cpu import create_session
from dlc.media.frames.frame import Frame
from dlc.model_store.builtin import builtin_model
from tests import clips
from tests.bench.speed import Spread
from tests.bench.turns import alternate

WIDTH, HEIGHT = 1920, 1080
FACE_WIDTH = 300
SIDE = 128
ROUNDS = 100

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Scene:
    """A frame with one face, where it is, and what a model made of its crop."""

    bgr: Image
    points: NDArray[np.float32]
    matrix: NDArray[np.float64]
    swapped: Image


def measure(console: Console) -> dict[str, Any]:
    """Time every way of pasting in turn, on one thread; print a table and return the figures."""
    scene = _scene()
    times = alternate(_ways(scene), ROUNDS)
    # Of insightface's call all is taken off that it also does when it pastes nothing.
    theirs, unpasted = times.pop("insightface, whole call"), times.pop("insightface, unpasted")
    pairs = zip(theirs, unpasted, strict=True)
    times = {"insightface": [whole - rest for whole, rest in pairs], **times}
    figures = {name: Spread.of(values) for name, values in times.items()}
    console.print(
        f"\n[bold]{WIDTH}x{HEIGHT}[/], a face {FACE_WIDTH} px wide, one thread, {ROUNDS} rounds"
    )
    console.print(_table(figures))
    return {"width": WIDTH, "height": HEIGHT, "face_width": FACE_WIDTH, "milliseconds": figures}


def _ways(scene: Scene) -> dict[str, Callable[[], object]]:
    """Return what is timed; every way pastes the same pixels at the same place."""
    bgr, mask = scene.bgr.copy(), face_mask(SIDE)
    frame = Frame(av.VideoFrame.from_ndarray(scene.bgr, "bgr24").reformat(format="yuv420p"))
    reference, face, donor = _insightface(scene)

    def make() -> Patch:
        patch = paste_back(scene.swapped, mask, scene.matrix, WIDTH, HEIGHT)
        assert patch is not None
        return patch

    def into_bgr() -> None:
        patch = make()
        under = cut(bgr, patch.box)
        under[...] = blend(patch.bgr, under, _opacity(patch.alpha))

    def into_yuv() -> None:
        patch = make()
        frame.paste(patch.box, patch.bgr, patch.alpha)

    return {
        "insightface, whole call": lambda: reference.get(scene.bgr, face, donor),
        "insightface, unpasted": lambda: reference.get(scene.bgr, face, donor, paste_back=False),
        "dlc's way on the whole frame, BGR": lambda: _paste_whole(bgr, scene, mask),
        "dlc, the patch alone": make,
        "dlc, patch into BGR": into_bgr,
        "dlc, patch into yuv420p": into_yuv,
    }


def _paste_whole(bgr: Image, scene: Scene, mask: CropMask) -> None:
    """Do what `paste_back` does, but warp and blend the frame from edge to edge."""
    image = cv2.resize(
        cv2.merge([scene.swapped, mask.alpha]), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC
    )
    matrix = 2 * scene.matrix
    matrix[:, 2] += 0.5
    method = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), flags=method)
    over, alpha = cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR), cv2.extractChannel(warped, 3)
    bgr[...] = blend(np.asarray(over, np.uint8), bgr, _opacity(np.asarray(alpha, np.uint8)))


def _opacity(alpha: Image) -> NDArray[np.float32]:
    return alpha.astype(np.float32) * np.float32(1 / 255)


def _scene() -> Scene:
    """Scale the astronaut to the wanted width of her face's box, and lay her into the frame."""
    photo = clips.astronaut()
    (face,) = FaceDetector(create_session(builtin_model("face_detection.onnx"))).detect(photo)
    scale = FACE_WIDTH / float(face.box[2] - face.box[0])
    center = (face.box[:2] + face.box[2:]) / 2
    move = np.array([[scale, 0, 0], [0, scale, 0]])
    move[:, 2] = (WIDTH / 2, HEIGHT / 2) - scale * center
    bgr = cv2.warpAffine(photo, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    points = (face.points @ move[:, :2].T + move[:, 2]).astype(np.float32)
    matrix = arcface_matrix(points, SIDE)
    assert matrix is not None
    crop = cv2.warpAffine(bgr, matrix, (SIDE, SIDE))
    return Scene(np.asarray(bgr, np.uint8), points, matrix, np.asarray(255 - crop // 2, np.uint8))


def _insightface(scene: Scene) -> tuple[INSwapper, InsightFace, InsightFace]:
    """Return insightface's swapper whose model takes no time, a target face and a source face."""
    planes = (scene.swapped[..., ::-1].transpose(2, 0, 1)[None] / 255).astype(np.float32)
    session = SimpleNamespace(
        get_inputs=lambda: [
            SimpleNamespace(name="target", shape=[1, 3, SIDE, SIDE]),
            SimpleNamespace(name="source", shape=[1, 512]),
        ],
        get_outputs=lambda: [SimpleNamespace(name="output", shape=[1, 3, SIDE, SIDE])],
        run=lambda _names, _feed: [planes],
    )
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        path = Path(folder) / "narrow.onnx"
        write_inswapper(path, InswapperOptions(width=1))
        swapper = INSwapper(str(path), session)
    donor = InsightFace(embedding=np.ones(512, np.float32))
    return swapper, InsightFace(kps=scene.points), donor


def _table(figures: dict[str, Spread]) -> Table:
    base = figures["insightface"].median
    table = Table("way", "ms (least-most)", "insightface / it", box=None, pad_edge=False)
    for name, each in figures.items():
        values = f"{each.median:.2f} ({each.low:.2f}-{each.high:.2f})"
        table.add_row(name, values, f"{base / each.median:.1f}")
    return table
