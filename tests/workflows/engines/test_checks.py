"""What cannot be asked of engines and effects."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import OptionError
from dlc.options import EnhanceOptions, LookOptions, MaskOptions, Occlusion
from dlc.workflows.engines.checks import check_effects, check_enhancing

NAMED = Path("mine.onnx")


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
def test_effects_that_make_no_sense(look: LookOptions, masks: MaskOptions, word: str) -> None:
    with pytest.raises(OptionError, match=word):
        check_effects(look, masks)


@pytest.mark.parametrize("occlusion", [Occlusion.BUILT_IN, Occlusion.OFF])
def test_a_file_that_is_named_is_never_ignored(occlusion: Occlusion) -> None:
    masks = MaskOptions(occlusion=occlusion, occluder_model=NAMED)
    with pytest.raises(OptionError, match=f"no effect with `occlusion={occlusion.value!r}`"):
        check_effects(LookOptions(), masks)


@pytest.mark.parametrize("occlusion", [Occlusion.AUTO, Occlusion.MODEL])
def test_a_file_is_named_for_a_model(occlusion: Occlusion) -> None:
    check_effects(LookOptions(), MaskOptions(occlusion=occlusion, occluder_model=NAMED))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (EnhanceOptions(blend=1.5), "blend is 1.5"),
        (EnhanceOptions(blend=-0.1), "blend is -0.1"),
        (EnhanceOptions(blend=float("nan")), "blend is nan"),
        (EnhanceOptions(every=0), "every 0 frames"),
    ],
)
def test_enhancing_that_makes_no_sense(options: EnhanceOptions, named: str) -> None:
    with pytest.raises(OptionError, match=named):
        check_enhancing(options)


def test_sensible_enhancing_is_accepted() -> None:
    check_enhancing(None)
    check_enhancing(EnhanceOptions())
    check_enhancing(EnhanceOptions(blend=0.0, every=1))
