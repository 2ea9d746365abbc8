"""What a file says about its origin, and whether that still holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlc.media.files.paths import named_path, require_file
from dlc.media.image.recognition import is_image
from dlc.media.provenance.identity import own_certificate
from dlc.media.provenance.inspection import Manifest, read_manifest, read_note
from dlc.model_store.folders import Folders
from dlc.workflows.libraries import require_libraries


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in a file.

    Attributes:
        path: the file.
        manifest: its C2PA manifest, None if it has none.
        note: the plain note saying that it is synthetic, None if it has none.
    """

    path: Path
    manifest: Manifest | None
    note: str | None

    @property
    def is_intact(self) -> bool:
        """False if there is a manifest and the file is not what was signed."""
        return self.manifest is None or self.manifest.is_intact


def inspect(path: str | Path) -> Inspection:
    """Read and check what a file says about its origin, without using the network.

    Raises:
        OptionError: the name is empty.
        InputError: there is no such file, or it is neither a video nor a picture.
        MissingLibraryError: it is a picture, and the library that reads it cannot be loaded.
    """
    path = named_path(path)
    require_file(path)
    is_picture = is_image(path)
    if is_picture:
        require_libraries("cv2")
    note = read_note(path, is_image=is_picture)
    return Inspection(path, read_manifest(path, own_certificate(Folders.of_user().data)), note)
