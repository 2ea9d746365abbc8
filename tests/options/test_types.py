"""Options of a wrong type are refused, with what to give instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dlc
from dlc.errors import OptionError
from dlc.options import (
    CaptureOptions,
    EnhanceOptions,
    FaceChoice,
    LiveOptions,
    LookOptions,
    MaskOptions,
    PeopleOptions,
    ResumeOptions,
    SwapOptions,
)
from dlc.options.types import check_types


def swap(**values: Any) -> SwapOptions:  # Any: values that no annotation allows
    return SwapOptions(**values)


@pytest.mark.parametrize(
    "options",
    [
        SwapOptions(),
        SwapOptions(faces=FaceChoice.LEFT, start=1, resume=ResumeOptions(segment_seconds=2)),
        SwapOptions(faces=(2, 1), label="", contact_sheet=Path("a.png"), safeguard=None),
        SwapOptions(enhance=EnhanceOptions(every=2), masks=MaskOptions(padding=(1, 0, 0, 0.5))),
        SwapOptions(people=PeopleOptions(mapping=((Path("a"), Path("b")),) * 2)),
        swap(threads=np.int64(2), end=np.float32(1.5)),
    ],
)
def test_what_is_annotated_is_accepted(options: SwapOptions) -> None:
    check_types(options, SwapOptions)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (swap(engine="inswapper"), "`engine` is 'inswapper'; give dlc.Engine.INSWAPPER"),
        (swap(engine="neural"), "give dlc.Engine.AUTO or .MESH or .INSWAPPER"),
        (swap(faces="largest"), "give dlc.FaceChoice.LARGEST"),
        (swap(faces=[1]), ".RIGHT, or a tuple[int, ...]"),
        (swap(faces=(1, "2")), "`faces` is (1, '2')"),
        (swap(start="0:10"), "`start` is '0:10'; give a float, or None"),
        (swap(threads=True), "`threads` is True; give an int, or None"),
        (swap(tilted=1), "`tilted` is 1; give a bool"),
        (swap(contact_sheet="a.png"), "give pathlib.Path('a.png')"),
        (swap(resume=True), "give a dlc.ResumeOptions, or None"),
        (swap(look=LookOptions(opacity="1")), "`opacity` is '1'; give a float"),  # type: ignore[arg-type]
        (swap(masks=MaskOptions(padding=(1, 2))), "give a tuple[float, float, float, float]"),  # type: ignore[arg-type]
        (swap(people=PeopleOptions(mapping={"a": "b"})), "give a tuple[tuple[Path, Path], ...]"),  # type: ignore[arg-type]
        ({"end": 1.0}, "the options are of type dict; give a dlc.SwapOptions"),
        (LiveOptions(), "the options are of type LiveOptions; give a dlc.SwapOptions"),
    ],
)
def test_what_is_not_is_refused(options: object, message: str) -> None:
    with pytest.raises(OptionError, match=re.escape(message)):
        check_types(options, SwapOptions)


def test_no_function_takes_a_choice_that_is_text(tmp_path: Path) -> None:
    wrong = swap(faces="left")
    with pytest.raises(OptionError, match=r"give dlc\.FaceChoice\.LEFT"):
        dlc.swap("me.jpg", "clip.mp4", tmp_path / "out.mp4", wrong)
    with pytest.raises(OptionError, match=r"give dlc\.FaceChoice\.LEFT"):
        dlc.swap_folder("me.jpg", "clips", tmp_path / "out", wrong)
    capture = CaptureOptions(resolution=[640, 360])  # type: ignore[arg-type]
    with pytest.raises(OptionError, match=r"`resolution` is \[640, 360\]"):
        dlc.live("me.jpg", "0", LiveOptions(preview=True, capture=capture))
