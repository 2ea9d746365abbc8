"""Two recorded people who pass each other in one picture, and a recognizer for these two.

Where the people are is known, as the clip is put together here: the one from the green screen walks
from left to right, in front of the other one, who walks from right to left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Image = NDArray[np.uint8]

WIDTH, HEIGHT, FRAMES, FPS = 960, 512, 48, 25
FRONT, BACK = 0, 1
# Where the people's heads are in their own pictures, and the size of an ellipse around the head.
_HEADS = ((256, 230), (256, 200))
_BACK_AXES = (130, 185)
_ENDS = (190, WIDTH - 190)
# Frames in the shorter one of the two clips.
_SHORTER = 78

_BORDER = np.pad(np.zeros((9, 8), bool), ((3, 2), (3, 3)), constant_values=True)


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame, and where the heads of the one in front and of the other one are, in pixels."""

    bgr: Image
    heads: tuple[tuple[float, float], tuple[float, float]]

    def who(self, x: float, y: float) -> int:
        """Return whose head is at a point: where both are, that of the one in front."""
        distances = [float(np.hypot(x - head[0], y - head[1])) for head in self.heads]
        return int(np.argmin(distances))

    @property
    def apart(self) -> float:
        """How far the heads are from each other, in pixels."""
        return abs(self.heads[0][0] - self.heads[1][0])


def crossing(folder: Path) -> Iterator[Moment]:
    """Yield the frames; `folder` holds the recorded clips."""
    for number, (near, far) in enumerate(_both(folder, 0)):
        way = number / (FRAMES - 1)
        eased = way * way * (3 - 2 * way)
        yield _moment(near, far, _ENDS[0] + eased * (_ENDS[1] - _ENDS[0]))


def rehearsal(folder: Path) -> Iterator[Moment]:
    """Yield other frames of the same people, who stand apart, on either side in turn."""
    for number, (near, far) in enumerate(_both(folder, FRAMES)):
        yield _moment(near, far, _ENDS[number % 2])


def _both(folder: Path, start: int) -> Iterator[tuple[Image, Image]]:
    count = min(FRAMES, _SHORTER - start)
    front = pictures(folder / "talk_25fps_silent.mp4", count, start)
    yield from zip(front, pictures(folder / "talk_glasses_audio.mp4", count, start), strict=True)


def _moment(near: Image, far: Image, left: float) -> Moment:
    scene = np.full((HEIGHT, WIDTH, 3), (92, 104, 96), np.uint8)
    heads = ((left, 250.0), (WIDTH - left, 235.0))
    _put(scene, far, _oval(far), _HEADS[BACK], heads[BACK])
    _put(scene, near, _keyed(near), _HEADS[FRONT], heads[FRONT])
    return Moment(scene, heads)


def pictures(path: Path, count: int, start: int) -> list[Image]:
    """Return some frames of a clip, uint8 BGR."""
    with av.open(path) as container:
        frames = []
        for number, frame in enumerate(container.decode(video=0)):
            if start <= number < start + count:
                frames.append(frame.to_ndarray(format="bgr24"))
            if number >= start + count:
                break
    return frames


def _keyed(bgr: Image) -> NDArray[np.float32]:
    blue, green, red = (bgr[..., channel].astype(np.float32) for channel in range(3))
    solid = (green - np.maximum(blue, red) < 25).astype(np.float32)
    return cv2.GaussianBlur(cv2.erode(solid, np.ones((3, 3))), (0, 0), 1.0)


def _oval(bgr: Image) -> NDArray[np.float32]:
    mask = np.zeros(bgr.shape[:2], np.float32)
    cv2.ellipse(mask, _HEADS[BACK], _BACK_AXES, 0, 0, 360, 1.0, cv2.FILLED)
    return cv2.GaussianBlur(mask, (0, 0), 4.0)


def _put(
    scene: Image,
    bgr: Image,
    alpha: NDArray[np.float32],
    head: tuple[int, int],
    at: tuple[float, float],
) -> None:
    """Lay a picture over the scene so that its head is at a point."""
    matrix = np.array([[1.0, 0.0, at[0] - head[0]], [0.0, 1.0, at[1] - head[1]]])
    size = (scene.shape[1], scene.shape[0])
    moved = cv2.warpAffine(bgr, matrix, size).astype(np.float32)
    weight = cv2.warpAffine(alpha, matrix, size)[..., None]
    scene[:] = np.round(scene * (1 - weight) + moved * weight)


def write_two_people_recognizer(path: Path, crops: tuple[Sequence[Image], Sequence[Image]]) -> Path:
    """Write a recognizer with ArcFace's inputs and outputs that knows two people; return `path`.

    It is a linear discriminant between the insides of their aligned crops, of 14 x 14 cells, in one
    dimension of the embedding. Another one is constant, so that a crop which is neither of them is
    like neither: half way between the two its cosine with each is 0.29.

    Args:
        path: the file to write.
        crops: uint8 (112, 112, 3) BGR of each of the two people, from other frames than the test's.
    """
    rows = [np.stack([_features(crop) for crop in each]) for each in crops]
    means = [each.mean(axis=0) for each in rows]
    spread = np.concatenate([each - mean for each, mean in zip(rows, means, strict=True)])
    within = spread.T @ spread / len(spread)
    ridge = 0.1 * float(np.trace(within)) / len(within) * np.eye(len(within))
    direction = np.linalg.solve(within + ridge, means[0] - means[1])
    ends = [float(mean @ direction) for mean in means]
    direction *= 2 / (ends[0] - ends[1])
    weights = np.zeros((direction.size, 512), np.float32)
    weights[:, 0] = direction
    bias = np.zeros(512, np.float32)
    bias[0] = -(ends[0] + ends[1]) / (ends[0] - ends[1])
    bias[1] = 0.3
    nodes = [
        helper.make_node(
            "AveragePool", ["input.1"], ["small"], kernel_shape=[8, 8], strides=[8, 8]
        ),
        helper.make_node("Flatten", ["small"], ["row"]),
        helper.make_node("Gemm", ["row", "weights", "bias"], ["683"]),
    ]
    graph = helper.make_graph(
        nodes,
        "two-people",
        [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, ("None", 3, 112, 112))],
        [helper.make_tensor_value_info("683", TensorProto.FLOAT, (1, 512))],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )
    opset = helper.make_opsetid("", 11)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), path)
    return path


def _features(crop: Image) -> NDArray[np.float64]:
    """Return what the graph makes of a crop before its last layer."""
    tensor = (crop[..., ::-1].astype(np.float64) - 127.5) / 127.5
    cells = tensor.reshape(14, 8, 14, 8, 3).mean(axis=(1, 3))
    # At the border there is hair and background.
    cells[_BORDER] = 0
    return cells.transpose(2, 0, 1).reshape(-1)
