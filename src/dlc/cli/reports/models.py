"""What `dlc models` answers: plain columns for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dlc.cli.printable import printable
from dlc.model_store.store import Copy
from dlc.workflows.models import ListedModel, ModelList, Verdict, Verification


def list_as_text(listed: ModelList) -> str:
    """Return a table of the models, and where downloads go."""
    rows = [("MODEL", "ROLE", "SIZE", "LICENSE", "INSTALLED")]
    rows += [
        (
            entry.spec.name,
            entry.spec.role.value,
            megabytes(entry.spec.remote.size),
            entry.spec.license.title,
            _where(entry.copy),
        )
        for entry in listed.models
    ]
    return f"{columns(rows)}\n\nDownloads go to {printable(listed.download)}"


def _where(copy: Copy | None) -> str:
    if copy is None:
        return "no"
    return str(copy.path) if copy.damage is None else f"damaged: {copy.path} {copy.damage}"


def list_as_json(listed: ModelList) -> str:
    """Return the models and the folders as one line of ASCII JSON; sizes in bytes."""
    return json.dumps(
        {
            "models": [_listed_as_object(entry) for entry in listed.models],
            "search": [str(folder) for folder in listed.search],
            "download": str(listed.download),
        }
    )


def _listed_as_object(entry: ListedModel) -> dict[str, Any]:
    spec, copy = entry.spec, entry.copy
    urls = [*spec.remote.urls, *(spec.archive.urls if spec.archive else ())]
    return {
        "name": spec.name,
        "file": spec.remote.file,
        "role": spec.role.value,
        "bytes": spec.remote.size,
        "sha256": spec.remote.sha256,
        "license": {
            "title": spec.license.title,
            "text": spec.license.text,
            "url": spec.license.url,
            "accepted": entry.accepted,
        },
        "urls": urls,
        "path": str(copy.path) if copy and copy.damage is None else None,
        "damaged": str(copy.path) if copy and copy.damage is not None else None,
    }


def verification_as_text(verification: Verification) -> str:
    """Return a line for each file or missing model, with what to do if it is not intact."""
    return columns(
        [
            (verdict.state.value, verdict.name, _finding(verdict))
            for verdict in verification.verdicts
        ]
    )


def _finding(verdict: Verdict) -> str:
    where = "" if verdict.path is None else f"{verdict.path} "
    if verdict.damage is not None:
        where += f"{verdict.damage}; "
    return where + (f"remedy: {verdict.remedy}" if verdict.remedy else "")


def verification_as_json(verification: Verification) -> str:
    """Return what was found as one line of ASCII JSON."""
    models = [
        {
            "name": verdict.name,
            "state": verdict.state.value,
            "path": str(verdict.path) if verdict.path else None,
            "damage": verdict.damage,
            "remedy": verdict.remedy,
        }
        for verdict in verification.verdicts
    ]
    return json.dumps({"models": models})


def megabytes(size: int) -> str:
    """Return a size in bytes as "554 MB"."""
    return f"{size / 1e6:,.0f} MB"


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Align rows in columns; the last column is never cut or wrapped because it holds paths."""
    rows = [tuple(map(printable, row)) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines)
