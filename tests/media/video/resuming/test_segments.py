"""Finished segments are found again, and only those that are whole and of the same run."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.errors import OutputError
from dlc.media.video.resuming.segments import Segment, SegmentFolder

SEGMENT = Segment(
    frames=3, first_pts=0, size=4, is_last=False, memo={"notes": ["a"], "at": [0.1, None]}
)


def folder_of(tmp_path: Path, *, target: str = "a", anew: bool = False) -> SegmentFolder:
    return SegmentFolder(tmp_path / "out.mp4", ".mp4", {"target": target}, anew=anew)


def keep(folder: SegmentFolder, count: int) -> None:
    for _ in range(count):
        folder.file(len(folder.finished)).write_bytes(b"four")
        folder.keep(SEGMENT)


def test_finished_parts_are_found_again(tmp_path: Path) -> None:
    with folder_of(tmp_path) as folder:
        keep(folder, 2)
        (folder.path / ".000002.dlc-1-abc.mp4").write_bytes(b"half")
        folder.file(2).write_bytes(b"no record")
    with folder_of(tmp_path) as folder:
        assert folder.finished == [SEGMENT, SEGMENT]
        names = sorted(path.name for path in folder.path.iterdir())
    assert names == ["000000.json", "000000.mp4", "000001.json", "000001.mp4", "run.json"]


@pytest.mark.parametrize("damage", ["cut", "gone", "record"])
def test_what_follows_a_damaged_part_does_not_count(tmp_path: Path, damage: str) -> None:
    with folder_of(tmp_path) as folder:
        keep(folder, 3)
        if damage == "cut":
            folder.file(1).write_bytes(b"fo")
        elif damage == "gone":
            folder.file(1).unlink()
        else:
            (folder.path / "000001.json").write_text('{"frames": ')
    with folder_of(tmp_path) as folder:
        assert folder.finished == [SEGMENT]
        assert not folder.file(2).exists()


def test_parts_of_another_run_are_kept_from_it(tmp_path: Path) -> None:
    with folder_of(tmp_path) as folder:
        keep(folder, 1)
    with (
        pytest.raises(OutputError, match=r"something else \(target\)"),
        folder_of(tmp_path, target="b"),
    ):
        pass
    with folder_of(tmp_path, target="b", anew=True) as folder:
        assert folder.finished == []


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        folder_of(tmp_path) as folder,
        pytest.raises(OutputError, match="another run"),
        folder_of(tmp_path),
    ):
        pass
    folder.remove()
    assert list(tmp_path.iterdir()) == []
