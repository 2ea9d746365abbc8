"""`python -m tests.faults.fuzz`: feeds damaged files to dlc and counts what becomes of them."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from dlc.media.opencv_environment import prepare_opencv

# As every workflow does it, before anything imports OpenCV.
prepare_opencv()

from tests.faults import media_cases, model_cases  # noqa: E402
from tests.faults.isolated import Outcome, run_isolated  # noqa: E402

MEDIA, MODELS = 500, 200
LIMIT_SECONDS = 20.0
LIMIT_MIB = 1024.0
# What must not become of any file.
FAILURES = frozenset({"crash", "hang", "unforeseen", "unreported", "left behind"})


def run(media: int, models: int, seed: int) -> Iterator[tuple[str, Outcome]]:
    """Yield each case's name and what became of it."""
    with tempfile.TemporaryDirectory(prefix="dlc-fuzz-") as name:
        folder = Path(name)
        for case, damaged in media_cases.media_cases(folder, media, seed):
            yield case, run_isolated(partial(media_cases.judge, damaged), LIMIT_SECONDS)
            _require_clean(folder, case)
        for case, path in model_cases.model_cases(folder, models, seed):
            yield case, run_isolated(partial(model_cases.judge, path), LIMIT_SECONDS)


def is_failure(outcome: Outcome) -> bool:
    """Tell whether something became of a file that must not."""
    verdicts = set(outcome.verdict.split(", then "))
    return bool(verdicts & FAILURES) or outcome.peak_mib > LIMIT_MIB


def _require_clean(folder: Path, case: str) -> None:
    for left in folder.glob(".*"):
        print(f"{case}: {left.name} was left behind", file=sys.stderr)  # noqa: T201
        left.unlink()


def main() -> None:
    """Run what the command line asks for; the exit code is 1 if a case failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fuzz", description=main.__doc__)
    parser.add_argument("--media", type=int, default=MEDIA, help="damaged media files")
    parser.add_argument("--models", type=int, default=MODELS, help="damaged ONNX files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object a case")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    verdicts: Counter[str] = Counter()
    failures, slowest, largest = 0, 0.0, 0.0
    for case, outcome in run(arguments.media, arguments.models, arguments.seed):
        failed = is_failure(outcome)
        failures += failed
        verdicts[outcome.verdict] += 1
        slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.peak_mib)
        if arguments.json or failed:
            line = {"case": case, "failed": failed, "verdict": outcome.verdict}
            line |= {"detail": outcome.detail, "seconds": round(outcome.seconds, 2)}
            print(json.dumps(line | {"peak_mib": round(outcome.peak_mib)}), flush=True)  # noqa: T201
    for verdict, count in verdicts.most_common():
        print(f"{count:5} {verdict}", file=sys.stderr)  # noqa: T201
    print(  # noqa: T201
        f"{sum(verdicts.values())} files, {failures} failures, slowest {slowest:.1f} s, "
        f"most memory {largest:.0f} MiB",
        file=sys.stderr,
    )
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
