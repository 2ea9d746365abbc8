"""The clip that this machine's speed is measured on, and the measuring."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.faces.tracking.tracker import load_tracker
from dlc.media.image.reader import read_photo
from dlc.media.opening import open_target
from dlc.options import Engine
from dlc.workflows.engine_speed import measure_engine
from dlc.workflows.engines.engine import choose_engine
from dlc.workflows.sample import FACE_WIDTH, FRAMES, HEIGHT, WIDTH, Sample, make_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("sample"))


def test_one_large_face_is_seen_in_every_frame(sample: Sample) -> None:
    tracker = load_tracker()
    frames = 0
    with open_target(sample.clip) as reader:
        assert (reader.info.width, reader.info.height) == (WIDTH, HEIGHT)
        for frame in reader:
            widths = [float(face.box[2] - face.box[0]) for face in tracker.find(frame)]
            assert max(widths) == pytest.approx(FACE_WIDTH, rel=0.2)
            frames += 1
    assert frames == FRAMES
    assert len(tracker.find(read_photo(sample.photo))) == 1


def test_an_engine_is_measured_by_a_real_swap(sample: Sample, tmp_path: Path) -> None:
    speed = measure_engine(choose_engine(Engine.MESH), sample, tmp_path, threads=None)
    assert speed.engine is Engine.MESH
    assert 6 <= speed.frames <= FRAMES
    assert speed.pipeline.stages[1].items == speed.frames
    assert speed.fps == pytest.approx(speed.frames / speed.pipeline.wall_seconds, rel=0.5)
    assert speed.models == ()
