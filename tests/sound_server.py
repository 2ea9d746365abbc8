"""A microphone that hears a tone, for machines without one: PulseAudio with nothing but that."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TONE_HZ = 1000
_PATIENCE = 20.0


@contextmanager
def sound_server(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """Run PulseAudio; yield its process, and the variables by which programs find it.

    `folder` is for its socket, whose path has to be short. The test is skipped where what it needs
    is not installed: Debian's packages libportaudio2, pulseaudio and libasound2-plugins.
    """
    program = shutil.which("pulseaudio")
    if program is None or ctypes.util.find_library("portaudio") is None:
        pytest.skip("no PulseAudio or no PortAudio here")
    folder.chmod(0o700)
    found_by = {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    modules = ("module-native-protocol-unix", f"module-sine-source frequency={TONE_HZ}")
    process = subprocess.Popen(
        [program, "-n", "--daemonize=no", "--exit-idle-time=-1", *(f"-L{m}" for m in modules)],
        env={**os.environ, **found_by},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + _PATIENCE
        while not (folder / "pulse" / "native").exists():
            assert process.poll() is None, "PulseAudio does not start"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process, found_by
    finally:
        process.kill()
        process.wait()
