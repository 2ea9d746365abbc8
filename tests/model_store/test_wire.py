from __future__ import annotations

from pathlib import Path

import hypothesis
import hypothesis.strategies as st
import pytest

from dlc.model_store.wire import Budget, ByteRange, FileBytes, WireError, length_field, signed
from tests.model_store.graphs import length_delimited, varint


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wire") / "message"


def fields(path: Path, content: bytes, budget: int = 1000) -> list[tuple[int, int | bytes]]:
    """Return the fields of a message, their spans read."""
    path.write_bytes(content)
    with path.open("rb", buffering=0) as file:
        message = ByteRange(FileBytes(file), 0, len(content), Budget(budget))
        return [
            (number, value.read() if isinstance(value, ByteRange) else value)
            for number, value in message.fields()
        ]


@hypothesis.given(
    st.lists(
        st.tuples(st.integers(1, 2**29 - 1), st.integers(0, 2**64 - 1) | st.binary(max_size=9000)),
        max_size=20,
    )
)
def test_what_is_written_is_read(path: Path, written: list[tuple[int, int | bytes]]) -> None:
    content = b"".join(
        varint(number << 3) + varint(value)
        if isinstance(value, int)
        else length_delimited(number, len(value)) + value
        for number, value in written
    )
    assert fields(path, content) == written


@hypothesis.given(st.integers(1, 2**29 - 1), st.binary(max_size=20_000))
def test_a_field_with_a_length_is_read_as_it_was_made(
    path: Path, number: int, content: bytes
) -> None:
    assert fields(path, length_field(number, content)) == [(number, content)]


def test_numbers_of_fixed_size_are_their_bytes(path: Path) -> None:
    assert fields(path, b"\x0d1234\x1112345678") == [(1, b"1234"), (2, b"12345678")]


def test_the_budget_is_spent(path: Path) -> None:
    assert len(fields(path, b"\x08\x01" * 5, budget=5)) == 5
    with pytest.raises(WireError, match="parts"):
        fields(path, b"\x08\x01" * 6, budget=5)


@hypothesis.given(st.integers(-(2**63), 2**63 - 1))
def test_negative_numbers_come_back(number: int) -> None:
    assert signed(number % 2**64) == number


def test_a_file_that_shrinks_meanwhile_is_an_error(path: Path) -> None:
    path.write_bytes(length_delimited(1, 100_000) + bytes(100_000))
    with path.open("rb", buffering=0) as file:
        span = ByteRange(FileBytes(file), 0, path.stat().st_size, Budget())
        ((_, value),) = span.fields()
        assert isinstance(value, ByteRange)
        with path.open("r+b") as shorter:
            shorter.truncate(50_000)
        with pytest.raises(WireError, match="became shorter"):
            value.read()
        with pytest.raises(WireError, match="became shorter"):
            list(ByteRange(span.data, 60_000, 100_000, Budget()).fields())
