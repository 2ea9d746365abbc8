"""The contact sheet: readable rows, and a file only where the run ends well."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import WriteError
from dlc.media.files.atomic import AtomicFile
from dlc.workflows.batch.contact_sheet import ContactSheet, draw_sheet
from dlc.workflows.batch.moments import Moment


def plain(color: tuple[int, int, int], width: int = 160, height: int = 90) -> NDArray[np.uint8]:
    return np.full((height, width, 3), color, np.uint8)


RED, GREEN, BLUE, YELLOW = (0, 0, 255), (0, 255, 0), (255, 0, 0), (0, 255, 255)


def runs_of(color: tuple[int, int, int], sheet: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Return (top, left) of every solid rectangle of `color`, in reading order."""
    mask = np.all(sheet == color, axis=2).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    places = [tuple(int(value) for value in stats[index, [1, 0]]) for index in range(1, count)]
    return sorted(places)


def test_a_row_holds_source_target_and_result_side_by_side() -> None:
    moments = [Moment(0.5, plain(GREEN), plain(BLUE)), Moment(1.5, plain(GREEN), plain(BLUE))]
    sheet = draw_sheet([plain(RED, 300, 300)], moments)
    reds, greens, blues = (runs_of(color, sheet) for color in (RED, GREEN, BLUE))
    assert [len(reds), len(greens), len(blues)] == [2, 2, 2]
    for red, green, blue in zip(reds, greens, blues, strict=True):
        assert red[0] == green[0] == blue[0]
        assert red[1] < green[1] < blue[1]
    assert int(np.all(sheet == GREEN, axis=2).sum()) == 2 * 160 * 90, "nothing covers the frames"


def test_several_photos_take_turns() -> None:
    moments = [Moment(float(row), plain(GREEN), plain(BLUE)) for row in range(4)]
    sheet = draw_sheet([plain(RED), plain(YELLOW)], moments)
    reds, yellows = runs_of(RED, sheet), runs_of(YELLOW, sheet)
    assert [len(reds), len(yellows)] == [2, 2]
    assert reds[0] < yellows[0] < reds[1] < yellows[1]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5000, 3), (30, 4000)])
def test_a_photo_of_any_shape_fits(width: int, height: int) -> None:
    sheet = draw_sheet([plain(RED, width, height)], [Moment(0.0, plain(GREEN), plain(BLUE))])
    assert sheet.shape[0] > 90
    assert len(runs_of(BLUE, sheet)) == 1


def test_the_time_is_written_below_the_frame() -> None:
    def sheet(time: float) -> NDArray[np.uint8]:
        return draw_sheet([plain(RED)], [Moment(time, plain(GREEN), plain(BLUE))])

    changed = np.argwhere(np.any(sheet(1.0) != sheet(2.0), axis=2))
    top, left = runs_of(GREEN, sheet(1.0))[0]
    assert len(changed) > 0
    assert changed[:, 0].min() >= top + 90
    assert left <= changed[:, 1].min() < changed[:, 1].max() < left + 160


def test_a_picture_has_no_time() -> None:
    sheet = draw_sheet([plain(RED)], [Moment(None, plain(GREEN), plain(BLUE))])
    top, _ = runs_of(GREEN, sheet)[0]
    assert (sheet[top + 90 :] == sheet[-1, -1]).all()


def test_it_is_drawn_into_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    with AtomicFile(path, overwrite=False) as file:
        sheet = ContactSheet(file, 2, [plain(RED)])
        assert sheet.recorder.wants_next()
        sheet.recorder.add(Moment(0.0, plain(GREEN), plain(BLUE)))
        sheet.draw()
        assert not path.exists()
    assert len(runs_of(BLUE, cv2.imread(str(path)))) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_sheet_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "sheet.png"
    sheet = ContactSheet(AtomicFile(path, overwrite=False), 2, [plain(RED)])
    sheet.recorder.add(Moment(0.0, plain(GREEN), plain(BLUE)))
    with pytest.raises(WriteError, match=r"sheet\.png"):
        sheet.draw()
