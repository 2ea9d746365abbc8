"""The note that says an output is synthetic."""

from __future__ import annotations

from xml.etree import ElementTree

from dlc.media.provenance.marking import note_in, noted_comment, noted_xmp, synthetic_note

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"


def descriptions(packet: bytes) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(packet).iter(f"{RDF}Description"))  # noqa: S314 - our own


def test_comments_keep_what_they_said() -> None:
    assert noted_comment(None) == synthetic_note()
    assert noted_comment("holiday") == f"holiday; {synthetic_note()}"


def test_the_xmp_note_names_the_kind_of_source() -> None:
    (description,) = descriptions(noted_xmp(None))

    kind = description.attrib[f"{IPTC}DigitalSourceType"]
    assert kind.endswith("/compositeWithTrainedAlgorithmicMedia")
    assert synthetic_note() in "".join(description.itertext())


def test_the_xmp_note_joins_what_is_there() -> None:
    old = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/></rdf:RDF></x:xmpmeta>'
    )

    first, second = descriptions(noted_xmp(old))

    assert first.attrib["{http://ns.adobe.com/xap/1.0/}Rating"] == "5"
    assert f"{IPTC}DigitalSourceType" in second.attrib


def test_the_note_is_found_again() -> None:
    assert note_in(noted_comment("holiday")) == synthetic_note()
    assert note_in(noted_xmp(None).decode()) == synthetic_note()
    assert note_in("holiday") is None
