"""Writes 3x3 convolutions as Winograd's minimal filtering, with plain operators.

After Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR 2016), F(4x4, 3x3):
a tile Y of 4x4 results comes from a tile d of 6x6 inputs, two of which it shares with its neighbor
in either direction, and a kernel g::

    Y = A' [(G g G') * (B' d B)] A        * multiplies element by element, ' transposes

The expression in brackets is summed over the channels. For each of the 36 elements of such a tile
that is a matrix product, and 36 multiplications make 16 results instead of 144. ONNX Runtime's
convolutions already keep a processor's units busy, so only fewer multiplications can be faster.

B' d B is a depthwise convolution with stride four and 36 kernels of 6x6, which also pads. The 36
products are one MatMul, A' [] A is another, and DepthToSpace lays out the tiles. Kernels keep their
nine numbers in the file; ONNX Runtime expands them to 36 when it loads the graph and folds
constants. Nodes that rearrange kernels are removed when a file is written: other folded constants
would stay in memory next to the kernels until the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import onnx
from numpy.polynomial import polynomial
from onnx import TensorProto

from dlc.arrays import Array
from dlc.graph.names import Rewrite
from dlc.graph.passes.edit import Edit
from dlc.graph.passes.graph_pass import GraphPass
from dlc.graph.passes.nodes import attribute, optional_input

_KERNEL = 3
# Rounding happens more often here, not just in a different order. A stand-in for inswapper_128 at
# full size differs by 2.7e-6 of its largest output, compared to 1.6e-6 from ONNX Runtime's own
# optimizations, and by more for larger values: 2.1e-5 and 1.2e-5 for embeddings of 13 times their
# length. The tolerance is a fortieth of one of 255 steps, and a mistake in a matrix would far
# exceed it.
_TOLERANCE = 1e-4
_USUAL = {"group": 1, "auto_pad": "NOTSET", "strides": [1, 1], "dilations": [1, 1]}
# Any five points make tiles of 4x4. The paper's 0, 1, -1, 2, -2 give larger numbers in the
# transforms, with more cancellation: a convolution's results are three to four times as far from
# exact, and inswapper_128's twice.
POINTS = (0.0, 0.5**0.5, -(0.5**0.5), 2.0**0.5, -(2.0**0.5))


@dataclass(frozen=True, slots=True)
class WorthwhileSize:
    """The smallest convolution that gets faster.

    The cost of the transforms is proportional to the pixels of inputs and results, and the savings
    to their product, so there must be many channels. Below a few tiles, reading 36 numbers instead
    of 9 per kernel takes longer than anything else. Measured on an AMD EPYC with AVX2 and one
    thread, as processor time of the original over the rewritten: 2.9 for 1024 channels and as many
    filters at 32x32 pixels, 1.5 for 128 and 256 at 128x128, 1.4 for 256 and 256 at 16x16; 0.9 for
    64 and 64 at 128x128, and 0.5 to 0.9 for all at 8x8. The limit is on the safe side, as 128 and
    128 gained 1.4: wider vectors speed up multiplications more than transforms.

    Attributes:
        channels: channels times filters, over their sum.
        side: height and width of the result, in pixels.
    """

    channels: float = 80
    side: int = 16


@dataclass(frozen=True, slots=True)
class _Convolution:
    """A convolution with 3x3 kernels and stride 1.

    Attributes:
        channels: channels of the input.
        filters: channels of the result.
        size: height and width of the input, in pixels.
        pads: zeros above, to the left, below, and to the right of it.
    """

    channels: int
    filters: int
    size: tuple[int, int]
    pads: tuple[int, int, int, int]

    @property
    def result(self) -> tuple[int, int]:
        """Height and width of the result, in pixels."""
        top, left, bottom, right = self.pads
        height, width = self.size
        return height + top + bottom - _KERNEL + 1, width + left + right - _KERNEL + 1

    def reaches(self, least: WorthwhileSize) -> bool:
        """Return whether this is at least as large as `least`."""
        ratio = self.channels * self.filters / (self.channels + self.filters)
        return ratio >= least.channels and min(self.result) >= least.side


class Transforms:
    """The matrices of F(m x m, 3 x 3).

    Filtering a row multiplies polynomials, whose product is interpolated from its values at some
    points (Toom-Cook). The last point is infinity, where a polynomial's value is its leading
    coefficient.

    Args:
        points: m + 1 distinct points other than infinity.

    Attributes:
        inputs: side of a tile of inputs, m + 2.
        results: side of a tile of results, m.
    """

    def __init__(self, points: Sequence[float]) -> None:
        self._points = np.array(points)
        self.inputs = len(points) + 1
        self.results = self.inputs - _KERNEL + 1

    @cached_property
    def data(self) -> Array:
        """B', (inputs, inputs) float64: polynomials that vanish at all points but one."""
        others = [np.delete(self._points, index) for index in range(len(self._points))]
        rows = [np.append(polynomial.polyfromroots(points), 0) for points in others]
        return np.array([*rows, polynomial.polyfromroots(self._points)])

    @cached_property
    def kernel(self) -> Array:
        """G, (inputs, 3) float64: a kernel's values at the points, over what B' has there."""
        values = polynomial.polyvander(self._points, _KERNEL - 1)
        apart = self._points[:, None] - self._points + np.eye(len(self._points))
        return np.vstack([values / apart.prod(axis=1)[:, None], np.eye(_KERNEL)[-1]])

    @cached_property
    def result(self) -> Array:
        """A', (results, inputs) float64."""
        values = polynomial.polyvander(self._points, self.results - 1)
        return np.vstack([values, np.eye(self.results)[-1]]).T


