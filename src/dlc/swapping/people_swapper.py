"""Gives every person their own source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import all_needs
from dlc.faces.pixels import Pixels, TrackableFrame
from dlc.swapping.swapper import FaceSwapper


class PeopleSwapper:
    """Passes each face to its person's swapper; a `FaceSwapper`."""

    def __init__(self, swappers: Mapping[int | None, FaceSwapper]) -> None:
        """Use prepared swappers, at least one, by `Face.person`; None means everybody else."""
        self._swappers = dict(swappers)
        every = self._swappers.values()
        self.source_needs = all_needs(each.source_needs for each in every)
        self.target_needs = all_needs(each.target_needs for each in every)

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> dict[int, str]:
        """Give everybody the same source person; see `FaceSwapper.prepare`."""
        flaws: dict[int, str] = {}
        for swapper in self._swappers.values():
            flaws |= swapper.prepare(sources)
        return flaws

    def another(self) -> PeopleSwapper:
        """Return a swapper for the same people with the same sources, which saw no target."""
        return PeopleSwapper({key: each.another() for key, each in self._swappers.items()})

    def swap(self, frame: TrackableFrame, faces: Sequence[Face]) -> list[Patch | None]:
        """Return each swapped face, or None if a credible swap is impossible.

        Raises:
            KeyError: there is no swapper for a face's person.
        """
        patches: list[Patch | None] = [None] * len(faces)
        for person in dict.fromkeys(face.person for face in faces):
            numbers = [number for number, face in enumerate(faces) if face.person == person]
            made = self._swappers[person].swap(frame, [faces[number] for number in numbers])
            for number, patch in zip(numbers, made, strict=True):
                patches[number] = patch
        return patches
