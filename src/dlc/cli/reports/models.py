"""What `dlc models` answers: plain columns for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dlc.model_store.pull import Pulled
from dlc.model_store.spec import ModelSpec
from dlc.model_store.store import Check, Copy, ModelStore

State = Literal["intact", "damaged", "missing"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A model and the first file that passes for it, judged by its size, or what is wrong."""

    spec: ModelSpec
    copy: Copy | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of a model, or of one of its files, and what to do about it."""

    name: str
    state: State
    path: Path | None
    damage: str | None = None
    remedy: str | None = None


def list_models(store: ModelStore) -> list[Listed]:
    """Look for every model of the catalogue."""
    return [Listed(spec, _best(store.copies(spec, Check.SIZE))) for spec in store.catalogue]


def _best(copies: Iterable[Copy]) -> Copy | None:
    """Return the first whole copy, or else the first one."""
    return min(copies, key=lambda copy: copy.damage is not None, default=None)


def list_as_text(listed: Sequence[Listed], store: ModelStore) -> str:
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
        for entry in listed
    ]
    return f"{_columns(rows)}\n\nDownloads go to {store.folders.download}"


def _where(copy: Copy | None) -> str:
    if copy is None:
        return "no"
    return str(copy.path) if copy.damage is None else f"damaged: {copy.path} {copy.damage}"


def list_as_json(listed: Sequence[Listed], store: ModelStore) -> str:
    """Return the models and the folders as one line of ASCII JSON; sizes in bytes."""
    models = [_listed_as_object(entry, store) for entry in listed]
    folders = [str(folder) for folder in store.folders.search]
    return json.dumps(
        {"models": models, "search": folders, "download": str(store.folders.download)}
    )


def _listed_as_object(entry: Listed, store: ModelStore) -> dict[str, Any]:
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
            "accepted": store.licenses.accepted(spec.license),
        },
        "urls": urls,
        "path": str(copy.path) if copy and copy.damage is None else None,
        "damaged": str(copy.path) if copy and copy.damage is not None else None,
    }


def pulled_as_text(pulled: Sequence[Pulled]) -> str:
    """Return a line for each model: what was done and where it is."""
    return _columns(
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


def verify(store: ModelStore, spec: ModelSpec) -> list[Verdict]:
    """Read every file that has the model's name; a model without one is missing."""
    copies = list(store.copies(spec, Check.BYTES))
    pull = f"dlc models pull {spec.name}"
    if not copies:
        return [Verdict(spec.name, "missing", None, remedy=pull)]
    replaced = any(copy.damage is None for copy in copies)
    return [
        Verdict(spec.name, "intact", copy.path)
        if copy.damage is None
        else Verdict(
            spec.name,
            "damaged",
            copy.path,
            copy.damage,
            "delete it; another copy is intact" if replaced else pull,
        )
        for copy in copies
    ]


def verdicts_as_text(verdicts: Sequence[Verdict]) -> str:
    """Return a line for each file or missing model, with what to do where it is not intact."""
    return _columns([(verdict.state, verdict.name, _finding(verdict)) for verdict in verdicts])


def _finding(verdict: Verdict) -> str:
    where = "" if verdict.path is None else f"{verdict.path} "
    if verdict.damage is not None:
        where += f"{verdict.damage}; "
    return where + (f"remedy: {verdict.remedy}" if verdict.remedy else "")


def verdicts_as_json(verdicts: Sequence[Verdict]) -> str:
    """Return what was found as one line of ASCII JSON."""
    models = [
        {
            "name": verdict.name,
            "state": verdict.state,
            "path": str(verdict.path) if verdict.path else None,
            "damage": verdict.damage,
            "remedy": verdict.remedy,
        }
        for verdict in verdicts
    ]
    return json.dumps({"models": models})


def megabytes(size: int) -> str:
    """Return a size in bytes as "554 MB"."""
    return f"{size / 1e6:,.0f} MB"


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Align rows in columns; the last column is never cut or wrapped, for it holds paths."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines)
