"""How much memory this process may use, and giving back what it no longer uses."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc/self/cgroup")
_CGROUPS = Path("/sys/fs/cgroup")


def available_memory() -> int | None:
    """Return the machine's memory in bytes, or a container's lower limit.

    None if the system does not say. Memory that other programs currently use is included: it
    changes from minute to minute, and choices based on this must not.
    """
    sizes = [size for size in (_installed(), container_limit(_PROC, _CGROUPS)) if size]
    return min(sizes, default=None)


def container_limit(groups: Path, root: Path) -> int | None:
    """Return the memory in bytes that Linux control groups allow a process; None if unlimited.

    Args:
        groups: the file where the kernel lists the process's groups, such as /proc/self/cgroup.
        root: where control groups are mounted, such as /sys/fs/cgroup.
    """
    try:
        lines = groups.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    limits = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            limits += _limits(root, path, "memory.max")
        elif "memory" in controllers.split(","):
            limits += _limits(root / "memory", path, "memory.limit_in_bytes")
    return min(limits, default=None)


def return_free_memory() -> None:
    """Give the operating system what this process has freed.

    glibc keeps it for whatever the same thread allocates next. The threads of a pipeline would take
    new memory instead, on top of what loading models and reading photos have left behind. Other C
    libraries have no such function.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _limits(root: Path, path: str, name: str) -> list[int]:
    """Return the limits of a group and all its parents; a container sees its own as root."""
    group = root / path.lstrip("/")
    limits = []
    for folder in (group, *group.parents):
        if folder.is_relative_to(root):
            limits += _number(folder / name)
    return limits


def _number(path: Path) -> list[int]:
    """Return the number in a file; None if it is missing or says "max"."""
    try:
        return [int(path.read_text("ascii"))]
    except (OSError, ValueError):
        return []


if sys.platform == "win32":

    class _MemoryStatus(ctypes.Structure):
        """Windows' MEMORYSTATUSEX."""

        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("others", ctypes.c_ulonglong * 6),
        ]

    def _installed() -> int | None:
        status = _MemoryStatus()
        status.length = ctypes.sizeof(status)
        told = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.total) if told else None

else:

    def _installed() -> int | None:
        try:
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        except (OSError, ValueError):
            return None