def winograd(
    least: WorthwhileSize = WorthwhileSize(), points: Sequence[float] = POINTS
) -> GraphPass:
    """Return the rewrite.

    Args:
        least: the smallest convolution that is rewritten.
        points: as in `Transforms`; five make tiles of 4x4 results.
    """

    def plan(edit: Edit) -> int:
        """Replace convolutions; return how many."""
        writer = _Writer(edit, Transforms(points))
        count = 0
        for index, node in edit.nodes("Conv"):
            convolution = _convolution(edit, node)
            if convolution is not None and convolution.reaches(least):
                edit.replace(index, writer.nodes(node, convolution))
                count += 1
        return count

    return GraphPass(
        Rewrite.WINOGRAD,
        "CPUs are at their limit in convolutions, and these need a quarter of the multiplications",
        tolerance=_TOLERANCE,
        plan=plan,
    )


WINOGRAD = winograd()


def _convolution(edit: Edit, node: onnx.NodeProto) -> _Convolution | None:
    """Return what a node does; None if it is of another kind or uncertain."""
    data, kernel = (edit.shapes.get(name, ()) for name in node.input[:2])
    if len(data) != 4 or kernel[2:] != (_KERNEL, _KERNEL):
        return None
    if any(attribute(node, name, value) != value for name, value in _USUAL.items()):
        return None
    constant = edit.is_stored(node.input[1])
    if not constant or edit.types.get(node.input[1]) != TensorProto.FLOAT:
        return None
    filters, channels, height, width = *kernel[:2], *data[2:]
    if filters is None or channels is None or height is None or width is None:
        return None
    top, left, bottom, right = attribute(node, "pads", [0] * 4)
    return _Convolution(channels, filters, (height, width), (top, left, bottom, right))


