from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dlc.host.memory import available_memory, container_limit, return_free_memory
from tests.resident import leave_free_memory, only_glibc, resident_mib


def test_this_machine_has_memory() -> None:
    memory = available_memory()
    assert memory is not None
    assert 2**28 < memory < 2**50


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("groups", "files", "limit"),
    [
        ("0::/\n", {"memory.max": "2147483648\n"}, 2**31),
        ("0::/\n", {"memory.max": "max\n"}, None),
        ("0::/\n", {}, None),
        ("0::/a/b\n", {"a/b/memory.max": "max", "a/memory.max": "1000"}, 1000),
        ("0::/a/b\n", {"a/b/memory.max": "500", "a/memory.max": "1000"}, 500),
        # A container sees its own group as the root, but may be told the name it has outside.
        ("0::/docker/1234\n", {"memory.max": "700"}, 700),
        (
            "11:cpu,cpuacct:/a\n5:memory:/a\n0::/\n",
            {"memory/a/memory.limit_in_bytes": "800", "memory/memory.limit_in_bytes": "900"},
            800,
        ),
        ("11:cpu:/a\n", {"memory/a/memory.limit_in_bytes": "800"}, None),
        ("0::/with:colon\n", {"with:colon/memory.max": "600"}, 600),
        ("", {}, None),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="no file of Windows has a colon in its name")
def test_a_container_has_what_its_groups_allow(
    groups: str, files: dict[str, str], limit: int | None, tmp_path: Path
) -> None:
    write(tmp_path / "cgroup", groups)
    for name, text in files.items():
        write(tmp_path / "root" / name, text)
    assert container_limit(tmp_path / "cgroup", tmp_path / "root") == limit


def test_other_systems_have_no_groups(tmp_path: Path) -> None:
    assert container_limit(tmp_path / "cgroup", tmp_path) is None


@only_glibc
def test_freed_memory_goes_back_to_the_system() -> None:
    end = leave_free_memory(32)
    before = resident_mib()
    return_free_memory()
    assert before - resident_mib() > 16
    assert end
