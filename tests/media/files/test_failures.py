"""Errors of FFmpeg and the system in words that help."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import av
import pytest

from dlc.errors import InputError, OutputError, WriteError
from dlc.media.files.failures import reason_of, unreadable, unwritable

PATH = Path("clip.mp4")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("from_ffmpeg", [False, True])
def test_a_full_disk_says_what_to_do(code: int, from_ffmpeg: bool) -> None:
    error: OSError | av.FFmpegError = OSError(code, os.strerror(code))
    if from_ffmpeg:
        error = av.FFmpegError(code, os.strerror(code), "clip.mp4")

    result = unwritable(PATH, error)

    assert isinstance(result, WriteError)
    assert "free some space" in str(result)


def test_other_write_errors_carry_their_reason() -> None:
    result = unwritable(PATH, OSError(errno.EIO, "Input/output error"))

    assert isinstance(result, WriteError)
    assert str(result) == "clip.mp4 could not be written: Input/output error"


def test_closed_doors_are_named() -> None:
    closed = PermissionError(errno.EACCES, "Permission denied")

    assert type(unwritable(PATH, closed)) is OutputError
    assert "may not be written to" in str(unwritable(PATH, closed))
    assert isinstance(unreadable(PATH, closed), InputError)
    assert "permissions" in str(unreadable(PATH, closed))


def test_reasons_are_without_numbers_and_paths() -> None:
    error = av.InvalidDataError(
        1094995529, "Invalid data found", "clip.mp4", (16, "mov", "no moov\n")
    )

    assert reason_of(error) == "Invalid data found (no moov)"
