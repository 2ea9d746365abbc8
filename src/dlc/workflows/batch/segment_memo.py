"""What is to be known of a segment of a swap after it was made, by this run or by one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dlc.faces.people.whereabouts import Whereabouts
from dlc.media.video.segments import Segment


@dataclass(frozen=True, slots=True)
class SegmentMemo:
    """Kept with a finished segment as its `Segment.memo`.

    Attributes:
        notes: what the user should know.
        found: the people that were found, by their numbers.
        whereabouts: where people were at the end, if the next segment has to know.
        models: what made it: for each model its role, its file and what ran it.
    """

    notes: Sequence[str] = ()
    found: Sequence[int] = ()
    whereabouts: Whereabouts | None = None
    models: Sequence[Sequence[str]] | None = None

    @classmethod
    def of(cls, segment: Segment) -> SegmentMemo:
        """Return that of a finished segment."""
        memo = dict(segment.memo)
        where = memo.pop("whereabouts", None)
        return cls(**memo, whereabouts=None if where is None else Whereabouts(**where))

    def as_plain(self) -> Mapping[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)
