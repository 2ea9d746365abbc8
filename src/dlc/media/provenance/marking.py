"""The plain note by which every output says that it is synthetic."""

from __future__ import annotations

import re
from html import escape
from importlib.metadata import version

# IPTC's term for a camera picture of which a part was made by a model.
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"


def synthetic_note() -> str:
    """Return the note in words."""
    return f"synthetic media: faces swapped with dlc {version('dlc')}"


def note_in(text: str) -> str | None:
    """Return the note that a comment or XMP packet carries, None if there is none."""
    found = re.search(r"synthetic media: faces swapped with dlc [\w.+-]+", text)
    return found[0] if found else None


def noted_comment(comment: str | None) -> str:
    """Return a container's comment with the note added."""
    return f"{comment}; {synthetic_note()}" if comment else synthetic_note()


def noted_xmp(packet: bytes | None) -> bytes:
    """Return an XMP packet with the note added.

    Args:
        packet: the input's XMP packet, if it has one; what it says is kept.
    """
    description = (
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}"><dc:description><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{escape(synthetic_note())}</rdf:li>'
        "</rdf:Alt></dc:description></rdf:Description>"
    ).encode()
    end = b"</rdf:RDF>"
    if packet and end in packet:
        before, _, after = packet.rpartition(end)
        return before + description + end + after
    return (
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        + description
        + end
        + b'</x:xmpmeta><?xpacket end="w"?>'
    )
