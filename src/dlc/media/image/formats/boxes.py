"""The boxes of a HEIF file (ISO/IEC 14496-12 and 23008-12), which HEIC and AVIF pictures are in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

# Equal tiles may share their contents; many more that do are there to take time and memory.
_MOST_SHARING = 16


@dataclass(slots=True)
class Item:
    """A picture, a part of one, or a block of metadata.

    Attributes:
        kind: its four-letter type, such as hvc1, av01, grid, Exif or mime.
        hidden: whether it is not meant to be shown by itself.
        content_type: of an item of the kind "mime", its MIME type.
        properties: types and contents of its properties, in order.
        extents: beginning and length of the parts of its contents, in bytes of the file.
        references: which items it refers to, by the type of the reference.
    """

    kind: bytes = b""
    hidden: bool = False
    content_type: bytes = b""
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    extents: list[tuple[int, int]] = field(default_factory=list)
    references: dict[bytes, list[int]] = field(default_factory=dict)

    def get(self, kind: bytes) -> bytes | None:
        """Return the contents of its first property of a type, None if it has none."""
        return next((contents for known, contents in self.properties if known == kind), None)


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a file.

    Attributes:
        primary: the number of the one that is the file's picture.
        by_number: all of them.
    """

    primary: int
    by_number: dict[int, Item]


def read_items(data: bytes) -> Items | None:
    """Return what the boxes of a file say of its items, None if they make no sense.

    Args:
        data: the whole file.
    """
    try:
        whole = _found(data, 0, len(data))
        # The version and flags of a "full" box come before its contents.
        begin, end = whole[b"meta"]
        meta = _found(data, begin + 4, end)
        primary = _Reader(data, *meta[b"pitm"])
        number = primary.number(4 if primary.version() else 2)
        items = _described(_Reader(data, *meta[b"iinf"]))
        _locate(_Reader(data, *meta[b"iloc"]), items, meta.get(b"idat", (len(data), 0))[0])
        _attach(_Reader(data, *meta[b"iprp"]), items)
        if b"iref" in meta:
            _relate(_Reader(data, *meta[b"iref"]), items)
    except (EOFError, KeyError):
        return None
    return Items(number, items) if number in items else None


class _Reader:
    """Reads numbers and texts from a part of a file, one after the other."""

    def __init__(self, data: bytes, begin: int, end: int) -> None:
        self.data, self.at, self.end = data, begin, end
        self.flags = 0

    def number(self, size: int) -> int:
        """Return an unsigned number of `size` bytes; raises EOFError if it is not there."""
        self.at += size
        if self.at > self.end:
            raise EOFError
        return int.from_bytes(self.data[self.at - size : self.at], "big")

    def version(self) -> int:
        """Return a box's version, and remember its flags."""
        version, self.flags = self.number(1), self.number(3)
        return version

    def text(self) -> bytes:
        """Return a text that ends with a zero, or with the box."""
        begin, found = self.at, self.data.find(b"\0", self.at, self.end)
        self.at = self.end if found < 0 else found + 1
        return self.data[begin : self.end if found < 0 else found]

    def boxes(self) -> Iterator[tuple[bytes, _Reader]]:
        """Yield types and readers of the boxes in the rest."""
        for kind, begin, end in _boxes(self.data, self.at, self.end):
            yield kind, _Reader(self.data, begin, end)


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield type, beginning and end of the contents of boxes; the last one may be cut short."""
    while at + 8 <= end:
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield data[at + 4 : at + 8], min(at + head, end), min(at + size, end)
        at += size


def _found(data: bytes, begin: int, end: int) -> dict[bytes, tuple[int, int]]:
    """Return where the contents of the first box of each type are."""
    found: dict[bytes, tuple[int, int]] = {}
    for kind, *where in _boxes(data, begin, end):
        found.setdefault(kind, (where[0], where[1]))
    return found


def _described(iinf: _Reader) -> dict[int, Item]:
    """Return the items that an item information box lists."""
    iinf.number(4 if iinf.version() else 2)
    items: dict[int, Item] = {}
    for kind, infe in iinf.boxes():
        if kind != b"infe" or (version := infe.version()) < 2:
            continue
        number = infe.number(2 if version == 2 else 4)
        infe.number(2)
        item = Item(infe.number(4).to_bytes(4, "big"), hidden=bool(infe.flags & 1))
        infe.text()
        if item.kind == b"mime":
            item.content_type = infe.text()
        items[number] = item
    return items


def _locate(iloc: _Reader, items: dict[int, Item], idat: int) -> None:
    """Note where the contents of items are; those in other files are left out."""
    version, left = iloc.version(), _MOST_SHARING * len(iloc.data)
    sizes = iloc.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> at & 15 for at in (12, 8, 4, 0))
    for _ in range(iloc.number(2 if version < 2 else 4)):
        number = iloc.number(2 if version < 2 else 4)
        method = iloc.number(2) & 15 if version else 0
        is_here = iloc.number(2) == 0 and method < 2
        base = iloc.number(base_size) + (idat if method == 1 else 0)
        for _ in range(iloc.number(2)):
            iloc.number(index_size if version else 0)
            begin, length = base + iloc.number(offset_size), iloc.number(length_size)
            # No length means all of the file.
            there = max(0, len(iloc.data) - begin)
            left -= 1 + min(length or there, there)
            if left < 0:
                raise EOFError
            if is_here and number in items:
                items[number].extents.append((begin, length or there))


def _attach(iprp: _Reader, items: dict[int, Item]) -> None:
    """Give items their properties."""
    properties: list[tuple[bytes, bytes]] = []
    for kind, box in iprp.boxes():
        if kind == b"ipco":
            properties = [(each, box.data[one.at : one.end]) for each, one in box.boxes()]
        elif kind == b"ipma":
            version = box.version()
            # The first bit of an index tells whether readers have to understand the property.
            size, mask = (2, 0x7FFF) if box.flags & 1 else (1, 0x7F)
            for _ in range(box.number(4)):
                item = items.get(box.number(4 if version else 2), Item())
                indices = [box.number(size) & mask for _ in range(box.number(1))]
                item.properties += [properties[i - 1] for i in indices if 0 < i <= len(properties)]


def _relate(iref: _Reader, items: dict[int, Item]) -> None:
    """Give items their references."""
    size = 4 if iref.version() else 2
    for kind, box in iref.boxes():
        item = items.get(box.number(size), Item())
        item.references.setdefault(kind, []).extend(box.number(size) for _ in range(box.number(2)))
