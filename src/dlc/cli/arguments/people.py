"""The options that choose people: their names, help texts, and how values are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.grouping import Group
from dlc.errors import OptionError
from dlc.media.files.paths import named_path
from dlc.options import FaceChoice, PeopleOptions

_DEFAULTS = PeopleOptions()


MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="PHOTO=SOURCE",
        help="Give the person in PHOTO the face of SOURCE; may be repeated.",
        rich_help_panel=panels.PEOPLE,
    ),
]
ReferenceOption = Annotated[
    Path | None,
    typer.Option(
        parser=named_path,
        metavar="PHOTO",
        help="Swap only the person in this photo, or in a folder of photos.",
        rich_help_panel=panels.PEOPLE,
    ),
]
SimilarityOption = Annotated[
    float | None,
    typer.Option(
        metavar="0-1",
        help="Cosine similarity above which two faces count as the same person; lower finds "
        "more, higher confuses fewer; default: 0.35 for ArcFace, 0.363 for SFace.",
        rich_help_panel=panels.PEOPLE,
    ),
]


def parse_faces(text: str) -> FaceChoice | tuple[int, ...]:
    """Return the choice that was named, or the numbers of "1,3".

    Raises:
        OptionError: the text is neither.
    """
    if text in list(FaceChoice):
        return FaceChoice(text)
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError as error:
        raise OptionError(
            f"--faces {text!r} is not valid; give {', '.join(FaceChoice)}, or numbers such as 1,3"
        ) from error


def people_options(
    mapping: MapOption = None,
    reference: ReferenceOption = _DEFAULTS.reference,
    similarity: SimilarityOption = _DEFAULTS.similarity,
) -> PeopleOptions:
    """Return what the options say.

    Raises:
        OptionError: there is nobody to be told apart by a similarity; what `parse_map` raises.
    """
    if similarity is not None and not mapping and reference is None:
        raise OptionError("--similarity has no effect without --map or --reference")
    return PeopleOptions(
        mapping=tuple(map(parse_map, mapping or ())),
        reference=reference,
        similarity=similarity,
    )


People = Annotated[PeopleOptions, Group(people_options)]


def parse_map(text: str) -> tuple[Path, Path]:
    """Return the two paths of "person.jpg=source.jpg".

    Where a name itself has an equals sign, it is divided so that the first photo exists.

    Raises:
        OptionError: the text is not two names.
    """
    pieces = text.split("=")
    pairs = [
        (Path("=".join(pieces[:count])), Path("=".join(pieces[count:])))
        for count in range(1, len(pieces))
        if "".join(pieces[:count]) and "".join(pieces[count:])
    ]
    if not pairs:
        raise OptionError(f"--map {text!r} is not PHOTO=SOURCE, such as person1.png=alice.jpg")
    # Not Path.exists, which fails in a folder that may not be looked into: that is told later.
    return next((pair for pair in pairs if os.access(pair[0], os.F_OK)), pairs[0])


def named_files(
    source: Path | None, target: Path | None, output: Path | None, *, mapped: bool
) -> tuple[Path | None, Path, Path]:
    """Return SOURCE, TARGET and OUTPUT; with --map, two names are the last two.

    Raises:
        OptionError: one of them is missing.
    """
    if mapped and output is None:
        source, target, output = None, source, target
    names = {"TARGET": target, "OUTPUT": output}
    if not mapped:
        names = {"SOURCE": source, **names}
    missing = [name for name, path in names.items() if path is None]
    if missing or target is None or output is None:
        raise OptionError(f"missing {' and '.join(missing)} (see --help)")
    return source, target, output
