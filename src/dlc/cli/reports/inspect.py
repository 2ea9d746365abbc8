"""What `dlc inspect` found, as lines for people and as one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dlc.cli.printable import printable
from dlc.media.provenance.inspection import Manifest
from dlc.workflows.inspect import Inspection


def inspection_as_text(inspection: Inspection) -> str:
    """Return one line for everything that was found."""
    return "\n".join(f"{label:<10}{printable(value)}" for label, value in _rows(inspection))


def inspection_as_json(inspection: Inspection) -> str:
    """Return one line of ASCII JSON."""
    manifest = inspection.manifest
    return json.dumps(
        {
            "file": str(inspection.path),
            "intact": inspection.is_intact if manifest else None,
            "note": inspection.note,
            "manifest": _manifest(manifest) if manifest else None,
        }
    )


def _rows(inspection: Inspection) -> Iterator[tuple[str, str]]:
    yield "file", str(inspection.path)
    if inspection.manifest is None:
        yield "manifest", "none: this file is not signed"
    else:
        yield from _manifest_rows(inspection.manifest)
    yield "note", inspection.note or "none"


def _manifest_rows(manifest: Manifest) -> Iterator[tuple[str, str]]:
    yield "manifest", "signed, intact" if manifest.is_intact else "NOT INTACT"
    for problem in manifest.problems:
        yield "problem", problem
    if manifest.signer:
        whose = "your own key" if manifest.is_own else "whether to trust it is for you to decide"
        yield "signer", f"{manifest.signer} ({whose})"
    for label, values in (
        ("made by", (manifest.generator,)),
        ("actions", manifest.actions),
        ("source", manifest.source_types),
        ("before", manifest.earlier),
    ):
        if any(values):
            yield label, ", ".join(values)
    statement = manifest.statement or {}
    if engine := statement.get("engine"):
        yield "engine", str(engine)
    for known in statement.get("inputs", ()):
        yield "input", f"{known.get('role')}, SHA-256 {known.get('sha256')}"


def _manifest(manifest: Manifest) -> dict[str, Any]:
    return {
        "generator": manifest.generator,
        "signer": manifest.signer,
        "own_key": manifest.is_own,
        "actions": list(manifest.actions),
        "source_types": list(manifest.source_types),
        "statement": manifest.statement,
        "earlier": list(manifest.earlier),
        "problems": list(manifest.problems),
    }