class _Writer:
    """Writes convolutions as nodes that share the matrices."""

    def __init__(self, edit: Edit, transforms: Transforms) -> None:
        self._edit = edit
        self._transforms = transforms

    def nodes(self, node: onnx.NodeProto, convolution: _Convolution) -> list[onnx.NodeProto]:
        """Return the nodes for one convolution, for any number N of pictures."""
        chain = _Chain(self._edit, node.output[0])
        tiles = self._tiles(convolution)
        x = self._add_data(chain, node.input[0], convolution)
        x = chain.add("MatMul", [self._add_kernels(chain, node.input[1], convolution), x], "sums")
        x = self._add_results(chain, x, convolution.filters, tiles)
        height, width = convolution.result
        if (height, width) != tuple(self._transforms.results * count for count in tiles):
            bounds = map(self._edit.constant, ([0, 0], [height, width], [2, 3]))
            x = chain.add("Slice", [x, *bounds], "cut")
        bias = optional_input(node, 2)
        if bias:
            bias = chain.reshape(bias, [convolution.filters, 1, 1], "bias")
            chain.add("Add", [x, bias], "biased")
        return chain.ending_in(node.output[0])

    def _tiles(self, convolution: _Convolution) -> tuple[int, int]:
        """Return how many tiles cover the result vertically and horizontally."""
        height, width = (-(-side // self._transforms.results) for side in convolution.result)
        return height, width

    def _add_data(self, chain: _Chain, x: str, convolution: _Convolution) -> str:
        """Transform x, (N, channels, H, W), to (N, elements of a tile, channels, tiles)."""
        step = self._transforms.results
        rows, columns = self._tiles(convolution)
        height, width = convolution.result
        top, left, bottom, right = convolution.pads
        pads = [top, left, bottom + rows * step - height, right + columns * step - width]
        x = chain.reshape(x, [-1, 1, *convolution.size], "planes")
        x = chain.add("Conv", [x, self._data], "tiles", strides=[step, step], pads=pads)
        elements = self._transforms.inputs**2
        x = chain.reshape(x, [-1, convolution.channels, elements, rows * columns], "by_channel")
        return chain.add("Transpose", [x], "by_element", perm=[0, 2, 1, 3])

    def _add_kernels(self, chain: _Chain, kernels: str, convolution: _Convolution) -> str:
        """Transform kernels, (filters, channels, 3, 3), to (1, elements, filters, channels)."""
        shape = [1, _KERNEL**2, convolution.filters, convolution.channels]
        x = chain.add("Transpose", [kernels], "kernels", perm=[2, 3, 0, 1])
        x = chain.reshape(x, shape, "kernel_planes")
        return chain.add("Conv", [x, self._kernel], "matrices")

    def _add_results(self, chain: _Chain, x: str, filters: int, tiles: tuple[int, int]) -> str:
        """Transform x, (N, elements, filters, tiles), to pictures (N, filters, H, W) of tiles."""
        step = self._transforms.results
        rows, columns = tiles
        x = chain.reshape(x, [-1, self._transforms.inputs**2, filters * rows * columns], "flat")
        x = chain.add("MatMul", [self._result, x], "results")
        x = chain.reshape(x, [-1, step**2 * filters, rows, columns], "by_place")
        return chain.add("DepthToSpace", [x], "picture", blocksize=step)

    @cached_property
    def _data(self) -> str:
        """Kernels of a convolution, (elements, 1, inputs, inputs) float32."""
        side = self._transforms.inputs
        return self._in_two_directions(self._transforms.data, (side**2, 1, side, side))

    @cached_property
    def _kernel(self) -> str:
        """Kernels of a convolution, (elements, 9, 1, 1) float32."""
        side = self._transforms.inputs
        return self._in_two_directions(self._transforms.kernel, (side**2, _KERNEL**2, 1, 1))

    @cached_property
    def _result(self) -> str:
        """A matrix, (results of a tile, elements) float32."""
        shape = (self._transforms.results**2, self._transforms.inputs**2)
        return self._in_two_directions(self._transforms.result, shape)

    def _in_two_directions(self, matrix: Array, shape: tuple[int, ...]) -> str:
        """Return a constant that applies a matrix to both rows and columns."""
        return self._edit.constant(np.kron(matrix, matrix).reshape(shape).astype(np.float32))


class _Chain:
    """Collects nodes, named after their purpose; every method returns a node's output."""

    def __init__(self, edit: Edit, stem: str) -> None:
        self._edit = edit
        self._stem = stem
        self._nodes: list[onnx.NodeProto] = []

    def add(self, operator: str, inputs: Sequence[str], purpose: str, **attributes: Any) -> str:
        name = self._edit.fresh(f"{self._stem}.{purpose}")
        self._nodes.append(self._edit.node(operator, inputs, name, **attributes))
        return name

    def reshape(self, value: str, shape: Sequence[int], purpose: str) -> str:
        return self.add("Reshape", [value, self._edit.constant(shape)], purpose)

    def ending_in(self, name: str) -> list[onnx.NodeProto]:
        """Return the nodes, with the last one's output renamed to this."""
        self._nodes[-1].output[0] = name
        return self._nodes
