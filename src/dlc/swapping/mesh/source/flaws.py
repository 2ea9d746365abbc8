"""What makes photos poor sources, in words for the user."""

from __future__ import annotations

from collections.abc import Sequence

from dlc.faces.landmarks.credibility import FULL_YAW
from dlc.swapping.mesh.source.photo import PhotoView


def find_flaws(views: Sequence[PhotoView]) -> dict[int, str]:
    """Return what is wrong with photos of one person, by their numbers; most have no entry."""
    flaws: dict[int, str] = {}
    front = any(abs(view.yaw) <= FULL_YAW for view in views)
    for number, view in enumerate(views):
        if view.has_sunglasses:
            flaws[number] = (
                "sunglasses hide the eyes, so those around the target's stay; "
                "a photo without them shows more of the person"
            )
        elif not front:
            flaws[number] = (
                f"the face is turned {abs(view.yaw):.0f} degrees to the side, so half of it is "
                "guessed; a photo from the front shows more of the person"
            )
    return flaws
