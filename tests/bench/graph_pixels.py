"""Cutting a face out and pasting it back inside a model's graph, beside OpenCV on the CPU.

If both were part of the swapper's graph, its inputs and outputs would be the face's part of the
frame instead of aligned crops, and the CPU would have nothing to warp. GridSample does either warp,
by an affine that is an input; a fixed size of the part, as CUDA graphs need it, is 512 pixels.

It is the operator of ONNX Runtime's own domain: old releases of the CUDA provider gave ONNX's back
to the CPU (onnxruntime issue 20191), though 1.26 and 1.31 do not. On the CPU both are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from rich.console import Console
from rich.table import Table

from dlc.compositing.filters import blend, cut
from dlc.compositing.paste_back import face_mask, paste_back
from dlc.inference.captured import with_batch_runs
from dlc.inference.fixed_buffers import Device
from dlc.inference.provider_routes import plain_cpu_route
from dlc.inference.route import Route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from tests.bench.cuda.modes import strays
from tests.bench.speed import Spread
from tests.bench.turns import alternate

SIDE, REGION = 128, 512
# About what a face whose box is 300 pixels wide has of a frame.
ENLARGEMENT = 3.4
ROUNDS = 60
_OPSET = 20
_RUNTIMES_OWN = "com.microsoft"

Way = Callable[[], NDArray[np.uint8]]


def measure(console: Console, route: Route | None = None, device: Device | None = None) -> Any:
    """Time both ways in turn, print a table and return the figures.

    Args:
        console: where the table goes.
        route: by what the graph is run; None is the CPU, on one thread.
        device: where its buffers are.
    """
    route, device = route or plain_cpu_route(Role.SWAPPER, 1), device or Device("cpu")
    session = with_batch_runs(open_session(_graph(face_mask(SIDE).alpha), route), device)
    notes = strays(session.nodes_by_provider(), route)
    ways = _ways(session)
    differ = _difference(*(way() for way in ways.values()))
    figures = {name: Spread.of(times) for name, times in alternate(ways, ROUNDS).items()}
    table = Table("cutting out and pasting back", "ms (least-most)", box=None, pad_edge=False)
    for name, each in figures.items():
        table.add_row(name, f"{each.median:.2f} ({each.low:.2f}-{each.high:.2f})")
    console.print(table)
    console.print(
        f"mean difference {differ:.2f} of 255, {ROUNDS} rounds, graph on {route.provider}"
    )
    for note in notes:
        console.print(f"GridSample's is no figure of {route.provider}: {note}", markup=False)
    return {
        "provider": route.provider.value,
        "milliseconds": figures,
        "mean_difference": differ,
        "notes": list(notes),
    }


def _ways(session: RoutedSession) -> dict[str, Way]:
    matrix, region = _matrix(), _region()
    mask = face_mask(SIDE)
    feed = {"region": region[None], "cut": _cutting(matrix)[None], "put": _putting(matrix)[None]}

    def in_the_graph() -> NDArray[np.uint8]:
        (pasted,) = session.run(None, feed)
        return np.asarray(pasted[0], np.uint8)

    def by_opencv() -> NDArray[np.uint8]:
        crop = 255 - np.asarray(cv2.warpAffine(region, matrix, (SIDE, SIDE)), np.uint8)
        patch = paste_back(crop, mask, matrix, REGION, REGION)
        assert patch is not None
        pasted = region.copy()
        under = cut(pasted, patch.box)
        under[...] = blend(patch.bgr, under, patch.alpha.astype(np.float32) * np.float32(1 / 255))
        return pasted

    return {"OpenCV": by_opencv, "GridSample": in_the_graph}


def _graph(alpha: NDArray[np.uint8]) -> bytes:
    """Return a model that cuts out, inverts the colors in place of a swap, and pastes back."""
    constants = {
        "crop_points": _points(SIDE),
        "region_points": _points(REGION),
        "opacity": alpha[None, None].astype(np.float32) / 255,
        "white": np.array(255, np.float32),
        "zero": np.array(0, np.float32),
        "thirds": np.array([3, 1], np.int64),
    }
    kinds = {"align_corners": 0, "padding_mode": "zeros"}
    rows = [
        ("Transpose", ["region"], ["region_chw"], {"perm": [0, 3, 1, 2]}),
        ("Cast", ["region_chw"], ["old"], {"to": TensorProto.FLOAT}),
        ("MatMul", ["crop_points", "cut"], ["crop_grid"], {}),
        ("GridSample", ["old", "crop_grid"], ["crop"], {"mode": "bilinear", **kinds}),
        ("Sub", ["white", "crop"], ["swapped"], {}),
        ("Concat", ["swapped", "opacity"], ["patch"], {"axis": 1}),
        ("MatMul", ["region_points", "put"], ["region_grid"], {}),
        ("GridSample", ["patch", "region_grid"], ["laid"], {"mode": "bicubic", **kinds}),
        ("Split", ["laid", "thirds"], ["new", "weight"], {"axis": 1}),
        ("Clip", ["weight", "zero"], ["share"], {}),
        ("Sub", ["new", "old"], ["change"], {}),
        ("Mul", ["change", "share"], ["added"], {}),
        ("Add", ["old", "added"], ["blended"], {}),
        ("Clip", ["blended", "zero", "white"], ["clipped"], {}),
        ("Cast", ["clipped"], ["pixels"], {"to": TensorProto.UINT8}),
        ("Transpose", ["pixels"], ["pasted"], {"perm": [0, 2, 3, 1]}),
    ]
    domains = {"GridSample": _RUNTIMES_OWN}
    nodes = [
        helper.make_node(name, ins, outs, domain=domains.get(name, ""), **more)
        for name, ins, outs, more in rows
    ]
    picture = [1, REGION, REGION, 3]
    graph = helper.make_graph(
        nodes,
        "pixels",
        [
            helper.make_tensor_value_info("region", TensorProto.UINT8, picture),
            helper.make_tensor_value_info("cut", TensorProto.FLOAT, [1, 3, 2]),
            helper.make_tensor_value_info("put", TensorProto.FLOAT, [1, 3, 2]),
        ],
        [helper.make_tensor_value_info("pasted", TensorProto.UINT8, picture)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_RUNTIMES_OWN, 1)]
    model = helper.make_model(graph, opset_imports=opsets)
    model.ir_version = 10
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _points(side: int) -> NDArray[np.float32]:
    """Return float32 (1, side, side, 3): x, y, 1 of the pixels of a square."""
    y, x = np.mgrid[:side, :side].astype(np.float32)
    return np.stack([x, y, np.ones_like(x)], axis=-1)[None]


def _cutting(matrix: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return what takes the crop's pixels to GridSample's places in the region, -1 to 1."""
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    return _normalized(inverse, REGION)


def _putting(matrix: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return what takes the region's pixels to GridSample's places in the crop."""
    return _normalized(matrix, SIDE)


def _normalized(matrix: NDArray[np.float64], side: int) -> NDArray[np.float32]:
    scaled = matrix * 2 / side
    scaled[:, 2] += 1 / side - 1
    return np.ascontiguousarray(scaled.T, np.float32)


def _matrix() -> NDArray[np.float64]:
    """Return the similarity from the region to the crop of a tilted face in its middle."""
    cos, sin = (function(0.1) / ENLARGEMENT for function in (np.cos, np.sin))
    linear = np.array([[cos, sin], [-sin, cos]])
    middle = np.full(2, (REGION - 1) / 2)
    return np.column_stack([linear, np.full(2, (SIDE - 1) / 2) - linear @ middle])


def _region() -> NDArray[np.uint8]:
    coarse = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, (REGION, REGION), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth, 0, 255).astype(np.uint8)


def _difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return how far two pictures are apart on average; what is not the same work is no rival."""
    return float(np.abs(one.astype(np.int16) - other).mean())
