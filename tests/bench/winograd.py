"""inswapper_128's stand-in on the CPU as it is, and with Winograd's convolutions, in turns."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dlc.graph.names import Rewrite
from dlc.graph.passes.winograd import winograd
from dlc.graph.stored_weights import read_without_kernels, write_with_kernels
from dlc.graph.synthetic import write_inswapper
from dlc.inference.prepared import prepared_model
from dlc.inference.provider_routes import plain_cpu_route
from dlc.inference.route import Route
from dlc.inference.sessions import open_session
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.role import Role
from tests.bench.process import Run, run
from tests.bench.speed import Spread

THREADS = (1, 2)
# Faces that are timed in a process, after a first one.
FACES = 3
# Tiles of 2x2 results, what memory for 16 numbers in place of 9 would bring.
SMALL_TILES = (0.0, 1.0, -1.0)
ORIGINAL, WINOGRAD, SMALL = "original", "4x4", "2x2"


def measure(folder: Path, runs: int, console: Console) -> dict[str, Any]:
    """Load and run all in processes of their own, print a table, and return the figures.

    Args:
        folder: where the stand-in goes, and stays.
        runs: processes for each of them and each number of threads.
        console: where the table goes.
    """
    folder = folder / "winograd"
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "inswapper.onnx"
    if not source.exists():
        write_inswapper(source)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        files, made = _files(source, Path(temporary))
        figures: dict[str, Any] = {"made": made}
        console.print(f"made once in {made['seconds']:.1f} s, peak {made['peak_mib']:.0f} MiB")
        for threads in THREADS:
            rounds = [
                {name: _child(path, "time", str(threads)) for name, path in files.items()}
                for _ in range(runs)
            ]
            figures[f"{threads} threads"] = found = _figures(rounds)
            console.print(_table(threads, found))
        # The peak of a process begins with the memory of the one that starts it, so this is last.
        figures["difference"] = _differences(files)
        for name, each in figures["difference"].items():
            console.print(f"{name}: differs by {each['relative']:.1e}, PSNR {each['psnr']:.0f} dB")
    return {"runs": runs, "faces": FACES, **figures}


def _files(source: Path, folder: Path) -> tuple[dict[str, Path], dict[str, float]]:
    """Rewrite the stand-in; also return what it took to make and check the one that dlc uses."""
    done = _child(source, "make", str(folder))
    small = folder / "small.onnx"
    write_with_kernels(
        small, winograd(points=SMALL_TILES).apply(read_without_kernels(source)), source
    )
    made = {"seconds": done.wall_seconds, "peak_mib": done.peak_mib}
    return {ORIGINAL: source, WINOGRAD: Path(done.output.strip()), SMALL: small}, made


def _differences(files: dict[str, Path]) -> dict[str, Any]:
    """Return by how much results differ from the original's, of which the largest is 1."""
    outputs = {name: _swapped(path, 2)["output"] for name, path in files.items()}
    original = outputs.pop(ORIGINAL).astype(np.float64)
    return {
        name: {
            "relative": float(np.abs(output - original).max() / np.abs(original).max()),
            "psnr": float(-10 * np.log10(np.square(output - original).mean())),
        }
        for name, output in outputs.items()
    }


def _figures(rounds: list[dict[str, Run]]) -> dict[str, Any]:
    told = [{name: json.loads(each.output) for name, each in one.items()} for one in rounds]
    found: dict[str, Any] = {}
    for name in rounds[0]:
        values = [one[name] for one in told]
        found[name] = {
            "load_seconds": Spread.of([value["load_seconds"] for value in values]),
            "milliseconds": Spread.of([value["milliseconds"] for value in values]),
            "processor_milliseconds": Spread.of([v["processor_milliseconds"] for v in values]),
            "peak_mib": Spread.of([one[name].peak_mib for one in rounds]),
            "times_as_fast": Spread.of(
                [one[ORIGINAL]["milliseconds"] / one[name]["milliseconds"] for one in told]
            ),
        }
    return found


def _table(threads: int, found: dict[str, Any]) -> Table:
    table = Table(f"{threads} threads, median (least-most)", *found, box=None, pad_edge=False)
    rows = {
        "load_seconds": ("seconds to load", ".1f"),
        "milliseconds": ("ms a face", ".0f"),
        "processor_milliseconds": ("processor ms a face", ".0f"),
        "times_as_fast": ("times as fast", ".2f"),
        "peak_mib": ("peak memory, MiB", ".0f"),
    }
    for key, (label, form) in rows.items():
        table.add_row(label, *(f"{values[key]:{form}}" for values in found.values()))
    return table


def _child(path: Path, what: str, argument: str) -> Run:
    return run([sys.executable, "-m", "tests.bench.winograd", what, str(path), argument])


def _route(threads: int) -> Route:
    return replace(plain_cpu_route(Role.SWAPPER, threads), rewrites=(Rewrite.WINOGRAD,))


def _swapped(path: Path, threads: int, faces: int = 0) -> dict[str, Any]:
    """Load a model, swap a face, and then so many that are timed."""
    began = time.perf_counter()
    plain = path.name == "inswapper.onnx"
    route = plain_cpu_route(Role.SWAPPER, threads) if plain else _route(threads)
    session = open_session(path, route)
    load = time.perf_counter() - began
    feed = _feed()
    output = session.run(None, feed)[0]
    began, used = time.perf_counter(), time.process_time()
    for _ in range(faces):
        session.run(None, feed)
    each = 1000 / max(faces, 1)
    return {
        "output": output,
        "load_seconds": load,
        "milliseconds": (time.perf_counter() - began) * each,
        "processor_milliseconds": (time.process_time() - used) * each,
    }


def _feed() -> dict[str, NDArray[np.float32]]:
    """Return noise as a crop, and an embedding of length 1, as the swapper gets it."""
    generator = np.random.default_rng(0)
    source = generator.standard_normal((1, 512), np.float32)
    target = generator.random((1, 3, 128, 128), np.float32)
    return {"target": target, "source": source / np.linalg.norm(source)}


def main() -> None:
    """Be the process that makes the rewritten file, or loads and runs one."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("what", choices=("make", "time"))
    parser.add_argument("model", type=Path)
    parser.add_argument("argument", help="the folder to write to, or the number of threads")
    arguments = parser.parse_args()
    if arguments.what == "make":
        folder = Path(arguments.argument)
        files = RewrittenFiles(folder, DigestCache(folder / "digests.json"))
        sys.stdout.write(str(prepared_model(arguments.model, _route(max(THREADS)), files)))
        return
    found = _swapped(arguments.model, int(arguments.argument), FACES)
    del found["output"]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
