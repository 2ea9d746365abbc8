"""What `import dlc` offers: everything that a caller can meet has a public name."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

import pytest

import dlc
from dlc import errors
from dlc.workflows.people.faces import find_people


def named_types(hint: Any) -> Iterator[type]:
    """Yield the classes of dlc in an annotation, however deep they are in it."""
    if inspect.isclass(hint) and hint.__module__.startswith("dlc."):
        yield hint
    for part in get_args(hint):
        yield from named_types(part)


def test_every_error_is_public() -> None:
    family = {
        name
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and issubclass(thing, dlc.DlcError)
    }
    assert "ResourceError" in family
    assert family <= set(dlc.__all__)


def test_every_type_in_a_public_dataclass_is_public() -> None:
    public = {name: getattr(dlc, name) for name in dlc.__all__}
    dataclasses = [thing for thing in public.values() if is_dataclass(thing)]
    assert len(dataclasses) > 15
    for thing in dataclasses:
        for hint in get_type_hints(thing).values():
            for named in named_types(hint):
                assert public.get(named.__name__) is named, f"{thing}: {hint}"


def test_values_that_options_document_are_public() -> None:
    assert dlc.EncodeOptions(encoder=dlc.NVENC).encoder == "nvenc"


@pytest.mark.parametrize("name", [name for name in dlc.__all__ if name.endswith("Options")])
def test_options_are_given_by_name(name: str) -> None:
    """A field can be added or moved without changing what an old call means."""
    parameters = inspect.signature(getattr(dlc, name)).parameters.values()
    assert {each.kind for each in parameters} == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (dlc.swap, ("me.jpg", "clip.mp4", "out.mp4")),
        (dlc.swap_folder, ("me.jpg", "clips", "outputs")),
        (dlc.live, ("me.jpg", 0, dlc.LiveOptions(preview=True))),
        (find_people, ("clip.mp4", "people")),
    ],
)
def test_what_a_run_cannot_call_is_refused_before_its_files(
    call: Callable[..., object], arguments: tuple[object, ...]
) -> None:
    with pytest.raises(dlc.OptionError, match=r"cancel is of type Event; give a dlc\.Cancel"):
        call(*arguments, cancel=threading.Event())
    with pytest.raises(dlc.OptionError, match="progress is of type bool; give a function"):
        call(*arguments, progress=True)
