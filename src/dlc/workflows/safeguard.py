"""Checks source photos, and prepares to watch the target."""

from __future__ import annotations

from collections.abc import Sequence

from dlc.options import SafeguardPolicy
from dlc.safeguard.guard import Safeguard, load_safeguard
from dlc.workflows.sources import SourcePhoto


def open_safeguard(
    policy: SafeguardPolicy | None, photos: Sequence[SourcePhoto], watched: str = "the target"
) -> Safeguard | None:
    """Check the source photos.

    Args:
        policy: what is refused; None refuses nothing.
        photos: the source photos.
        watched: name in messages for the pictures that will be watched.

    Returns:
        The safeguard that watches them; None if nothing is refused.

    Raises:
        SafeguardError: a photo is refused.
        MissingLibraryError, ModelError: the classifier cannot be loaded.
    """
    if policy is None:
        return None
    safeguard = load_safeguard(policy, watched)
    for photo in photos:
        safeguard.check(photo.frame, f"the photo {photo.path}")
    return safeguard
