"""The people of a video, as lines for people and as one JSON object for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from dlc.cli.flags import with_flags
from dlc.cli.printable import printable, shell_word
from dlc.counted import counted
from dlc.workflows.people.faces import FacesResult, FoundPerson


def faces_as_text(result: FacesResult) -> str:
    """Return a line for every person, the notes, and options to copy."""
    people = "1 person" if len(result.people) == 1 else f"{len(result.people)} people"
    frames = counted(result.frames, "frame")
    lines = [f"{people} in {frames}"]
    lines += [f"{person.photo.stem:<10}{person.appearance}" for person in result.people]
    lines += [f"note: {with_flags(note)}" for note in result.notes]
    lines += [f"pictures: {printable(result.sheet)}", ""]
    lines += map(_map_option, result.people)
    return "\n".join(lines)


def faces_as_json(result: FacesResult) -> str:
    """Return one line of ASCII JSON; paths as text, times in seconds."""
    people = [
        {**asdict(person), "photo": str(person.photo), "map": _map_option(person)}
        for person in result.people
    ]
    return json.dumps(
        {
            "target": str(result.target),
            "sheet": str(result.sheet),
            "frames": result.frames,
            "recognized": result.recognized,
            "models": [asdict(model) for model in result.models],
            "people": people,
            "notes": list(map(with_flags, result.notes)),
        }
    )


def _map_option(person: FoundPerson) -> str:
    return f"--map {shell_word(f'{person.photo}=SOURCE.jpg')}"
