"""Requests that are told to be of no use before anything is loaded."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dlc.errors import InputError, OptionError, OutputError
from dlc.options import LiveOptions, PeopleOptions, SwapOptions
from dlc.workflows.requests import check_folder_request, check_live_request, check_swap_request

Make = Callable[[str], Path]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """Return what makes a file that has something in it."""

    def make(name: str) -> Path:
        (tmp_path / name).write_bytes(b"x")
        return tmp_path / name

    return make


def test_requests_that_make_sense(made: Make, tmp_path: Path) -> None:
    me, clip, anna = made("me.jpg"), made("clip.mp4"), made("anna.png")
    check_swap_request(me, clip, tmp_path / "out.mp4", SwapOptions())
    check_swap_request(me, clip, made("there.mp4"), SwapOptions(overwrite=True))
    people = PeopleOptions(mapping=((anna, me),))
    check_swap_request(None, clip, tmp_path / "out.mp4", SwapOptions(people=people))
    check_folder_request(me, tmp_path / "outputs", SwapOptions())
    check_live_request(me, "0", LiveOptions(preview=True))


def test_a_photo_and_a_target_that_were_exchanged(made: Make, tmp_path: Path) -> None:
    clip, me = made("clip.mp4"), tmp_path / "me.jpg"
    me.write_bytes(b"\xff\xd8\xff")
    check_swap_request(me, clip, tmp_path / "out.mp4", SwapOptions())
    check_swap_request(me, me, tmp_path / "out.jpg", SwapOptions())
    with pytest.raises(InputError, match=r"clip\.mp4 is no picture, and .*me\.jpg is one"):
        check_swap_request(clip, me, tmp_path / "out.mp4", SwapOptions())


@pytest.mark.parametrize("place", ["source", "reference", "person", "face"])
def test_a_photo_that_is_missing_is_named(place: str, made: Make, tmp_path: Path) -> None:
    me, gone = made("me.jpg"), tmp_path / "gone.jpg"
    source, people = {
        "source": (gone, PeopleOptions()),
        "reference": (me, PeopleOptions(reference=gone)),
        "person": (None, PeopleOptions(mapping=((gone, me),))),
        "face": (None, PeopleOptions(mapping=((me, gone),))),
    }[place]
    missing = pytest.raises(InputError, match=r"no such file: .*gone\.jpg")

    with missing:
        check_swap_request(source, made("a.mp4"), tmp_path / "out.mp4", SwapOptions(people=people))
    with missing:
        check_folder_request(source, tmp_path / "outputs", SwapOptions(people=people))
    with missing:
        check_live_request(source, "0", LiveOptions(preview=True, people=people))


def test_options_come_before_files() -> None:
    gone = Path("gone.jpg")
    with pytest.raises(OptionError, match="threads"):
        check_swap_request(gone, gone, gone, SwapOptions(threads=0))
    with pytest.raises(OptionError, match="threads"):
        check_folder_request(gone, gone, SwapOptions(threads=0))
    with pytest.raises(OptionError, match="threads"):
        check_live_request(gone, "0", LiveOptions(preview=True, threads=0))


def test_a_target_that_is_missing_is_named(made: Make, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such file: .*gone\.mp4"):
        check_swap_request(
            made("me.jpg"), tmp_path / "gone.mp4", tmp_path / "out.mp4", SwapOptions()
        )


@pytest.mark.parametrize("taken", ["me.jpg", "clip.mp4", "anna.png"])
def test_inputs_are_not_replaced(taken: str, made: Make, tmp_path: Path) -> None:
    options = SwapOptions(overwrite=True, people=PeopleOptions(reference=made("anna.png")))
    with pytest.raises(OutputError, match="is an input as well"):
        check_swap_request(made("me.jpg"), made("clip.mp4"), tmp_path / taken, options)


def test_what_is_there_is_not_replaced_unasked(made: Make) -> None:
    with pytest.raises(OutputError, match="exists already"):
        check_swap_request(made("me.jpg"), made("clip.mp4"), made("out.mp4"), SwapOptions())
    with pytest.raises(OutputError, match="a folder is needed"):
        check_folder_request(made("me.jpg"), made("out"), SwapOptions())


@pytest.mark.parametrize("taken", ["me.jpg", "clip.mp4", "anna.png"])
def test_live_figures_do_not_replace_inputs(taken: str, made: Make, tmp_path: Path) -> None:
    people = PeopleOptions(reference=made("anna.png"))
    options = LiveOptions(preview=True, overwrite=True, people=people)
    with pytest.raises(OutputError, match="is an input as well"):
        check_live_request(made("me.jpg"), str(made("clip.mp4")), options, log=tmp_path / taken)


def test_live_figures_replace_nothing_unasked(made: Make, tmp_path: Path) -> None:
    me, there, empty = made("me.jpg"), made("there.jsonl"), tmp_path / "empty.jsonl"
    empty.touch()
    graph = "lavfi:testsrc" + ",null" * 100
    options = LiveOptions(output=tmp_path / "out.mp4")
    for log in (empty, tmp_path / "new.jsonl", Path(os.devnull)):
        check_live_request(me, graph, options, log=log)
    check_live_request(me, graph, replace(options, overwrite=True), log=there)
    with pytest.raises(OutputError, match="exists already"):
        check_live_request(me, graph, options, log=there)
    with pytest.raises(OutputError, match="is the recording as well"):
        check_live_request(me, graph, options, log=tmp_path / "." / "out.mp4")


def test_a_camera_without_a_name_is_refused(made: Make) -> None:
    with pytest.raises(OptionError, match="camera is empty"):
        check_live_request(made("me.jpg"), "", LiveOptions(preview=True))
