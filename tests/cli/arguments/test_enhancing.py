from __future__ import annotations

from pathlib import Path

import pytest

from dlc.cli.arguments.enhancing import enhance_options
from dlc.errors import OptionError
from dlc.options import EnhanceOptions, Enhancer
from tests.cli.run import call_dlc


def test_nothing_is_enhanced_unasked() -> None:
    assert enhance_options(None, None, None, None) is None


def test_what_was_asked_for() -> None:
    assert enhance_options(Enhancer.GPEN256, None, None, None) == EnhanceOptions(
        enhancer=Enhancer.GPEN256
    )
    model = Path("own.onnx")
    everything = EnhanceOptions(enhancer=Enhancer.GFPGAN, blend=0.0, every=4, model=model)
    assert enhance_options(Enhancer.GFPGAN, 0.0, 4, model) == everything


@pytest.mark.parametrize(
    ("blend", "every", "model", "named"),
    [
        (0.0, None, None, "--enhance-blend has no effect without --enhance"),
        (None, 4, None, "--enhance-every has"),
        (None, None, Path("own.onnx"), "--enhancer-model has"),
        (0.5, 4, None, "--enhance-blend and --enhance-every have"),
    ],
)
def test_what_has_no_effect_is_an_error(
    blend: float | None, every: int | None, model: Path | None, named: str
) -> None:
    with pytest.raises(OptionError, match=named):
        enhance_options(None, blend, every, model)


def test_the_command_line_says_so(tmp_path: Path) -> None:
    run = call_dlc("swap", "me.jpg", "a.mp4", tmp_path / "b.mp4", "--enhance-every", "4")
    assert run.returncode == 2
    assert "name an enhancer" in run.stderr
