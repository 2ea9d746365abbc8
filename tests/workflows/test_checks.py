"""What is refused before any work is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import OptionError, OutputError
from dlc.options import EncodeOptions, ProvenanceOptions, SafeguardPolicy, SwapOptions
from dlc.workflows.checks import check_contact_sheet, check_swap


@pytest.mark.parametrize(
    "options",
    [
        SwapOptions(),
        SwapOptions(start=0.0, end=0.1, threads=1, contact_sheet_rows=1),
        SwapOptions(encoding=EncodeOptions(quality=0)),
        SwapOptions(encoding=EncodeOptions(quality=51)),
        SwapOptions(label="synthetic", safeguard=None, provenance=ProvenanceOptions(signed=False)),
        SwapOptions(provenance=ProvenanceOptions(certificate=Path("a.pem"), key=Path("b.pem"))),
        SwapOptions(safeguard=SafeguardPolicy(threshold=1.0, frames_per_second=30)),
    ],
)
def test_options_that_make_sense(options: SwapOptions) -> None:
    check_swap(options, has_source=True)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (SwapOptions(start=-1.0), "start"),
        (SwapOptions(start=float("nan")), "start"),
        (SwapOptions(end=float("inf")), "end"),
        (SwapOptions(end=0.0), "end"),
        (SwapOptions(start=5.0, end=5.0), "is not after"),
        (SwapOptions(start=5.0, end=2.0), "is not after"),
        (SwapOptions(threads=0), "`threads` is 0: give at least 1"),
        (SwapOptions(faces=(0,)), "`faces` is 0: give different numbers"),
        (SwapOptions(faces=(2, 2)), "`faces` is 2, 2: give different numbers"),
        (SwapOptions(faces=()), "`faces` is empty: give different numbers"),
        (SwapOptions(contact_sheet_rows=0), "contact_sheet_rows"),
        (SwapOptions(contact_sheet_rows=1000), "contact_sheet_rows"),
        (SwapOptions(encoding=EncodeOptions(quality=-1)), "quality"),
        (SwapOptions(encoding=EncodeOptions(quality=52)), "quality"),
        (SwapOptions(encoding=EncodeOptions(height=15)), "at least 16"),
        (SwapOptions(encoding=EncodeOptions(height=-5)), "at least 16"),
        (SwapOptions(label=""), "label"),
        (SwapOptions(label="two\nlines"), "label"),
        (SwapOptions(label="x" * 81), "label"),
        (SwapOptions(provenance=ProvenanceOptions(certificate=Path("a.pem"))), "give both"),
        (SwapOptions(provenance=ProvenanceOptions(key=Path("a.pem"))), "give both"),
        (
            SwapOptions(
                provenance=ProvenanceOptions(
                    signed=False, certificate=Path("a.pem"), key=Path("b.pem")
                )
            ),
            "drop the certificate or turn signing on",
        ),
        (SwapOptions(safeguard=SafeguardPolicy(threshold=1.5)), "threshold"),
        (SwapOptions(safeguard=SafeguardPolicy(threshold=float("nan"))), "threshold"),
        (SwapOptions(safeguard=SafeguardPolicy(frames_per_second=0)), "frames a second"),
        (SwapOptions(safeguard=SafeguardPolicy(in_a_row=0)), "in a row"),
        (SwapOptions(safeguard=SafeguardPolicy(frames_per_second=float("inf"))), "frames a second"),
        (SwapOptions(encoding=EncodeOptions(quality=float("nan"))), "quality"),
    ],
)
def test_options_that_do_not(options: SwapOptions, word: str) -> None:
    with pytest.raises(OptionError, match=word):
        check_swap(options, has_source=True)


def test_a_contact_sheet_in_a_good_place(tmp_path: Path) -> None:
    check_contact_sheet(tmp_path / "sheet.PNG", others=[tmp_path / "a.mp4"], overwrite=False)


def test_an_older_contact_sheet_is_replaced_only_on_request(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    path.touch()
    check_contact_sheet(path, others=[], overwrite=True)
    with pytest.raises(OutputError, match="exists already"):
        check_contact_sheet(path, others=[], overwrite=False)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("sheet.jpg", r"\.png"),
        ("missing/sheet.png", "folder"),
        ("folder.png", "folder"),
        ("sub/../me.png", "also an input"),
    ],
)
def test_a_contact_sheet_in_a_bad_place(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "sub").mkdir()
    (tmp_path / "me.png").touch()
    with pytest.raises(OutputError, match=reason):
        check_contact_sheet(tmp_path / name, others=[tmp_path / "me.png"], overwrite=True)
