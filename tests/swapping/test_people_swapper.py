"""Every person gets their own source, from swappers that share what was loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels
from dlc.geometry import Box
from dlc.graph.synthetic import InswapperOptions, write_inswapper
from dlc.model_store.skim import skim_emap
from dlc.swapping.inswapper import InswapperSwapper
from dlc.swapping.mesh import MeshSwapper
from dlc.swapping.people_swapper import PeopleSwapper
from dlc.swapping.swapper import FaceSwapper
from tests.faces.pictures import Picture
from tests.swapping.inswappers import open_swapper, random_embedding

FRAME = Picture(np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8))
POINTS = np.array([[110, 110], [190, 110], [150, 150], [120, 190], [180, 190]], np.float32)
FACE = Face(np.array([80, 70, 220, 240], np.float32), POINTS, 1.0)


class Counting:
    """Makes patches of one color, and remembers how many faces it got at a time."""

    def __init__(self, color: int, needs: Needs = Needs.NOTHING) -> None:
        self.color = color
        self.source_needs = self.target_needs = needs
        self.got: list[int] = []

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> dict[int, str]:
        raise NotImplementedError

    def another(self) -> FaceSwapper:
        raise NotImplementedError

    def swap(self, frame: Pixels, faces: Sequence[Face]) -> list[Patch | None]:
        del frame
        self.got.append(len(faces))
        pixels = np.full((2, 2, 3), self.color, np.uint8)
        return [Patch(Box(0, 0, 2, 2), pixels, pixels[..., 0]) for _ in faces]


def test_each_face_goes_to_the_swapper_of_its_person_and_comes_back_in_order() -> None:
    swappers = {0: Counting(10), 1: Counting(20), None: Counting(30)}
    people = [1, None, 0, 1, None]
    faces = [replace(FACE, person=person) for person in people]
    patches = PeopleSwapper(swappers).swap(FRAME, faces)
    colors = [int(patch.bgr[0, 0, 0]) for patch in patches if patch is not None]
    assert colors == [20, 30, 10, 20, 30]
    assert [swapper.got for swapper in swappers.values()] == [[1], [2], [2]]


def test_it_needs_what_any_of_them_needs() -> None:
    both = PeopleSwapper({0: Counting(0, Needs.MESH), 1: Counting(0, Needs.EMBEDDING)})
    assert both.source_needs == both.target_needs == Needs.MESH | Needs.EMBEDDING


def test_inswapper_serves_several_people_by_one_session(tmp_path: Path) -> None:
    model = tmp_path / "swapper.onnx"
    write_inswapper(model, InswapperOptions(width=4))
    session = open_swapper(model)
    first = InswapperSwapper(session, skim_emap(model))
    second = first.another()
    alone = InswapperSwapper(session, skim_emap(model))
    for swapper, seed in ((first, 1), (second, 2), (alone, 1)):
        swapper.prepare([(FRAME, replace(FACE, embedding=random_embedding(seed)))])
    made = [swapper.swap(FRAME, [FACE])[0] for swapper in (first, second, alone)]
    assert all(patch is not None for patch in made)
    pixels = [patch.bgr for patch in made if patch is not None]
    assert (pixels[0] == pixels[2]).all(), "the other one's source changed the first one's"
    assert (pixels[0] != pixels[1]).any()


def test_the_mesh_engines_do_not_share_a_source() -> None:
    swapper = MeshSwapper()
    with pytest.raises(RuntimeError, match="prepare"):
        swapper.another().swap(FRAME, [FACE])
