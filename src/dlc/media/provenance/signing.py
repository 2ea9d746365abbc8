"""Signing outputs: a C2PA manifest inside the file says what it is and notices every change."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import BinaryIO

import c2pa
import cv2
import numpy as np

from dlc.errors import ProvenanceError, WriteError
from dlc.media.provenance.identity import Identity
from dlc.media.provenance.kinds import WITH_MANIFESTS, mime_type
from dlc.media.provenance.manifest import Statement, definition
from dlc.media.provenance.settings import context

# C2PA's name for `dlc.media.provenance.marking.SOURCE_TYPE`.
_COMPOSITE = c2pa.C2paDigitalSourceType.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA


class ManifestSigner:
    """Signs the outputs of one run.

    Args:
        identity: who signs.
        statement: how the outputs were made.
        target: the file that was edited. A manifest that it has becomes part of the new ones, so
            that its history stays. None where there was no file, but a camera.

    Attributes:
        notes: what could not be kept, in words for the user.
    """

    def __init__(self, identity: Identity, statement: Statement, target: Path | None) -> None:
        """Look at the target, and sign a picture of one pixel.

        Raises:
            ProvenanceError: if the identity cannot sign.
        """
        self._identity = identity
        self._definition = definition(statement, is_edit=target is not None)
        self.notes: list[str] = []
        self._target = target
        self._carries_history = False
        self._try_out()
        self._carries_history = self._has_history()

    def sign(self, source: Path, destination: Path) -> None:
        """Write `source` with a signed manifest to `destination`.

        Raises:
            WriteError: if there is no room for the signed file.
            ProvenanceError: if it cannot be signed.
        """
        try:
            with source.open("rb") as unsigned, destination.open("w+b") as signed:
                self._sign(mime_type(source), unsigned, signed)
        except (OSError, c2pa.C2paError) as error:
            # c2pa hides why a write failed.
            if shutil.disk_usage(source.parent).free < source.stat().st_size:
                raise WriteError(
                    "the disk is too full to sign the output, which needs its size once more: free "
                    "some space, choose another folder, or pass `signed=False`"
                ) from error
            raise ProvenanceError(
                f"the output cannot be signed ({error}): pass `signed=False`, or choose another "
                "kind of file"
            ) from error

    def _try_out(self) -> None:
        """Find out before any work whether the identity is of use."""
        _, pixel = cv2.imencode(".png", np.zeros((1, 1, 3), np.uint8))
        try:
            self._sign("image/png", io.BytesIO(pixel.tobytes()), io.BytesIO())
        except c2pa.C2paError as error:
            raise ProvenanceError(
                f"the signing certificate cannot be used ({error}): C2PA wants one for digital "
                "signatures, of no certificate authority, and valid today"
            ) from error

    def _sign(self, kind: str, source: BinaryIO, destination: BinaryIO) -> None:
        parent = {"title": "target", "relationship": "parentOf"}
        content = dict(self._definition)
        if self._target is not None and not self._carries_history:
            content["ingredients"] = [{**parent, "format": mime_type(self._target)}]
        with context(_signer(self._identity)) as settled, c2pa.Builder(content, settled) as builder:
            if self._target is None:
                builder.set_intent(c2pa.C2paBuilderIntent.CREATE, _COMPOSITE)
            else:
                builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
            if self._target is not None and self._carries_history:
                with self._target.open("rb") as target:
                    builder.add_ingredient(parent, mime_type(self._target), target)
            builder.sign(kind, source, destination)

    def _has_history(self) -> bool:
        """Tell whether the target has a manifest of its own that can be carried on."""
        if self._target is None or mime_type(self._target) not in WITH_MANIFESTS:
            return False
        try:
            with context() as settled, self._target.open("rb") as file:
                reader = c2pa.Reader.try_create(mime_type(self._target), file, None, settled)
                if reader is not None:
                    reader.close()
                return reader is not None
        except c2pa.C2paError:
            self.notes.append("the target's own provenance manifest is damaged and not kept")
            return False


def _signer(identity: Identity) -> c2pa.Signer:
    # Without a time stamp authority: that would be a request to the network for every file.
    info = c2pa.C2paSignerInfo(identity.algorithm, identity.certificates, identity.key, None)
    return c2pa.Signer.from_info(info)
