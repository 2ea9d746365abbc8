"""How much a run says."""

from __future__ import annotations

import logging
from enum import IntEnum

from dlc.errors import OptionError


class Verbosity(IntEnum):
    """How much is said; the values are logging levels."""

    QUIET = logging.WARNING
    NORMAL = logging.INFO
    VERBOSE = logging.DEBUG

    @classmethod
    def chosen(cls, *, quiet: bool, verbose: bool) -> Verbosity:
        """Return what --quiet and --verbose ask for.

        Raises:
            OptionError: both were given.
        """
        if quiet and verbose:
            raise OptionError("--quiet and --verbose contradict each other; give one of them")
        return cls.QUIET if quiet else cls.VERBOSE if verbose else cls.NORMAL
