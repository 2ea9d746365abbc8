"""Marks the outputs of a run with where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlc.host.memory import return_free_memory
from dlc.media.files.atomic import Finish
from dlc.media.provenance.identity import Identity, read_identity, user_identity
from dlc.media.provenance.kinds import can_be_signed
from dlc.media.provenance.manifest import InputDigest, Statement
from dlc.media.provenance.signing import ManifestSigner
from dlc.model_store.folders import Folders
from dlc.options import Engine, FaceChoice, LiveOptions, ProvenanceOptions, SwapOptions
from dlc.workflows.digests import input_digest


@dataclass(frozen=True, slots=True)
class Provenance:
    """How outputs are signed, if they are.

    Attributes:
        notes: what the user should know about signing.
        signer: signs them; None if nothing is signed.
    """

    notes: tuple[str, ...]
    signer: ManifestSigner | None = None

    def finish_for(self, output: Path) -> Finish | None:
        """Return the callback that signs an output; None if it stays unsigned."""
        if self.signer is None or not can_be_signed(output):
            return None
        sign = self.signer.sign

        def finish(source: Path, destination: Path) -> None:
            # Signing a small file takes several times its size, at the end of a run.
            return_free_memory()
            sign(source, destination)

        return finish


def prepare_provenance(
    photos: Sequence[Path],
    target: Path | None,
    outputs: Sequence[Path],
    engine: Engine,
    options: SwapOptions | LiveOptions,
) -> Provenance:
    """Digest the inputs and find out whether signing will work, before any other work.

    Args:
        photos: the source photos.
        target: the edited file; None for a recorded camera or stream.
        outputs: the files that will be written.
        engine: the engine that swaps.
        options: the user's choices.

    Raises:
        InputError: an input cannot be read.
        ProvenanceError: the outputs could not be signed.
    """
    if not options.provenance.signed:
        return Provenance(("no signed provenance manifest, as asked for",))
    unsigned = [output for output in outputs if not can_be_signed(output)]
    notes = tuple(
        f"{output.suffix} has no room for a signed provenance manifest" for output in unsigned
    )
    if len(unsigned) == len(outputs):
        return Provenance(notes)
    inputs = [InputDigest("source", input_digest(photo)) for photo in photos]
    if target is not None:
        inputs.append(InputDigest("target", input_digest(target)))
    statement = Statement(engine.value, _choices(options), tuple(inputs))
    signer = ManifestSigner(_identity(options.provenance), statement, target)
    return Provenance((*notes, *signer.notes), signer)


def _identity(options: ProvenanceOptions) -> Identity:
    if options.certificate is not None and options.key is not None:
        return read_identity(options.certificate, options.key)
    return user_identity(Folders.of_user().data)


def _choices(options: SwapOptions | LiveOptions) -> dict[str, Any]:
    """Return the options that shaped the result, without any file names."""
    faces = options.faces.value if isinstance(options.faces, FaceChoice) else list(options.faces)
    if isinstance(options, LiveOptions):
        mirror = options.capture.mirror
        return {"faces": faces, "no_face": options.no_face.value, "mirror": mirror}
    chosen = {"faces": faces, "start": options.start, "end": options.end}
    return {**chosen, "height": options.encoding.height}
