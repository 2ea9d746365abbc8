"""What is to be done with a folder of targets, and every reason not to begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlc.counted import listed
from dlc.errors import InputError, OptionError, OutputError
from dlc.media.files.outputs import check_folder
from dlc.media.files.paths import is_folder
from dlc.media.targets import TARGET_EXTENSIONS, look_into, output_name

# Names in a note; the rest is counted.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class TargetFiles:
    """The files of one target.

    Attributes:
        target: the video or picture.
        output: the file to write.
        contact_sheet: where its contact sheet goes, if one was requested.
    """

    target: Path
    output: Path
    contact_sheet: Path | None


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """The targets in a folder, at least one.

    Attributes:
        output: the folder for the results.
        contact_sheets: the folder for contact sheets, if they were requested.
        targets: the targets in natural order.
        notes: which outputs are of another kind than their targets, and what else is in the folder,
            in words for the user.
    """

    output: Path
    contact_sheets: Path | None
    targets: tuple[TargetFiles, ...]
    notes: tuple[str, ...]


def plan_folder(folder: Path, output: Path, contact_sheets: Path | None) -> FolderPlan:
    """Look for targets and name their outputs; nothing is written.

    Args:
        folder: holds the targets.
        output: the folder for the results, which need not be there yet.
        contact_sheets: likewise for contact sheets; None if there will be none.

    Raises:
        InputError: `folder` is not there, is no folder, holds no target, or two of them would get
            the same output.
        OptionError: contact sheets are not to go into a folder of their own.
        OutputError: `output` is a file or named like one, is the folder of the targets, or may not
            be written to.
    """
    if not is_folder(folder):
        raise InputError(f"{folder} is a file, a folder is needed: dlc.swap processes files")
    check_folder(output)
    if _same(folder, output):
        raise OutputError(f"{output} is the folder of the targets: choose another one")
    if contact_sheets is not None:
        _check_sheets(contact_sheets, folder, output)
    contents = look_into(folder)
    if not contents.targets:
        raise InputError(
            f"{folder} holds no video and no picture: what is processed are files directly in it "
            f"whose names end in {', '.join(sorted(TARGET_EXTENSIONS))}"
        )
    _check_name(output)
    targets = tuple(_files_of(target, output, contact_sheets) for target in contents.targets)
    _check_outputs(targets, output)
    own = [path for path in (output, contact_sheets) if path is not None]
    strangers = [path for path in contents.folders if not any(_same(path, each) for each in own)]
    notes = [*_renamed(targets), *_left_out(contents.others, strangers)]
    return FolderPlan(output, contact_sheets, targets, tuple(notes))


def _files_of(target: Path, output: Path, contact_sheets: Path | None) -> TargetFiles:
    name = output_name(target)
    # Its whole name: a clip often has a picture of the same stem beside it.
    sheet = None if contact_sheets is None else contact_sheets / f"{name}.png"
    return TargetFiles(target, output / name, sheet)


def _check_outputs(targets: Sequence[TargetFiles], folder: Path) -> None:
    first: dict[str, TargetFiles] = {}
    for each in targets:
        other = first.setdefault(each.output.name.casefold(), each)
        is_same = other.output == each.output
        if other is each or not (is_same or _ignores_case(folder)):
            continue
        why = "" if is_same else ", as the case of letters makes no difference there"
        raise InputError(
            f"{other.target} and {each.target} would both become {each.output}{why}: rename one of "
            "them"
        )


def _ignores_case(folder: Path) -> bool:
    """Whether names that differ in case alone are one name in a folder, which need not exist.

    What is there already tells it without anything being written.
    """
    above = folder.resolve()
    try:
        there = next(path for path in (above, *above.parents) if path.is_dir())
        for known in (*there.iterdir(), there, *there.parents):
            other = known.with_name(known.name.swapcase()) if known.name else known
            if other.name != known.name:
                return other.exists() and other.samefile(known)
    except OSError:
        pass  # whoever writes there says why it is not possible
    return False


def _check_name(output: Path) -> None:
    if output.suffix.lower() in TARGET_EXTENSIONS and not output.is_dir():
        raise OutputError(
            f"{output} is the name of a file: for a folder of targets the output is a folder, too; "
            "choose another name, or make this folder first"
        )


def _check_sheets(sheets: Path, folder: Path, output: Path) -> None:
    if sheets.suffix.lower() == ".png" and not sheets.is_dir():
        raise OptionError(
            f"{sheets} is the name of a picture: for a folder of targets `contact_sheet` is a "
            "folder, too, which gets a picture for each of them"
        )
    check_folder(sheets)
    if _same(sheets, folder) or _same(sheets, output):
        raise OptionError(
            f"contact sheets need a folder of their own; choose another than {sheets}"
        )


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve() or (
        one.exists() and other.exists() and one.samefile(other)
    )


def _renamed(targets: Sequence[TargetFiles]) -> Iterator[str]:
    """Yield what is to be said of targets whose outputs are of another kind."""
    renamed = [
        f"{each.target.name} becomes {each.output.name}"
        for each in targets
        if each.target.name != each.output.name
    ]
    if renamed:
        what = "1 file is of a kind" if len(renamed) == 1 else f"{len(renamed)} files are of kinds"
        yield f"{what} that dlc does not write: {listed(renamed, _NAMED)}"


def _left_out(others: Sequence[Path], folders: Sequence[Path]) -> Iterator[str]:
    """Yield what is to be said of what is no target."""
    if others:
        what = "1 file is" if len(others) == 1 else f"{len(others)} files are"
        names = listed([path.name for path in others], _NAMED)
        yield f"{what} of no kind that dlc reads, and left out: {names}"
    if folders:
        names = listed([path.name for path in folders], _NAMED)
        yield f"folders inside the folder are left out: {names}"
