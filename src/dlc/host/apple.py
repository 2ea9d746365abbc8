"""Apple's chip and system version."""

from __future__ import annotations

import platform
import subprocess


def macos_version() -> tuple[int, ...] | None:
    """Return macOS's version, such as (15, 3, 1); None on other systems."""
    version = platform.mac_ver()[0]
    return tuple(int(number) for number in version.split(".")) if version else None


def is_apple_silicon() -> bool:
    """Return whether the chip is Apple's own, even if Python was built for Intel.

    In that case `platform.machine()` reports an Intel processor, as it runs under Rosetta.
    """
    return _sysctl("hw.optional.arm64") == "1"


def chip_name() -> str:
    """Return the chip's name, such as "Apple M3 Max"; empty if macOS does not say."""
    return _sysctl("machdep.cpu.brand_string")


def _sysctl(name: str) -> str:
    """Return one of the kernel's values; empty if there is no such value."""
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
