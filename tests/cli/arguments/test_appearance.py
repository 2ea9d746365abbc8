from __future__ import annotations

import pytest

from dlc.cli.arguments.appearance import parse_padding
from dlc.errors import OptionError


def test_padding_is_four_percentages() -> None:
    assert parse_padding("10,0,2.5, 0") == (10, 0, 2.5, 0)


@pytest.mark.parametrize("text", ["", "10", "10,0,0", "10,0,0,0,0", "a,b,c,d"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="top, right, bottom, left"):
        parse_padding(text)
