from __future__ import annotations

import _ctypes

from dlc.shared_library import loads


def test_a_library_that_python_itself_uses_loads_and_one_that_is_missing_does_not() -> None:
    assert loads(_ctypes.__file__)
    assert not loads("libdlc-has-no-such-library.so.1")
