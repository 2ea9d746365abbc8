"""Random graphs of what the rewrites are about: one node feeds the next, and some an output."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper

from tests.graph.graphs import make_model, random_feeds

_LARGEST = 6


@dataclass(frozen=True, slots=True)
class Chain:
    """A graph with one input, `x`, and something to feed it.

    Attributes:
        model: of any opset from 11 to 21.
        feeds: its input.
        static: every shape in it follows from those of its input and constants.
    """

    model: onnx.ModelProto
    feeds: dict[str, NDArray[Any]]
    static: bool


@st.composite
def chains(draw: st.DrawFn, *, open_sizes: bool = False) -> Chain:
    """Draw a chain.

    Args:
        draw: given by hypothesis.
        open_sizes: of its input all or some sizes are open, and so may be shapes inside.
    """
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    links = _Links(draw, draw(st.integers(11, 21)), list(shape))
    for _ in range(draw(st.integers(1, 5))):
        draw(st.sampled_from(_LINKS))(links)
    links.add("Identity", [links.value], "y")
    links.outputs["y"] = TensorProto.FLOAT
    declared = [
        draw(st.sampled_from(["?", None, f"n{axis}"])) if open_sizes and draw(st.booleans()) else n
        for axis, n in enumerate(shape)
    ]
    model = make_model(
        links.nodes, {"x": declared}, links.outputs, links.constants, opset=links.opset
    )
    return Chain(model, random_feeds({"x": shape}), declared == shape)


@dataclass(slots=True)
class _Links:
    draw: st.DrawFn
    opset: int
    shape: list[int]
    value: str = "x"
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, NDArray[Any]] = field(default_factory=dict)
    outputs: dict[str, int] = field(default_factory=dict)

    def name(self) -> str:
        return f"v{len(self.nodes)}_{len(self.constants)}"

    def add(self, operator: str, inputs: list[str], *outputs: str, **attributes: Any) -> str:
        outputs = outputs or (self.name(),)
        self.nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return outputs[0]

    def constant(self, values: Any, dtype: type[np.generic] = np.int64) -> str:
        """Add a constant as an initializer or as a node."""
        array, name = np.array(values, dtype), self.name()
        if self.draw(st.booleans()):
            self.constants[name] = array
            return name
        return self.add("Constant", [], name, value=onnx.numpy_helper.from_array(array))

    def axis(self) -> int:
        return self.draw(st.integers(-len(self.shape), len(self.shape) - 1))

    def maybe_output(self, name: str, element: int = TensorProto.FLOAT) -> None:
        if self.draw(st.integers(0, 3)) == 0:
            self.outputs[name] = element

    def go_on(self, value: str, shape: list[int]) -> None:
        self.value, self.shape = value, shape
        self.maybe_output(value)


def _relu(links: _Links) -> None:
    links.go_on(links.add("Relu", [links.value]), links.shape)


def _pad(links: _Links) -> None:
    if not links.shape:
        return
    # Nothing is mirrored twice, and no chain grows without end.
    most = [min(size, _LARGEST // size) - 1 for size in links.shape]
    ends = [[links.draw(st.integers(0, max(n, 0))) for n in most] for _ in range(2)]
    pads = links.constant(ends[0] + ends[1])
    padded = [n + a + b for n, a, b in zip(links.shape, *ends, strict=True)]
    links.go_on(links.add("Pad", [links.value, pads], mode="reflect"), padded)


def _split(links: _Links) -> None:
    if not links.shape:
        return
    axis = links.axis()
    total = links.shape[axis]
    cuts = sorted(links.draw(st.lists(st.integers(1, total), max_size=3)))
    sizes = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
    names = [f"{links.name()}_{number}" for number in range(len(sizes))]
    if links.opset < 13:
        links.add("Split", [links.value], *names, axis=axis, split=sizes)
    else:
        links.add("Split", [links.value, links.constant(sizes)], *names, axis=axis)
    kept = links.draw(st.sampled_from([n for n, size in enumerate(sizes) if size]))
    for number, name in enumerate(names):
        if number != kept:
            links.maybe_output(name)
    shape = list(links.shape)
    shape[axis] = sizes[kept]
    links.go_on(names[kept], shape)


def _gather(links: _Links) -> None:
    if not links.shape:
        return
    axis = links.axis()
    which = links.constant(links.draw(st.integers(-links.shape[axis], links.shape[axis] - 1)))
    shape = list(links.shape)
    del shape[axis]
    links.go_on(links.add("Gather", [links.value, which], axis=axis), shape)


def _flatten(links: _Links) -> None:
    axis = links.draw(st.integers(0, len(links.shape)))
    shape = [math.prod(links.shape[:axis]), math.prod(links.shape[axis:])]
    links.go_on(links.add("Flatten", [links.value], axis=axis), shape)


def _merge(links: _Links) -> None:
    """Merge the first two axes, whose size is asked for at run time."""
    if len(links.shape) < 2:
        return
    shape = links.add("Shape", [links.value])
    links.maybe_output(shape, TensorProto.INT64)
    first, second = (
        links.add("Gather", [shape, links.constant(n if as_scalar else [n])])
        for n, as_scalar in ((0, False), (1, True))
    )
    merged = links.add("Mul", [first, second])
    rest = [merged]
    if len(links.shape) > 2:
        bounds = [links.constant([n]) for n in (2, 99, 0)]
        rest.append(links.add("Slice", [shape, *bounds]))
    target = links.add("Concat", rest, axis=0)
    links.maybe_output(target, TensorProto.INT64)
    value = links.add("Reshape", [links.value, target])
    links.go_on(value, [math.prod(links.shape[:2]), *links.shape[2:]])


_LINKS: tuple[Callable[[_Links], None], ...] = (_relu, _pad, _split, _gather, _flatten, _merge)
