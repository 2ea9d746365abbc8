from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from insightface.model_zoo.scrfd import SCRFD
from numpy.typing import NDArray

from dlc.inference.cpu import create_session
from dlc.model_store.contracts import check_contract
from dlc.model_store.role import Role
from tests import stand_ins


@pytest.fixture(scope="module")
def scrfd(tmp_path_factory: pytest.TempPathFactory) -> SCRFD:
    path = stand_ins.write_detector(tmp_path_factory.mktemp("detector") / "detector.onnx")
    return SCRFD(session=create_session(path))


@pytest.mark.parametrize(
    ("write", "role"),
    [
        (stand_ins.write_arcface, Role.RECOGNIZER),
        (stand_ins.write_landmarker, Role.LANDMARKER),
        (stand_ins.write_occluder, Role.OCCLUDER),
        (stand_ins.write_detector, Role.DETECTOR),
    ],
)
def test_stand_ins_keep_the_contracts_and_are_the_same_every_time(
    write: Callable[[Path], Path], role: Role, tmp_path: Path
) -> None:
    first, second = write(tmp_path / "first.onnx"), write(tmp_path / "second.onnx")
    check_contract(first, role)
    assert first.read_bytes() == second.read_bytes()
    create_session(first)


@pytest.mark.parametrize("diameter", [16, 22, 32, 45, 64, 90, 130, 180, 256, 360, 512, 640])
def test_the_detector_finds_a_disc_once_and_about_where_it_is(scrfd: SCRFD, diameter: int) -> None:
    picture = np.zeros((640, 640, 3), np.uint8)
    margin = min(diameter // 2, 319)
    x, y = np.random.default_rng(diameter).integers(margin, 641 - margin, 2)
    stand_ins.paint_face(picture, int(x), int(y), diameter)
    boxes, points = scrfd.detect(picture, input_size=(640, 640))
    assert len(boxes) == len(points) == 1
    left, top, right, bottom, _ = boxes[0]
    assert 1 / 1.7 < (right - left) / diameter < 1.4
    np.testing.assert_allclose([(left + right) / 2, (top + bottom) / 2], (x, y), atol=diameter / 3)
    center = [(left + right) / 2, (top + bottom) / 2]
    np.testing.assert_allclose(points[0], center + stand_ins.POINTS * (right - left), atol=1e-2)


def test_the_detector_finds_three_discs_and_no_real_face(
    scrfd: SCRFD, group: NDArray[np.uint8]
) -> None:
    picture = np.asarray(group).copy()
    assert len(scrfd.detect(picture, input_size=(640, 640))[0]) == 0
    for x in (200, 500, 900):
        stand_ins.paint_face(picture, x, 400, 150)
    boxes, _ = scrfd.detect(picture, input_size=(640, 640))
    assert sorted((boxes[:, 0] + boxes[:, 2]) / 2) == pytest.approx([200, 500, 900], abs=40)
