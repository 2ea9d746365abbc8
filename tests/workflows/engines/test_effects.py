"""Which effects the options ask for."""

from __future__ import annotations

import pytest

from dlc.errors import OptionError
from dlc.faces.finder import Needs
from dlc.options import BlendMethod, ColorMatch, Engine, LookOptions, MaskOptions
from dlc.workflows.engines.effects import Appearance, check_effects

ENGINES = (Engine.MESH, Engine.INSWAPPER)


@pytest.mark.parametrize("engine", ENGINES)
def test_by_default_a_face_is_pasted_as_it_was_made(engine: Engine) -> None:
    assert Appearance().effects(engine) == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_effects_come_in_the_order_that_suits_them(engine: Engine) -> None:
    look = LookOptions(
        opacity=0.5, sharpness=0.5, color_match=ColorMatch.LAB, blend=BlendMethod.POISSON
    )
    masks = MaskOptions(feather=10, padding=(10, 0, 0, 0), mouth=True)
    names = [effect.name for effect in Appearance(look, masks).effects(engine)]
    assert names == ["color", "sharpen", "box", "mouth", "poisson", "fade"]


def test_every_engine_looks_for_the_mouth_in_its_own_way() -> None:
    appearance = Appearance(masks=MaskOptions(mouth=True))
    assert [effect.target_needs for engine in ENGINES for effect in appearance.effects(engine)] == [
        Needs.MESH,
        Needs.LANDMARKS_106,
    ]


def test_no_two_runs_share_what_is_remembered() -> None:
    appearance = Appearance(LookOptions(color_match=ColorMatch.LOCAL))
    assert appearance.effects(Engine.MESH)[0] is not appearance.effects(Engine.MESH)[0]


@pytest.mark.parametrize(
    ("look", "masks", "word"),
    [
        (LookOptions(opacity=1.1), MaskOptions(), "opacity"),
        (LookOptions(opacity=float("nan")), MaskOptions(), "opacity"),
        (LookOptions(sharpness=-0.1), MaskOptions(), "sharpness"),
        (LookOptions(), MaskOptions(feather=51), "feather"),
        (LookOptions(), MaskOptions(padding=(-1, 0, 0, 0)), "padding"),
        (LookOptions(), MaskOptions(padding=(0, 0, 0, float("nan"))), "padding"),
        (LookOptions(), MaskOptions(padding=(60, 0, 40, 0)), "nothing of the face"),
        (LookOptions(), MaskOptions(padding=(0, 60, 0, 40)), "nothing of the face"),
    ],
)
def test_values_that_make_no_sense(look: LookOptions, masks: MaskOptions, word: str) -> None:
    with pytest.raises(OptionError, match=word):
        check_effects(look, masks)
