"""Checks where a model says its weights are: an untrusted file must not name other files.

An ONNX file may keep tensors outside of itself, at a path it states. ONNX Runtime versions differ
in which paths they follow; one even treats a memory address as a path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from dlc.errors import ModelError
from dlc.model_store.skim import open_model
from dlc.model_store.wire import ByteRange

# The part of ONNX's schema (onnx.proto) that leads to tensors: for each message, its fields and
# what they hold.
_LEADS = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse tensor"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        22: "sparse tensor",
        23: "sparse tensor",
    },
    "sparse tensor": {1: "tensor", 2: "tensor"},
}
_TENSOR_EXTERNAL_DATA = 13
_ENTRY_KEY, _ENTRY_VALUE = 1, 2


def external_locations(path: Path) -> set[str]:
    """Return the paths where a model claims to keep tensors.

    Raises:
        ModelError: the file cannot be read or is not a complete ONNX file.
    """
    with open_model(path) as model:
        return set(_locations(model))


def check_locations(path: Path, locations: Iterable[str]) -> None:
    """Raise ModelError unless each of a model's `locations` is a file in the model's folder."""
    folder = path.resolve().parent
    for location in sorted(locations):
        wanted = folder / location
        if not wanted.resolve().is_relative_to(folder):
            raise ModelError(
                f"{path} wants to read {location!r}, which is outside of its folder: do not use "
                "this file"
            )
        if not wanted.is_file():
            raise ModelError(
                f"{path} keeps weights in {location!r}, which is not in its folder: get the whole "
                "model"
            )


def _locations(model: ByteRange) -> Iterator[str]:
    """Yield the paths that tensors state, wherever they are in the model."""
    # A stack instead of recursion: the file decides how deep graphs are nested.
    waiting = [("model", model)]
    while waiting:
        kind, message = waiting.pop()
        for number, value in message.fields():
            if not isinstance(value, ByteRange):
                continue
            if kind == "tensor":
                if number == _TENSOR_EXTERNAL_DATA:
                    yield from _location(value)
            elif number in _LEADS[kind]:
                waiting.append((_LEADS[kind][number], value))


def _location(entry: ByteRange) -> Iterator[str]:
    texts = {number: value for number, value in entry.fields() if isinstance(value, ByteRange)}
    key, value = texts.get(_ENTRY_KEY), texts.get(_ENTRY_VALUE)
    if key is not None and value is not None and key.text() == "location":
        yield value.text()
