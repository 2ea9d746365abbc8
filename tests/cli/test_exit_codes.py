"""What exit codes mean is said once, by the errors; the help and README.md repeat it."""

from __future__ import annotations

import re
from pathlib import Path

from dlc.cli.app import UNREAD_EXIT_CODE
from dlc.cli.arguments.live import LIVE_EPILOG
from dlc.cli.arguments.swap import SWAP_EPILOG
from dlc.cli.exit_codes import every_error, exit_codes
from dlc.errors import Cancelled, InputError, OptionError, ResourceError

README = Path(__file__).parents[2] / "README.md"
SUMMARIES = {error.exit_code: error.summary for error in every_error()}


def test_every_error_has_a_code_and_a_summary_of_its_own() -> None:
    errors = list(every_error())
    assert len({error.exit_code for error in errors}) == len(errors)
    assert len({error.summary for error in errors}) == len(errors)


def test_the_help_names_the_codes_in_order_with_what_they_mean() -> None:
    shown = exit_codes(
        Cancelled, InputError, OptionError, done="ended", words={OptionError: "no such option"}
    )
    assert shown == "Exit codes: 0 ended, 2 no such option, 3 unusable input, 130 stopped."


def test_each_command_names_what_it_can_end_with() -> None:
    assert f"{ResourceError.exit_code} {ResourceError.summary}" in SWAP_EPILOG
    assert f"{ResourceError.exit_code} {ResourceError.summary}" in LIVE_EPILOG
    assert "camera" not in SWAP_EPILOG
    assert "14 virtual camera" in LIVE_EPILOG


def test_the_table_in_the_readme_has_every_code_and_begins_with_its_summary() -> None:
    table = README.read_text(encoding="utf-8").partition("| exit code | meaning |")[2]
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", table.partition("\n\n")[0], re.MULTILINE)
    assert [int(code) for code, _ in rows] == [0, *sorted(SUMMARIES), UNREAD_EXIT_CODE]
    for code, meaning in rows[1:-1]:
        assert meaning.startswith(SUMMARIES[int(code)])
