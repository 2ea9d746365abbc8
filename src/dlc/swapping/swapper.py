"""The interface of swap engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels as Pixels
from dlc.faces.pixels import TrackableFrame


class FaceSwapper(Protocol):
    """Replaces faces with the face it was prepared with; called from one thread."""

    @property
    def source_needs(self) -> Needs:
        """What `prepare` needs of a source face besides its five points."""

    @property
    def target_needs(self) -> Needs:
        """What `swap` needs of a target face besides its five points."""

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> Mapping[int, str]:
        """Prepare the source person from one or more photos, each with the face to use.

        Returns:
            What makes photos poor sources, by their numbers; nothing of good ones.
        """

    def another(self) -> FaceSwapper:
        """Return a swapper for another target, or to prepare with another source person.

        It shares what was loaded and has the same source, but has not seen any target.
        """

    def swap(self, frame: TrackableFrame, faces: Sequence[Face]) -> list[Patch | None]:
        """Return new pixels for each face in a frame, or None if a credible swap is impossible."""
