"""Sources that are read and prepared once, for targets that know nothing of each other."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from dlc.errors import SafeguardError
from dlc.media.image.reader import read_photo
from dlc.options import SafeguardPolicy, SwapOptions
from dlc.pipeline import CancelToken
from dlc.workflows.batch.casting import Casting
from dlc.workflows.people.assignment import Assignment
from tests.resident import leave_free_memory, only_glibc, resident_mib
from tests.workflows.painter import BLUE, GREEN, Dyer, Painter, painting

GO_ON = CancelToken()


@pytest.fixture
def photo(astronaut_file: Path, tmp_path: Path) -> Path:
    """Return a photo that may be deleted."""
    return Path(shutil.copy(astronaut_file, tmp_path / "photo.png"))


def test_photos_are_read_and_prepared_once(photo: Path, astronaut_file: Path) -> None:
    casting = Casting([Assignment((), (photo,))], SwapOptions())
    painter = Painter()
    first = casting.cast(painting(painter)(1), GO_ON)
    photo.unlink()
    second = casting.cast(painting(Painter())(1), GO_ON)
    assert [each.path for each in second.photos] == [photo]
    assert second.swapper is not painter
    frame = read_photo(astronaut_file)
    painted = second.swapper.swap(frame, second.finder().find(frame))
    assert [patch is not None for patch in painted] == [True]
    assert second.engine.finder is not first.engine.finder


@only_glibc
def test_memory_that_reading_photos_needed_is_given_back(photo: Path) -> None:
    casting = Casting([Assignment((), (photo,))], SwapOptions(safeguard=None))
    engine = painting(Painter())(1)
    end = leave_free_memory(64)
    before = resident_mib()
    casting.cast(engine, GO_ON)
    assert before - resident_mib() > 16
    assert end


def test_everybody_keeps_their_face_and_is_looked_for_anew(photo: Path, group_file: Path) -> None:
    assignments = [Assignment((photo,), (group_file,)), Assignment((), (photo,))]
    casting = Casting(assignments, SwapOptions())
    first = casting.cast(painting(Dyer())(1), GO_ON)
    frame = read_photo(group_file)
    colors = []
    for cast in (first, casting.cast(painting(Dyer())(1), GO_ON)):
        assert cast.found == frozenset()
        faces = cast.finder().find(frame)
        patches = cast.swapper.swap(frame, faces)
        colors.append([tuple(patch.bgr[0, 0].tolist()) for patch in patches if patch is not None])
        assert cast.found == {0}
    assert colors[0] == colors[1]
    assert set(colors[0]) == {GREEN, BLUE}


def test_every_target_has_a_safeguard_of_its_own(photo: Path, group_file: Path) -> None:
    # The photo scores 0.03, and the group 0.06.
    policy = SafeguardPolicy(threshold=0.04, in_a_row=2)
    casting = Casting([Assignment((), (photo,))], SwapOptions(safeguard=policy))
    assert casting.safeguard() is None
    casting.cast(painting(Painter())(1), GO_ON)
    group = read_photo(group_file)
    for _ in range(2):
        guard = casting.safeguard()
        assert guard is not None
        assert guard.suspicion is None
        assert guard.due == -np.inf
        guard.watch(group)
        assert guard.suspicion is not None


def test_a_refused_photo_is_refused_at_once(photo: Path) -> None:
    painter = Painter()
    casting = Casting(
        [Assignment((), (photo,))], SwapOptions(safeguard=SafeguardPolicy(threshold=0.0))
    )
    with pytest.raises(SafeguardError, match=r"the photo .*photo\.png"):
        casting.cast(painting(painter)(1), GO_ON)
    assert painter.sources == []
