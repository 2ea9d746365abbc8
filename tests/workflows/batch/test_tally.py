"""What is counted of a run, frame by frame and segment by segment."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.errors import NoFaceError
from dlc.options import FaceChoice
from dlc.workflows.batch.steps import FrameCount
from dlc.workflows.batch.tally import Tally, require_faces
from dlc.workflows.result import Passage

BREAK = 0.5


@st.composite
def counts(draw: st.DrawFn) -> list[FrameCount]:
    """Frames in order of time, some with long gaps, of which some show faces that were left."""
    # In 1/64 s, which floating point represents exactly.
    gaps = draw(st.lists(st.sampled_from([1, 2, 31, 32, 40]), max_size=60))
    times = [sum(gaps[: number + 1]) / 64 for number in range(len(gaps))]
    return [FrameCount(draw(st.integers(0, 2)), draw(st.integers(0, 2)), time) for time in times]


def tally_of(frames: list[FrameCount]) -> Tally:
    tally = Tally()
    for frame in frames:
        tally.add(frame)
    return tally


@given(counts())
def test_passages_are_where_faces_were_left(frames: list[FrameCount]) -> None:
    tally = tally_of(frames)
    left = [(frame.time, frame.left) for frame in frames if frame.time and frame.left]
    passages = tally.passages_left
    assert sum(passage.faces for passage in passages) == tally.faces_left
    for passage in passages:
        inside = [(at, faces) for at, faces in left if passage.begin <= at <= passage.end]
        times = [at for at, _ in inside]
        assert (times[0], times[-1]) == (passage.begin, passage.end)
        assert sum(faces for _, faces in inside) == passage.faces
        assert all(after - before < BREAK for before, after in pairwise(times))
    for before, after in pairwise(passages):
        assert after.begin - before.end >= BREAK


@given(counts(), st.integers(0, 60))
def test_those_of_segments_are_those_of_the_whole(frames: list[FrameCount], cut: int) -> None:
    whole = tally_of(frames)
    joined = tally_of(frames[:cut])
    joined.add_passages(tally_of(frames[cut:]).passages_left)
    assert joined.passages_left == whole.passages_left


def test_a_picture_has_no_passages() -> None:
    tally = tally_of([FrameCount(swapped=1, left=2)])
    assert (tally.faces, tally.faces_left, tally.passages_left) == (1, 2, [])


def test_one_frame_is_a_passage() -> None:
    tally = tally_of([FrameCount(0, 2, 1.0), FrameCount(1, 0, 1.25), FrameCount(0, 1, 3.0)])
    assert tally.passages_left == [Passage(1.0, 1.0, 2), Passage(3.0, 3.0, 1)]


@pytest.mark.parametrize(
    ("tally", "chosen", "words"),
    [
        (Tally(3, 0, 2), FaceChoice.ALL, "none of the faces in clip.mp4 can be swapped"),
        (Tally(3, 0, 0), FaceChoice.ALL, "no face in clip.mp4; nothing was written$"),
        (Tally(3, 0, 0), (2, 3), "no frame of clip.mp4 has a face 2 or 3"),
    ],
)
def test_a_mere_copy_is_refused(
    tally: Tally, chosen: FaceChoice | tuple[int, ...], words: str
) -> None:
    with pytest.raises(NoFaceError, match=words):
        require_faces(tally, chosen, "clip.mp4", tilted=True)
    require_faces(Tally(3, 1, 2), chosen, "clip.mp4", tilted=True)


def test_who_found_nothing_is_told_how_to_look_further() -> None:
    with pytest.raises(NoFaceError, match="nothing was written; `tilted=True` looks for sideways"):
        require_faces(Tally(3, 0, 0), FaceChoice.ALL, "clip.mp4", tilted=False)
