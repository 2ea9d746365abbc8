"""What the segments of a swap depend on, so that another swap's are never mistaken for them."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dlc.media.files.paths import files_in
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.digests import input_digest

# Options that concern other files or do not affect the contents of a segment.
_OTHER = frozenset({"overwrite", "contact_sheet", "contact_sheet_rows", "keep_partial"})
_OTHER |= {"engine", "provenance", "threads", "allow_damaged"}


def identity_of(plan: SwapPlan, threads: int) -> dict[str, Any]:
    """Return the facts, under names fit for messages; files and models appear as digests.

    Args:
        plan: the swap.
        threads: CPU threads in use; encoders split their work by them, which affects the result.

    Raises:
        InputError: a file cannot be read.
    """
    facts: dict[str, Any] = {
        "version of dlc": version("dlc"),
        "engine": plan.engine.value,
        "source": [input_digest(path) for path in plan.sources],
        "target": input_digest(plan.target),
        "threads": threads,
    }
    chosen = asdict(plan.options).items()
    facts |= {name: value for name, value in chosen if name not in _OTHER}
    # Make it equal to what will be read back from JSON, where tuples are lists.
    plain: dict[str, Any] = json.loads(json.dumps(facts, default=_of_files))
    return plain


def _of_files(value: object) -> list[str]:
    if not isinstance(value, Path):
        raise TypeError(f"an option holds a {type(value).__name__}, which has no identity")
    files = files_in(value) if value.is_dir() else [value]
    return [input_digest(path) for path in files]
