"""Which of the two fields of an interlaced picture is the earlier one."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

import av


class FieldOrder(StrEnum):
    """The field that is shown first, by FFmpeg's abbreviation of it."""

    TOP = "tff"
    BOTTOM = "bff"

    @property
    def number(self) -> int:
        """FFmpeg's number (AVFieldOrder) for it where lines lie in their places."""
        return 4 if self is FieldOrder.TOP else 5


def field_order(frame: av.VideoFrame) -> FieldOrder | None:
    """Return which field of a picture is the earlier one; None for a progressive picture."""
    if not frame.interlaced_frame:
        return None
    top = _pass(_graph(frame, "select", "eq(interlace_type,TOPFIRST)"), frame)
    return FieldOrder.BOTTOM if top is None else FieldOrder.TOP


class FieldMarker:
    """Marks pictures as interlaced; copies of them may have lost the mark."""

    def __init__(self, order: FieldOrder) -> None:
        """Say which field is the earlier one."""
        self._order = order
        self._graphs: dict[tuple[int, int, str], av.filter.Graph] = {}

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the same picture, marked."""
        kind = (frame.width, frame.height, frame.format.name)
        if kind not in self._graphs:
            self._graphs[kind] = _graph(frame, "setfield", self._order)
        marked = _pass(self._graphs[kind], frame)
        if marked is None:
            raise TypeError("the filter returned no picture")
        return marked


def _graph(frame: av.VideoFrame, name: str, arguments: str) -> av.filter.Graph:
    graph = av.filter.Graph()
    unit = frame.time_base or Fraction(1, 25)
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=unit
    )
    graph.link_nodes(source, graph.add(name, arguments), graph.add("buffersink")).configure()
    return graph


def _pass(graph: av.filter.Graph, frame: av.VideoFrame) -> av.VideoFrame | None:
    graph.vpush(frame)
    try:
        return graph.vpull()
    except av.BlockingIOError:
        return None
