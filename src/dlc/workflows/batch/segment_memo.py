"""What is remembered about a finished segment, whether this run or an earlier one made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dlc.faces.people.whereabouts import Whereabouts
from dlc.media.video.resuming.segments import Segment
from dlc.workflows.result import Passage


@dataclass(frozen=True, slots=True)
class SegmentMemo:
    """State stored with a finished segment as its `Segment.memo`.

    Attributes:
        notes: what the user should know.
        found: numbers of the people that were found.
        whereabouts: where people were at the end, if the next segment needs it.
        models: the role, file and provider of each model that was used.
        passages_left: where faces were left as they were.
    """

    notes: Sequence[str] = ()
    found: Sequence[int] = ()
    whereabouts: Whereabouts | None = None
    models: Sequence[Sequence[str]] | None = None
    passages_left: Sequence[Passage] = ()

    @classmethod
    def of(cls, segment: Segment) -> SegmentMemo:
        """Return the memo of a finished segment."""
        memo = dict(segment.memo)
        where = memo.pop("whereabouts", None)
        passages = [Passage(**passage) for passage in memo.pop("passages_left", ())]
        whereabouts = None if where is None else Whereabouts(**where)
        return cls(**memo, whereabouts=whereabouts, passages_left=passages)

    def as_plain(self) -> Mapping[str, Any]:
        """Return it in a form that JSON can hold."""
        return asdict(self)
