"""What it costs to ask a network of XSeg's shape what is in front of a face, beside a swap."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from dlc.faces.detection.detector import FaceDetector
from dlc.graph.synthetic import write_inswapper
from dlc.host.detect import available_cpus
from dlc.inference.cpu import create_session
from dlc.inference.output_check import sample_feed
from dlc.inference.provider_routes import plain_cpu_route
from dlc.inference.sessions import open_session
from dlc.model_store.builtin import builtin_model
from dlc.model_store.role import Role
from dlc.swapping.effects.occlusion import OcclusionEffect
from dlc.swapping.occluder_model import OccluderModel
from tests import clips
from tests.bench.speed import Spread
from tests.bench.xseg_layers import write_xseg
from tests.enhancing.patches import blurred_patch
from tests.faces.pictures import Picture

# How much larger the photo is made, for faces of several sizes.
ENLARGED = (1, 3, 6)
REPEATS = 30


def measure(folder: Path, runs: int, console: Console) -> dict[str, Any]:
    """Time the network beside inswapper's stand-in in turns, and all that is around its runs."""
    xseg, inswapper = folder / "xseg.onnx", folder / "inswapper.onnx"
    write_xseg(xseg)
    write_inswapper(inswapper)
    calls = {
        "xseg": _run_of(xseg, Role.OCCLUDER),
        "inswapper": _run_of(inswapper, Role.SWAPPER),
    }
    pairs = [tuple(map(_milliseconds, calls.values())) for _ in range(runs)]
    figures: dict[str, Any] = dict(
        zip(calls, map(Spread.of, zip(*pairs, strict=True)), strict=True)
    )
    figures["ratio"] = Spread.of([one / other for one, other in pairs])
    for name, spread in figures.items():
        shown = f"{spread:.2f}" if name == "ratio" else f"{spread:.0f} ms a face"
        console.print(f"{name}: {shown}")
    figures["around"] = _around(console)
    return figures


def _run_of(path: Path, role: Role) -> Callable[[], object]:
    """Return a run of a model on the CPU, after a first one."""
    session = open_session(path, plain_cpu_route(role, available_cpus()))
    feed = sample_feed(session)
    session.run(None, feed)
    return lambda: session.run(None, feed)


class _Nothing(OccluderModel):
    """Sees nothing in front of a face, at once."""

    def __init__(self) -> None:
        self.side = 256

    def visible(self, crop: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.ones(crop.shape[:2], np.float32)


def _around(console: Console) -> dict[int, Spread]:
    """Return milliseconds of all but the model's run, by the width of the patch in pixels."""
    detector = FaceDetector(create_session(builtin_model("face_detection.onnx")))
    effect = OcclusionEffect(_Nothing())
    found = {}
    for factor in ENLARGED:
        picture = Picture(np.asarray(cv2.resize(clips.astronaut(), None, fx=factor, fy=factor)))
        (face,) = detector.detect(picture.bgr)
        patch = blurred_patch(picture.bgr, face)
        apply = partial(effect.apply, picture, face, patch)
        spread = found[patch.box.width] = Spread.of([_milliseconds(apply) for _ in range(REPEATS)])
        console.print(f"around it, a patch of {patch.box.width} pixels: {spread.median:.1f} ms")
    return found


def _milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)
