"""What viewers see: with `blank` and `freeze` never a face that was not replaced."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.compositing.patch import Patch
from dlc.geometry import Box
from dlc.media.frames.label import Label
from dlc.media.live.frame import LiveFrame
from dlc.options import NoFace
from dlc.workflows.live.viewer_guard import ViewerGuard


def frame(number: int, seconds: float | None = None) -> LiveFrame:
    """Return a frame whose pixels tell its number."""
    bgr = np.full((4, 6, 3), number, np.uint8)
    return LiveFrame(bgr, captured_at=number / 30 if seconds is None else seconds)


def patches(count: int, alpha: int = 255) -> list[Patch]:
    opacity = np.full((2, 2), alpha, np.uint8)
    return [Patch(Box(0, 0, 2, 2), np.zeros((2, 2, 3), np.uint8), opacity)] * count


def level(shown: LiveFrame) -> int:
    """Return the number of the frame that is shown; 0 is black."""
    assert (shown.bgr == shown.bgr[0, 0, 0]).all()
    return int(shown.bgr[0, 0, 0])


def test_with_pass_everything_is_shown_as_it_is() -> None:
    guard = ViewerGuard(NoFace.PASS)
    for number, (found, replaced) in enumerate([(0, 0), (1, 0), (2, 1)], start=1):
        one = frame(number)
        assert guard.shown(one, found, patches(replaced)) is one
    assert guard.hidden == 0


@pytest.mark.parametrize(
    ("found", "made"),
    [(0, []), (1, []), (2, patches(1)), (1, patches(1, alpha=200)), (1, patches(1, alpha=0))],
    ids=["no face", "refused", "one not chosen", "faded", "transparent"],
)
@pytest.mark.parametrize("policy", [NoFace.BLANK, NoFace.FREEZE])
def test_a_face_that_was_not_replaced_is_never_shown(
    policy: NoFace, found: int, made: list[Patch]
) -> None:
    guard = ViewerGuard(policy)
    assert level(guard.shown(frame(1), found, made)) == 0, "also before the first swap"
    assert level(guard.shown(frame(2, 5.0), 1, patches(1))) == 2
    hidden = guard.shown(frame(3, 5.1), found, made)
    assert level(hidden) == (2 if policy is NoFace.FREEZE else 0)
    assert hidden.captured_at == 5.1
    assert guard.hidden == 2


def test_a_face_that_is_lost_beside_another_hides_the_frame_for_a_second() -> None:
    guard = ViewerGuard(NoFace.BLANK)
    assert level(guard.shown(frame(1, 10.0), 2, patches(2))) == 1
    assert level(guard.shown(frame(2, 10.1), 1, patches(1))) == 0
    assert level(guard.shown(frame(3, 10.9), 1, patches(1))) == 0
    assert level(guard.shown(frame(4, 11.2), 1, patches(1))) == 4


@given(
    st.sampled_from([NoFace.BLANK, NoFace.FREEZE]),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=60),
)
def test_whatever_happens_only_frames_with_every_face_replaced_are_ever_seen(
    policy: NoFace, history: list[tuple[int, int, bool]]
) -> None:
    guard = ViewerGuard(policy)
    fit = {0}
    for number, (found, chosen, opaque) in enumerate(history, start=1):
        made = patches(min(chosen, found), 255 if opaque else 100)
        if found and len(made) == found and opaque:
            fit.add(number)
        assert level(guard.shown(frame(number), found, made)) in fit


@pytest.mark.parametrize("policy", list(NoFace))
def test_what_is_refused_is_black_under_every_policy_and_never_frozen(policy: NoFace) -> None:
    guard = ViewerGuard(policy)
    assert level(guard.shown(frame(1), 1, patches(1))) == 1
    assert level(guard.shown(frame(2), 1, patches(1), refused=True)) == 0
    assert level(guard.shown(frame(3), 1, [])) == (3 if policy is NoFace.PASS else 0)
    assert level(guard.shown(frame(4), 1, patches(1))) == 4
    assert guard.refused == 1


def test_every_picture_has_the_label_once() -> None:
    guard = ViewerGuard(NoFace.FREEZE, Label("synthetic"))

    def gray() -> LiveFrame:
        return LiveFrame(np.full((90, 160, 3), 100, np.uint8), captured_at=0.0)

    plain = gray().bgr
    black = guard.shown(gray(), 0, [])
    shown = guard.shown(gray(), 1, patches(1))
    once = shown.bgr.copy()
    frozen = guard.shown(gray(), 0, [])
    refused = guard.shown(gray(), 0, [], refused=True)
    assert not black.bgr[:70].any()
    for picture in (black, refused):
        assert picture.bgr[70:].max() > 150
    np.testing.assert_array_equal(black.bgr, refused.bgr)
    assert (once != plain).any()
    np.testing.assert_array_equal(frozen.bgr, once)
