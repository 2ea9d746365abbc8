"""A command line that cannot be understood is told what would be."""

from __future__ import annotations

import pytest

from tests.cli.run import call_dlc


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["swap", "--camera", "0"],
            "dlc swap has no --camera, an option of dlc live and dlc probe",
        ),
        (["live", "--resume"], "dlc live has no --resume, an option of dlc swap"),
        (["models", "list", "--yes"], "dlc models list has no --yes, an option of dlc models pull"),
        (
            ["inspect", "--threads", "2"],
            "dlc inspect has no --threads, an option of dlc swap, dlc live, dlc faces and 1 more",
        ),
        (["--quiet", "swap"], "--quiet comes after the command, as in dlc swap --quiet"),
        (["swap", "--face", "left"], "No such option: --face (Possible options: "),
        (
            ["swap", "--engine", "mash"],
            "Invalid value for '--engine': 'mash' is not one of 'auto',",
        ),
        (
            ["live", "me.jpg"],
            "dlc live takes options only, not me.jpg; photos go to --source",
        ),
        (
            ["swap", "my", "face.jpg", "in.mp4", "out.mp4"],
            "dlc swap takes only SOURCE, TARGET and OUTPUT, not out.mp4; put names that contain "
            "spaces into quotes",
        ),
        (["probe", "0"], "dlc probe takes options only, not 0 (see"),
    ],
)
def test_wrong_usage(words: list[str], message: str) -> None:
    run = call_dlc(*words)
    assert run.returncode == 2
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"dlc: {message}")
    assert line.endswith("(see --help)")
