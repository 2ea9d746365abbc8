"""Reading what a file says about itself, and whether it still is what was signed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import c2pa

from dlc.media.files.inputs import open_input
from dlc.media.provenance.kinds import mime_type
from dlc.media.provenance.manifest import STATEMENT
from dlc.media.provenance.marking import note_in
from dlc.media.provenance.settings import context

_UNTRUSTED = "signingCredential.untrusted"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a C2PA manifest says.

    Attributes:
        generator: the program that wrote it, with its version.
        signer: the name in the signer's certificate.
        is_own: whether this user's own key signed it.
        actions: what was done, in C2PA's terms, in order.
        source_types: IPTC's terms for what the file shows.
        statement: what dlc says of how the file was made; None where another program signed last.
        earlier: the programs that signed the files it was made of.
        problems: why the file is not what was signed; none if it is intact.
    """

    generator: str = ""
    signer: str = ""
    is_own: bool = False
    actions: tuple[str, ...] = ()
    source_types: tuple[str, ...] = ()
    statement: Mapping[str, Any] | None = None
    earlier: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_intact(self) -> bool:
        """Whether the file is the one that was signed, to the byte."""
        return not self.problems


def read_manifest(path: Path, own: bytes | None = None) -> Manifest | None:
    """Read and check a file's manifest; nothing is fetched from the network.

    Args:
        path: a file of any kind.
        own: this user's own certificate, PEM.

    Returns:
        None if the file has no manifest.
    """
    trust = {"user_anchors": own.decode()} if own else None
    try:
        with context(trust=trust) as settled, path.open("rb") as file:
            reader = c2pa.Reader.try_create(mime_type(path), file, None, settled)
            if reader is None:
                return None
            with reader:
                store = json.loads(reader.json())
    except c2pa.C2paError.NotSupported:
        return None
    except c2pa.C2paError as error:
        return Manifest(problems=(f"its manifest is damaged: {error}",))
    return _manifest(store)


def read_note(path: Path, *, is_image: bool) -> str | None:
    """Return the plain note by which a file says that it is synthetic, None if it has none.

    Raises:
        InputError: if it cannot be read.
    """
    if is_image:
        # It loads libraries that videos are inspected without.
        from dlc.media.image.xmp import xmp_of

        xmp = xmp_of(path)
        return note_in(xmp.decode(errors="replace")) if xmp else None
    with open_input(path) as container:
        # Matroska spells it in capitals.
        comments = [text for key, text in container.metadata.items() if key.lower() == "comment"]
        return note_in(" ".join(comments))


def _manifest(store: Mapping[str, Any]) -> Manifest:
    """Translate what c2pa tells of a manifest store."""
    label = store["active_manifest"]
    active = store["manifests"][label]
    actions = [
        action
        for assertion in active.get("assertions", ())
        if assertion["label"].startswith("c2pa.actions")
        for action in assertion["data"].get("actions", ())
    ]
    signature = active.get("signature_info") or {}
    types = (action.get("digitalSourceType") for action in actions)
    return Manifest(
        generator=_generator(active),
        signer=signature.get("common_name") or signature.get("issuer") or "",
        is_own=store.get("validation_state") == "Trusted",
        actions=tuple(action["action"] for action in actions),
        source_types=tuple(kind.rpartition("/")[2] for kind in types if kind),
        statement=next(
            (known["data"] for known in active["assertions"] if known["label"] == STATEMENT), None
        ),
        earlier=tuple(
            _generator(store["manifests"][other]) for other in store["manifests"] if other != label
        ),
        problems=tuple(_problems(store)),
    )


def _generator(manifest: Mapping[str, Any]) -> str:
    known = (manifest.get("claim_generator_info") or [{}])[0]
    name = known.get("name") or manifest.get("claim_generator") or "an unnamed program"
    return " ".join(filter(None, (name, known.get("version"))))


def _problems(store: Mapping[str, Any]) -> Iterator[str]:
    """Say in words what is wrong with the file; a signer whom nobody vouches for is not."""
    results = store.get("validation_results") or {}
    failures = [*(results.get("activeManifest") or {}).get("failure", ())]
    for delta in results.get("ingredientDeltas") or ():
        failures += delta["validationDeltas"].get("failure", ())
    for failure in failures:
        code, words = failure["code"], failure.get("explanation")
        if code.endswith("Hash.mismatch"):
            yield f"the file was changed after it was signed ({code})"
        elif code != _UNTRUSTED:
            yield f"{words} ({code})" if words else code
