"""The people of a run, once their photos were read, checked and learned."""

from __future__ import annotations

from collections.abc import Sequence

from dlc.host.memory import return_free_memory
from dlc.options import LiveOptions, SwapOptions
from dlc.pipeline import CancelToken
from dlc.safeguard.guard import Safeguard, load_safeguard
from dlc.workflows.engines.engine import LoadedEngine
from dlc.workflows.people.assignment import Assignment
from dlc.workflows.people.cast import Cast, read_cast


def prepared_cast(
    engine: LoadedEngine,
    assignments: Sequence[Assignment],
    options: SwapOptions | LiveOptions,
    cancel: CancelToken,
    watched: str = "the target",
) -> tuple[Cast, Safeguard | None]:
    """Read the source photos, let the safeguard see them, and prepare the swappers with them.

    Args:
        engine: the loaded engine.
        assignments: from `assignments_of`.
        options: how people are told apart, and what is refused.
        cancel: checked before every photo.
        watched: name in messages for the pictures that will be watched.

    Returns:
        The cast, and the safeguard that watches those pictures; None if nothing is refused.

    Raises:
        InputError, NoFaceError, ModelError, Cancelled: as `read_cast` does.
        SafeguardError: a photo is refused.
        MissingLibraryError, ModelError: the safeguard's classifier cannot be loaded.
    """
    cast = read_cast(engine, assignments, options.people, cancel)
    safeguard = None
    if options.safeguard is not None:
        safeguard = load_safeguard(options.safeguard, watched)
        for photo in cast.photos:
            safeguard.check(photo.frame, f"the photo {photo.path}")
    cast.prepare()
    return_free_memory()
    return cast, safeguard
