"""How much memory a process has of the system's, for tests."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import pytest

only_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps it")


def resident_mib(process: int | None = None) -> float:
    """Return a process's resident memory in MiB, 0 if it has ended; by default this one's."""
    try:
        pages = int(Path(f"/proc/{process or os.getpid()}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def leave_free_memory(mib: int) -> bytes:
    """Free memory that glibc keeps while the returned object, the end of its heap, lives."""
    blocks = [b"x" * (64 * 1024 + number) for number in range(mib * 16)]
    return blocks[-1]
