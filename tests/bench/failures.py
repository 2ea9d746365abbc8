"""What may end one row of a measurement while the others go on."""

from __future__ import annotations

from dlc.errors import DlcError
from dlc.inference.failures import BINDING_ERRORS, OTHER_ERRORS, plain_message
from tests.bench.process import CommandError

# ONNX Runtime's errors are those of a session that is used without dlc's wrapping.
FAILURES = (DlcError, CommandError, *OTHER_ERRORS, *BINDING_ERRORS)


def not_measured(error: BaseException) -> dict[str, str]:
    """Return what stands in place of the figures of a row that one of `FAILURES` ended."""
    if isinstance(error, (*OTHER_ERRORS, *BINDING_ERRORS)):
        return {"not_measured": plain_message(error)}
    return {"not_measured": str(error)}
