"""What a run over a folder will do, and what keeps it from beginning."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dlc.errors import InputError, OptionError, OutputError
from dlc.workflows.batch.folder_plan import plan_folder


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Return a folder that holds files by their names only: planning opens none."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("b10.ts", "b9.mov", "a.jpg", "a.mp4"):
        (folder / name).write_bytes(b"x")
    return folder


def test_outputs_have_the_targets_names_in_natural_order(clips: Path, tmp_path: Path) -> None:
    plan = plan_folder(clips, tmp_path / "out", None)
    assert [files.target.name for files in plan.targets] == ["a.jpg", "a.mp4", "b9.mov", "b10.ts"]
    assert [files.output for files in plan.targets] == [
        tmp_path / "out" / name for name in ("a.jpg", "a.mp4", "b9.mov", "b10.mp4")
    ]
    assert {files.contact_sheet for files in plan.targets} == {None}
    assert plan.notes == ("1 file is of a kind that dlc does not write: b10.ts becomes b10.mp4",)
    assert not (tmp_path / "out").exists()


def test_contact_sheets_of_a_clip_and_its_poster_are_two(clips: Path, tmp_path: Path) -> None:
    plan = plan_folder(clips, tmp_path / "out", tmp_path / "sheets")
    assert [files.contact_sheet for files in plan.targets] == [
        tmp_path / "sheets" / f"{name}.png" for name in ("a.jpg", "a.mp4", "b9.mov", "b10.mp4")
    ]


def test_outputs_of_another_kind_are_noted(clips: Path, tmp_path: Path) -> None:
    for name in ("c.heic", "d.avif", "e.wmv"):
        (clips / name).write_bytes(b"x")
    assert plan_folder(clips, tmp_path / "out", None).notes == (
        "4 files are of kinds that dlc does not write: b10.ts becomes b10.mp4, c.heic becomes "
        "c.jpg, d.avif becomes d.jpg and 1 more",
    )


def test_what_is_left_out_is_noted(clips: Path) -> None:
    (clips / "b10.ts").unlink()
    for name in ("1.psd", "2.srt", "3", "4.mp3", ".hidden"):
        (clips / name).write_bytes(b"x")
    for name in ("more", "out", "sheets", ".git"):
        (clips / name).mkdir()
    plan = plan_folder(clips, clips / "out", clips / "sheets")
    assert plan.notes == (
        "4 files are of no kind that dlc reads, and left out: 1.psd, 2.srt, 3 and 1 more",
        "folders inside the folder are left out: more",
    )


def test_a_folder_without_targets_says_what_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(b"x")
    with pytest.raises(InputError, match=r"holds no video and no picture.* \.jpg.* \.mp4.* \.wmv"):
        plan_folder(tmp_path, tmp_path / "out", None)


def test_two_targets_for_one_output_are_both_named(clips: Path, tmp_path: Path) -> None:
    (clips / "b9.ts").write_bytes(b"x")
    (clips / "b9.wmv").write_bytes(b"x")
    with pytest.raises(InputError, match=r"b9\.ts and .*b9\.wmv would both become .*b9\.mp4"):
        plan_folder(clips, tmp_path / "out", None)
    (clips / "b9.ts").unlink()
    (clips / "a.heic").write_bytes(b"x")
    with pytest.raises(InputError, match=r"a\.heic and .*a\.jpg would both become .*a\.jpg"):
        plan_folder(clips, tmp_path / "out", None)


@pytest.mark.skipif(sys.platform != "linux", reason="file systems elsewhere ignore case")
def test_names_that_differ_in_case_are_two_where_the_file_system_says_so(
    clips: Path, tmp_path: Path
) -> None:
    (clips / "A.wmv").write_bytes(b"x")
    output = tmp_path / "out" / "new"
    plan = plan_folder(clips, output, None)
    assert {output / "a.mp4", output / "A.mp4"} <= {files.output for files in plan.targets}
    # A folder that is there under both names, as it is where case makes no difference.
    (tmp_path / "out").mkdir()
    (tmp_path / "OUT").symlink_to("out", target_is_directory=True)
    with pytest.raises(
        InputError, match=r"a\.mp4 and .*A\.wmv would both become .* case of letters"
    ):
        plan_folder(clips, output, None)


def test_a_file_is_no_folder_of_targets(clips: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dlc\.swap processes files"):
        plan_folder(clips / "a.mp4", tmp_path / "out", None)
    with pytest.raises(InputError, match="no such file"):
        plan_folder(tmp_path / "nowhere", tmp_path / "out", None)


def test_results_go_beside_no_target(clips: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.symlink_to(clips, target_is_directory=True)
    for output in (clips, linked, tmp_path / "linked" / ".." / "clips"):
        with pytest.raises(OutputError, match="is the folder of the targets"):
            plan_folder(clips, output, None)


def test_results_need_a_folder(clips: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    output.write_bytes(b"precious")
    with pytest.raises(OutputError, match="is a file, and a folder is needed"):
        plan_folder(clips, output, None)
    with pytest.raises(OutputError, match="is a file, and a folder is needed"):
        plan_folder(clips, tmp_path / "out", output)


def test_the_name_of_a_file_is_none_of_a_new_folder(clips: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.MP4"
    with pytest.raises(OutputError, match=r"name of a file: .* the output is a folder, too"):
        plan_folder(clips, output, None)
    output.mkdir()
    assert plan_folder(clips, output, None).output == output


@pytest.mark.parametrize("name", ["clips", "out", "sheet.png"])
def test_contact_sheets_need_a_folder_of_their_own(clips: Path, tmp_path: Path, name: str) -> None:
    words = "`contact_sheet` is a folder" if name == "sheet.png" else "a folder of their own"
    with pytest.raises(OptionError, match=words):
        plan_folder(clips, tmp_path / "out", tmp_path / name)
