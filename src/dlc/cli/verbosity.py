"""How much a run says."""

from __future__ import annotations

import logging
from enum import IntEnum


class Verbosity(IntEnum):
    """How much is said; the values are logging levels."""

    QUIET = logging.WARNING
    NORMAL = logging.INFO
    VERBOSE = logging.DEBUG
