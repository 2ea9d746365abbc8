"""The ceiling for `dlc swap`: read a video and write it again with the same encoder, no faces.

`python -m tests.bench.transcode INPUT OUTPUT` prints {"frames": ..., "fps": ...}.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from dlc.media.opening import open_output, open_target
from dlc.options import EncodeOptions


def main() -> None:
    """Copy the video named on the command line, decoding and encoding it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    began = time.perf_counter()
    with (
        open_target(arguments.input) as reader,
        open_output(arguments.output, reader, EncodeOptions(), overwrite=True) as writer,
    ):
        for frame in reader:
            writer.write(frame)
    frames = reader.frames_read
    json.dump({"frames": frames, "fps": frames / (time.perf_counter() - began)}, sys.stdout)


if __name__ == "__main__":
    main()
