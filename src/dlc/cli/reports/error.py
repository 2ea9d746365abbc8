"""A failure as one JSON object for programs."""

from __future__ import annotations

import json
from typing import Any


def error_as_json(kind: str, message: str, exit_code: int) -> str:
    """Return a failure as one line of ASCII JSON."""
    return json.dumps(plain_error(kind, message, exit_code))


def plain_error(kind: str, message: str, exit_code: int) -> dict[str, Any]:
    """Return a failure as JSON can hold it."""
    return {"error": {"kind": kind, "message": message, "exit_code": exit_code}}
