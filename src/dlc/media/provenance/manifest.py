"""What a C2PA manifest of dlc says: by what, from what and how the file was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from dlc.media.provenance.marking import SOURCE_TYPE

# The label of what dlc itself says, beside the assertions that C2PA defines.
STATEMENT = "dlc.swap"


@dataclass(frozen=True, slots=True)
class InputDigest:
    """One of the files that an output was made of.

    Attributes:
        role: "source" or "target".
        sha256: of the whole file, in hexadecimal.
    """

    role: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of how an output was made: no names, no paths, nothing about persons.

    Attributes:
        engine: the swap engine.
        options: other choices that matter for the result, as JSON values.
        inputs: the files it was made of.
    """

    engine: str
    options: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[InputDigest, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the assertion's content."""
        return {
            "engine": self.engine,
            "options": dict(self.options),
            "inputs": [{"role": known.role, "sha256": known.sha256} for known in self.inputs],
        }


def definition(statement: Statement, *, is_edit: bool) -> dict[str, Any]:
    """Return a manifest as c2pa-python takes it.

    Args:
        statement: how the output was made.
        is_edit: whether it was made of another file, whose opening is added by c2pa's EDIT intent;
            otherwise it was created as it is.
    """
    action = {
        "action": "c2pa.edited" if is_edit else "c2pa.created",
        "digitalSourceType": SOURCE_TYPE,
        "description": "faces were swapped",
    }
    return {
        "claim_generator_info": [{"name": "dlc", "version": version("dlc")}],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [action]}},
            {"label": STATEMENT, "data": statement.as_json()},
        ],
    }
