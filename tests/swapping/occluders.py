"""Stand-ins for XSeg as sessions, and things that cover a face."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.role import Role
from dlc.swapping.occluder_model import OccluderModel
from tests.host import machines
from tests.stand_ins import BLUE


def open_occluder(path: Path) -> OccluderModel:
    """Open a model as an occluder on the CPU."""
    route = choose_route(Role.OCCLUDER, machines.cpu_only(), threads=1)
    return OccluderModel(open_session(path, route))


def with_disc(bgr: NDArray[np.uint8], x: float, y: float, radius: float) -> NDArray[np.uint8]:
    """Return a picture with a disc in front that the stand-in takes for something in the way."""
    covered = bgr.copy()
    center = (round(x * 16), round(y * 16))
    cv2.circle(covered, center, round(radius * 16), BLUE, cv2.FILLED, cv2.LINE_AA, 4)
    return covered
