"""Options of a live run that are refused before any work is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import OptionError
from dlc.options import LiveOptions, NoFace, PeopleOptions, ProvenanceOptions, SafeguardPolicy
from dlc.workflows.live.checks import check_live


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (LiveOptions(), "nothing to show the result on"),
        (LiveOptions(preview=True, detection_every=0), "at least 1"),
        (LiveOptions(preview=True, detection_every=5, no_face=NoFace.BLANK), "contradicts"),
        (LiveOptions(preview=True, duration=0.0), "more than 0"),
        (LiveOptions(preview=True, duration=float("nan")), "more than 0"),
        (LiveOptions(preview=True, threads=0), "at least 1"),
        (LiveOptions(preview=True, label=""), "one line"),
        (LiveOptions(preview=True, safeguard=SafeguardPolicy(threshold=2.0)), "threshold"),
        (
            LiveOptions(
                preview=True, provenance=ProvenanceOptions(signed=True, certificate=Path("a.pem"))
            ),
            "go together",
        ),
    ],
)
def test_options_that_make_no_sense(options: LiveOptions, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        check_live(options, has_source=True)


def test_somebody_has_to_be_swapped() -> None:
    check_live(LiveOptions(preview=True), has_source=True)
    mapped = PeopleOptions(mapping=((Path("a.jpg"), Path("b.jpg")),))
    check_live(LiveOptions(preview=True, people=mapped), has_source=False)
    with pytest.raises(OptionError, match="no source photo"):
        check_live(LiveOptions(preview=True), has_source=False)
