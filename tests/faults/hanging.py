"""`python -m tests.faults.hanging THREAD ARGUMENTS...`: `dlc` with a decoder that hangs.

It hangs where no signal reaches it, inside a library: THREAD is "main" (the first picture) or
"worker" (a later one).
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from dlc.cli.app import main
from dlc.media.video.reading.decoding import Decoder

_decode = Decoder._decode  # noqa: SLF001 - to break it
_PICTURES = {"main": 0, "worker": 5}


def hang() -> None:
    """Wait for a lock that this thread holds."""
    lock, library = ctypes.create_string_buffer(64), ctypes.CDLL(None)
    library.pthread_mutex_lock(lock)
    library.pthread_mutex_lock(lock)


def main_with_hanging_decoder() -> None:
    """Run the command line."""
    left = _PICTURES[sys.argv.pop(1)]

    def decode(self: Decoder, packet: Any) -> Any:
        nonlocal left
        if left == 0:
            sys.stderr.write("hanging\n")
            sys.stderr.flush()
            hang()
        left -= 1
        return _decode(self, packet)

    Decoder._decode = decode  # type: ignore[method-assign]  # noqa: SLF001
    main()


if __name__ == "__main__":
    main_with_hanging_decoder()
