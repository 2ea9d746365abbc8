"""Stand-ins for restoration models: GFPGAN's input and output, and a known effect."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dlc.enhancing.model import EnhancerModel
from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from tests.graph_builder import GraphBuilder
from tests.host import machines

SIDE = 256


def write_sharpener(path: Path, *, side: int = SIDE, layers: int = 0, width: int = 32) -> Path:
    """Write a model that emphasizes detail of two sizes by unsharp masks; return `path`.

    What comes out is a function of the crop alone, as with the real models, and a seeded stack of
    convolutions, which adds next to nothing to it, makes it as slow as is wanted.

    Args:
        path: the file to write.
        side: of the picture, in pixels.
        layers: of the stack, at half the side.
        width: channels of these layers.
    """
    graph = _Graph()
    fine = graph.node("Sub", "input", graph.blurred("input", side / 256))
    coarse = graph.node("Sub", "input", graph.blurred("input", side / 85))
    x = graph.node("Add", "input", graph.node("Mul", fine, graph.constant(np.float32(1.5))))
    x = graph.node("Add", x, graph.node("Mul", coarse, graph.constant(np.float32(0.4))))
    if layers:
        x = graph.node("Add", x, graph.stack("input", layers, width))
    graph.node("Clip", x, *map(graph.constant, np.float32([-1, 1])), output="output")
    picture = (1, 3, side, side)
    return graph.write(path, {"input": picture}, {"output": picture})


def write_broken(path: Path, *, side: int = SIDE) -> Path:
    """Write a model whose output is NaN everywhere; return `path`."""
    graph = _Graph()
    zero = graph.node("Mul", "input", graph.constant(np.float32(0)))
    graph.node("Div", zero, zero, output="output")
    picture = (1, 3, side, side)
    return graph.write(path, {"input": picture}, {"output": picture})


def open_enhancer(path: Path) -> EnhancerModel:
    """Open a model as an enhancer on the CPU."""
    route = choose_route(Role.ENHANCER, machines.cpu_only(), threads=1)
    return EnhancerModel(open_session(path, route))


class _Graph(GraphBuilder):
    """Adds the parts of sharpeners."""

    def blurred(self, x: str, sigma: float) -> str:
        """Smooth each channel by a Gaussian."""
        reach = round(3 * sigma)
        bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
        kernel = np.outer(bell, bell) / bell.sum() ** 2
        weights = np.repeat(kernel[None, None].astype(np.float32), 3, axis=0)
        pads = self.constant(np.array([0, 0, reach, reach] * 2))
        x = self.node("Pad", x, pads, mode="reflect")
        return self.node("Conv", x, self.constant(weights), group=3)

    def stack(self, x: str, layers: int, width: int) -> str:
        """Add convolutions at half the side whose result is at most a third of a gray level."""
        x, channels = self.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2]), 3
        for _ in range(layers):
            weights = self.normal((width, channels, 3, 3), (4.5 * channels) ** -0.5)
            x = self.node("LeakyRelu", self.node("Conv", x, weights, pads=[1] * 4), alpha=0.2)
            channels = width
        x = self.node("Conv", x, self.normal((3, width, 1, 1), 0.1))
        x = self.node("Mul", self.node("Tanh", x), self.constant(np.float32(0.0025)))
        nothing = self.constant(np.zeros(0, np.float32))
        return self.node("Resize", x, nothing, self.constant(np.float32([1, 1, 2, 2])))
