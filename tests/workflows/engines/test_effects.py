"""Which effects the options ask for."""

from __future__ import annotations

import pytest

from dlc.faces.finder import Needs
from dlc.options import BlendMethod, ColorMatch, Engine, LookOptions, MaskOptions
from dlc.workflows.engines.effects import Appearance

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
