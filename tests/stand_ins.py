"""Stand-ins for the neural engine's models of faces: the real inputs and outputs, no real weights.

The detector finds magenta discs, so a whole run can be tested on painted frames anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.graph_builder import GraphBuilder, Shape

Floats = NDArray[np.float32]

MAGENTA = (255, 0, 255)
BLUE = (255, 0, 0)
# The diameters of the discs that the detector's anchors fit best, by stride; others down to 16
# pixels and up to the input's side are found by the next best one.
ANCHORS = {8: (16, 32), 16: (64, 128), 32: (256, 512)}
# Where the detector says the five points are, in diameters from the disc's center.
POINTS = np.array(
    [(-0.18, -0.12), (0.18, -0.12), (0.0, 0.08), (-0.15, 0.26), (0.15, 0.26)], np.float32
)


def paint_face(bgr: NDArray[np.uint8], x: int, y: int, diameter: int) -> None:
    """Paint what the detector of `write_detector` takes for a face, on black or on a photo."""
    cv2.circle(bgr, (x, y), diameter // 2, MAGENTA, cv2.FILLED)


def write_arcface(
    path: Path, *, width: int = 8, batch: int | str = "None", mean_inside: bool = False
) -> Path:
    """Write a seeded recognizer: `input.1` (batch, 3, 112, 112) RGB to (batch, 512); return `path`.

    As in w600k_r50, the output is said to be (1, 512) whatever goes in.

    Args:
        path: the file to write.
        width: channels of its layers.
        batch: how many faces it takes at once; a text leaves it open, as w600k_r50 does.
        mean_inside: it takes 0 to 255 and normalizes them itself, as models from MXNet do.
    """
    graph = _Graph(seed=1)
    x = graph.normalized("input.1", 127.5) if mean_inside else "input.1"
    x = graph.conv(x, 3, width)
    for _ in range(3):
        x = graph.conv(x, width, width)
    x = graph.node("Flatten", x)
    x = graph.gemm(x, width * 7 * 7, np.zeros(512, np.float32), deviation=0.1)
    graph.node("Identity", x, output="683")
    return graph.write(path, {"input.1": (batch, 3, 112, 112)}, {"683": (1, 512)}, opset=11)


def write_sface(path: Path, *, width: int = 8, listed: bool = False) -> Path:
    """Write a seeded SFace: `data` (1, 3, 112, 112) RGB, 0 to 255, to `fc1` (1, 128).

    Args:
        path: the file to write, which is returned.
        width: channels of its layers.
        listed: its weights are among its inputs, too, as in the OpenCV Zoo's file.
    """
    graph = _Graph(seed=5)
    x = graph.conv(graph.normalized("data", 128.0), 3, width, prelu=True)
    for _ in range(3):
        x = graph.conv(x, width, width, prelu=True)
    x = graph.node("Flatten", x)
    x = graph.gemm(x, width * 7 * 7, np.zeros(128, np.float32), deviation=0.1)
    graph.node("Identity", x, output="fc1")
    return graph.write(path, {"data": (1, 3, 112, 112)}, {"fc1": (1, 128)}, opset=11, listed=listed)


def write_landmarker(path: Path, *, batch: int | str = "None") -> Path:
    """Write a seeded 2d106det: `data` (batch, 3, 192, 192) RGB, 0 to 255, to `fc1` (batch, 212).

    Its points lie about where a face's do, and move a little with the picture. Returns `path`.
    """
    graph = _Graph(seed=2)
    x = graph.conv(graph.normalized("data", 128.0), 3, 8)
    for _ in range(4):
        x = graph.conv(x, 8, 8)
    x = graph.node("Flatten", x)
    x = graph.gemm(x, 8 * 6 * 6, _layout().reshape(-1), deviation=0.002)
    graph.node("Identity", x, output="fc1")
    return graph.write(path, {"data": (batch, 3, 192, 192)}, {"fc1": (batch, 212)}, opset=11)


def write_occluder(path: Path, *, batch: int | str = 1) -> Path:
    """Write an occluder: `input` (batch, 256, 256, 3) BGR, 0 to 1, to `output` of 1 channel.

    What is pure blue covers the face, everything else is face: 1. Returns `path`.
    """
    graph = _Graph(seed=4)
    blue = graph.node("Gather", "input", graph.constant(np.array([0])), axis=3)
    others = graph.node("Gather", "input", graph.constant(np.array([1, 2])), axis=3)
    rest = graph.node("ReduceMax", others, axes=[3])
    # 0 where it is half as blue as it can be, steep enough that photos hold next to nothing of it.
    x = graph.node("Sub", graph.scalar(0.5), graph.node("Sub", blue, rest))
    x = graph.node("Add", graph.node("Mul", x, graph.scalar(4)), graph.scalar(0.5))
    graph.node("Clip", x, graph.scalar(0), graph.scalar(1), output="output")
    shape = (batch, 256, 256)
    return graph.write(path, {"input": (*shape, 3)}, {"output": (*shape, 1)}, opset=11)


def write_detector(path: Path) -> Path:
    """Write a detector with SCRFD's inputs and outputs that finds magenta discs; return `path`.

    A disc's box is that of the anchor next in size, so it is up to 1.5 times too small or large.
    """
    graph = _Graph(seed=3)
    color = graph.constant(np.array([0.5, -1.0, 0.5], np.float32).reshape(1, 3, 1, 1))
    # Magenta is 2, and whatever is not much like it, such as a green screen, is to count as gray.
    magenta = graph.node("Conv", "input.1", color, graph.constant(np.float32([-1])))
    magenta = graph.node("Clip", magenta, graph.scalar(0), graph.scalar(1))
    cells = graph.node("AveragePool", magenta, kernel_shape=[8, 8], strides=[8, 8])
    contrasts = {
        stride: [_contrast(graph, cells, diameter, stride) for diameter in diameters]
        for stride, diameters in ANCHORS.items()
    }
    highest = _highest_around(graph, contrasts)
    for stride, diameters in ANCHORS.items():
        _add_outputs(graph, stride, diameters, contrasts[stride], highest)
    columns = {"score": 1, "box": 4, "points": 10}
    outputs: dict[str, Shape] = {
        f"{name}_{stride}": (f"n{stride}", count)
        for name, count in columns.items()
        for stride in ANCHORS
    }
    return graph.write(path, {"input.1": (1, 3, "?", "?")}, outputs, opset=11)


def _contrast(graph: _Graph, cells: str, diameter: int, stride: int) -> str:
    """Compare squares around the cells' top left corners, where anchors are, with larger ones.

    What is magenta all around as well is the inside of something larger.
    """
    inner = graph.average(cells, diameter, stride)
    return graph.node("Sub", inner, graph.average(cells, 2 * diameter, stride))


def _highest_around(graph: _Graph, contrasts: dict[int, list[str]]) -> str:
    """Return for every 8 pixels the highest contrast of any anchor that covers them."""
    reach = []
    for stride, diameters in ANCHORS.items():
        for contrast, diameter in zip(contrasts[stride], diameters, strict=True):
            scales = graph.constant(np.array([1, 1, stride // 8, stride // 8], np.float32))
            nothing = graph.constant(np.zeros(0, np.float32))
            fine = graph.node("Resize", contrast, nothing, scales, mode="nearest")
            half = diameter // 16
            shape = {"kernel_shape": [2 * half + 1] * 2, "pads": [half] * 4}
            reach.append(graph.node("MaxPool", fine, strides=[1, 1], **shape))
    return graph.node("Max", *reach)


def _add_outputs(
    graph: _Graph, stride: int, diameters: Sequence[int], contrasts: Sequence[str], highest: str
) -> None:
    step = [stride // 8] * 2
    highest = graph.node("MaxPool", highest, kernel_shape=[1, 1], strides=step)
    x = graph.node("Concat", *contrasts, axis=1)
    # Around a disc many anchors answer; one alone remains, as with real faces.
    beaten = graph.node("Less", x, highest)
    x = graph.node("Mul", graph.node("Sub", x, graph.scalar(0.3)), graph.scalar(20))
    x = graph.node("Where", beaten, graph.scalar(-20), x)
    x = graph.node("Transpose", graph.node("Sigmoid", x), perm=[0, 2, 3, 1])
    graph.node("Reshape", x, graph.constant(np.array([-1, 1])), output=f"score_{stride}")

    by_anchor = graph.node("Reshape", x, graph.constant(np.array([-1, 2, 1])))
    zeros = graph.node("Mul", by_anchor, graph.scalar(0))
    sizes = np.array(diameters, np.float32)[:, None] / stride
    distances = {"box": np.full(4, 0.5, np.float32), "points": POINTS.reshape(-1)}
    for name, distance in distances.items():
        rows = graph.node("Add", zeros, graph.constant((sizes * distance)[None]))
        shape = graph.constant(np.array([-1, len(distance)]))
        graph.node("Reshape", rows, shape, output=f"{name}_{stride}")


def _layout() -> Floats:
    """Return (106, 2) points in [-1, 1], where 2d106det has them: the face is 2/3 of its input."""
    points = np.zeros((106, 2), np.float32)
    points[:33] = _arc((0, -0.05), (0.6, 0.7), np.linspace(np.pi, 0, 33))
    points[33:43] = _arc((-0.28, -0.15), (0.14, 0.07), np.linspace(0, 2 * np.pi, 10))
    points[43:52] = _arc((-0.28, -0.3), (0.2, -0.08), np.linspace(np.pi, 0, 9))
    points[52:72] = _arc((0, 0.38), (0.25, 0.1), np.linspace(0, 2 * np.pi, 20))
    points[72:87] = _arc((0, 0.05), (0.12, 0.15), np.linspace(0, 2 * np.pi, 15))
    points[87:97] = _arc((0.28, -0.15), (0.14, 0.07), np.linspace(0, 2 * np.pi, 10))
    points[97:] = _arc((0.28, -0.3), (0.2, -0.08), np.linspace(np.pi, 0, 9))
    return points


def _arc(
    center: tuple[float, float], radii: tuple[float, float], angles: NDArray[np.float64]
) -> Floats:
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (np.array(center) + circle * radii).astype(np.float32)


class _Graph(GraphBuilder):
    """Adds the layers of which the models of faces are made."""

    def scalar(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def normalized(self, x: str, half: float) -> str:
        """Take 0 to 255 to about [-1, 1], by the two nodes that insightface looks for."""
        return self.node("Mul", self.node("Sub", x, self.scalar(127.5)), self.scalar(1 / half))

    def conv(self, x: str, channels: int, filters: int, *, prelu: bool = False) -> str:
        """Add a convolution that halves the picture; PRelu's slopes are weights, one a channel."""
        weights = self.normal((filters, channels, 3, 3), (2 / (9 * channels)) ** 0.5)
        shape = {"kernel_shape": [3, 3], "pads": [1] * 4, "strides": [2, 2]}
        x = self.node("Conv", x, weights, **shape)
        if prelu:
            return self.node("PRelu", x, self.constant(np.full((filters, 1, 1), 0.2, np.float32)))
        return self.node("LeakyRelu", x, alpha=0.2)

    def gemm(self, x: str, size: int, bias: Floats, *, deviation: float) -> str:
        weights = self.normal((size, len(bias)), deviation)
        return self.node("Gemm", x, weights, self.constant(bias))

    def average(self, cells: str, side: int, stride: int) -> str:
        """Average squares of `side` pixels around every `stride`-th one, of cells of 8 pixels."""
        half, step = side // 16, stride // 8
        pads = [half, half, half - step, half - step]
        shape = {"kernel_shape": [side // 8] * 2, "strides": [step] * 2, "pads": pads}
        return self.node("AveragePool", cells, count_include_pad=1, **shape)
