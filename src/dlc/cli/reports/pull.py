"""What `dlc models pull` answers: plain columns for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dlc.cli.reports.models import columns
from dlc.model_store.pull import Pulled


def pulled_as_text(pulled: Sequence[Pulled]) -> str:
    """Return a line for each model: what was done and where it is."""
    return columns(
        [
            ("downloaded" if each.downloaded else "was there", each.spec.name, str(each.path))
            for each in pulled
        ]
    )


def pulled_as_json(pulled: Sequence[Pulled]) -> str:
    """Return the installed models as one line of ASCII JSON."""
    models = [
        {"name": each.spec.name, "path": str(each.path), "downloaded": each.downloaded}
        for each in pulled
    ]
    return json.dumps({"models": models})
