"""A model that lists its weights among its inputs, beside itself with constant weights.

`python -m tests.bench.listed_weights MODEL`: such a file is `face_recognition_sface_2021dec.onnx`,
which `dlc models pull sface` installs.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from onnxruntime import InferenceSession
from rich.console import Console

from dlc.inference.cpu import create_session
from dlc.inference.prepared import prepared_model
from dlc.inference.provider_routes import plain_cpu_route
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.role import Role
from dlc.model_store.skim import skim_defaults
from tests.bench import machine
from tests.bench.speed import Spread

# Runs of one file before the other one's turn.
BLOCK = 20


def main() -> None:
    """Measure a recognizer on one thread, its two files in turns."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--runs", type=int, default=7, help="turns of each file")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    for name, value in machine.describe().items():
        console.print(f"{name}: {value}")
    console.print(f"{len(skim_defaults(arguments.model))} weights among the inputs")
    with tempfile.TemporaryDirectory() as folder:
        files = RewrittenFiles(Path(folder), DigestCache(Path(folder) / "digests.json"))
        began = time.perf_counter()
        prepared = prepared_model(arguments.model, plain_cpu_route(Role.RECOGNIZER, 1), files)
        console.print(f"rewritten in {time.perf_counter() - began:.2f} s")
        listed, constant = (create_session(path) for path in (arguments.model, prepared))
    before, after = [], []
    for _ in range(arguments.runs):
        before.append(_milliseconds(listed))
        after.append(_milliseconds(constant))
    console.print(f"weights as inputs, ms a face:    {Spread.of(before):.1f}")
    console.print(f"weights as constants, ms a face: {Spread.of(after):.1f}")
    ratios = [one / other for one, other in zip(after, before, strict=True)]
    console.print(f"ratio:                           {Spread.of(ratios):.2f}")


def _milliseconds(session: InferenceSession) -> float:
    """Return the processor time of a run, on average; waiting for a core does not count."""
    (info,) = session.get_inputs()
    face = np.random.default_rng(0).uniform(0, 255, info.shape).astype(np.float32)
    session.run(None, {info.name: face})
    began = time.process_time()
    for _ in range(BLOCK):
        session.run(None, {info.name: face})
    return (time.process_time() - began) / BLOCK * 1000


if __name__ == "__main__":
    main()
