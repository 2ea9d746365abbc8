from __future__ import annotations

import pytest

from tests.bench import neural
from tests.bench.process import CommandError, run
from tests.host import machines


def test_a_program_that_fails_leaves_the_other_its_figures() -> None:
    commands = {"whole": ["echo", "1"], "broken": ["sh", "-c", "echo no room >&2; exit 3"]}
    found = neural._in_turn(commands, 2)  # noqa: SLF001 - the rest of it runs for minutes
    assert [each.output for each in found["whole"]] == ["1\n", "1\n"]
    assert found["broken"] == {
        "not_measured": "exit code 3: sh -c echo no room >&2; exit 3: no room"
    }
    with pytest.raises(CommandError, match="exit code 3"):
        run(commands["broken"])


def test_a_loop_that_fell_back_to_the_cpu_is_no_yardstick() -> None:
    figures = {"fps": 3.0, "providers": [machines.CPU]}
    assert neural._on_gpu(figures) == {"not_measured": f"it ran by {machines.CPU}"}  # noqa: SLF001
    figures = {"fps": 3.0, "providers": [machines.CUDA, machines.CPU]}
    assert neural._on_gpu(figures | {"peak_mib": 9.0}) == figures  # noqa: SLF001
