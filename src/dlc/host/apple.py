"""Apple's chip and system version."""

from __future__ import annotations

import platform
import subprocess


def macos_version() -> tuple[int, ...] | None:
    """Return macOS's version, such as (15, 3, 1); None on other systems."""
    version = platform.mac_ver()[0]
    return tuple(int(number) for number in version.split(".")) if version else None


def is_apple_silicon() -> bool:
    """Return whether the chip is Apple's own, also when Python was built for Intel.

    `platform.machine()` speaks of an Intel processor then, as it runs in the translation.
    """
    return _sysctl("hw.optional.arm64") == "1"


def chip_name() -> str:
    """Return the chip's name, such as "Apple M3 Max"; empty if macOS does not tell."""
    return _sysctl("machdep.cpu.brand_string")


def _sysctl(name: str) -> str:
    """Return a value of the kernel's; empty where there is no such value."""
    try:
        answer = subprocess.run(  # noqa: S603 - the names are constants of this module
            ["/usr/sbin/sysctl", "-n", name],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
