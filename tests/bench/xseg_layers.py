"""A network of XSeg's shape with random weights: it tells how long the real one takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.graph_builder import GraphBuilder

# Channels and convolutions of each level, from 256 pixels down to 8, and what the two layers in
# the middle, at 4 pixels, squeeze a face into: as in DeepFaceLab's XSeg, whose file is as large.
LEVELS = ((32, 2), (64, 2), (128, 2), (256, 3), (256, 3), (256, 3))
SQUEEZED = 512


def write_xseg(path: Path) -> None:
    """Write a network with XSeg's levels, input and output, and random weights."""
    graph = _Graph()
    x = graph.node("Transpose", "input", perm=[0, 3, 1, 2])
    skipped, channels = [], 3
    for width, count in LEVELS:
        for _ in range(count):
            x, channels = graph.conv(x, channels, width), width
        skipped.append((x, width, count))
        x = graph.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    flat = channels * 4 * 4
    x = graph.node("MatMul", graph.node("Flatten", x), graph.weights(flat, SQUEEZED, inputs=flat))
    x = graph.node("MatMul", x, graph.weights(SQUEEZED, flat, inputs=SQUEEZED))
    x = graph.node("Reshape", x, graph.constant(np.array([1, channels, 4, 4])))
    for skip, width, count in reversed(skipped):
        x = graph.node("Concat", graph.doubled(x, channels), skip, axis=1)
        channels = channels // 2 + width
        for _ in range(count):
            x, channels = graph.conv(x, channels, width), width
    x = graph.node("Conv", x, graph.weights(1, channels, 3, 3, inputs=9 * channels), pads=[1] * 4)
    graph.node("Transpose", graph.node("Sigmoid", x), perm=[0, 2, 3, 1], output="output")
    graph.write(path, {"input": (1, 256, 256, 3)}, {"output": (1, 256, 256, 1)})


class _Graph(GraphBuilder):
    """Adds the layers of which XSeg is made."""

    def weights(self, *shape: int, inputs: int) -> str:
        """Add weights that keep the variance of what goes in, summed over so many inputs."""
        return self.normal(shape, (2 / inputs) ** 0.5)

    def conv(self, x: str, channels: int, filters: int) -> str:
        weights = self.weights(filters, channels, 3, 3, inputs=9 * channels)
        return self.node("LeakyRelu", self.node("Conv", x, weights, pads=[1] * 4), alpha=0.1)

    def doubled(self, x: str, channels: int) -> str:
        """Double the picture's side and halve its channels."""
        weights = self.weights(channels, channels // 2, 3, 3, inputs=9 * channels)
        shape = {"strides": [2, 2], "pads": [1] * 4, "output_padding": [1, 1]}
        return self.node("LeakyRelu", self.node("ConvTranspose", x, weights, **shape), alpha=0.1)
