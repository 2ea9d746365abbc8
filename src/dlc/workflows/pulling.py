"""Installing models."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dlc.errors import OptionError
from dlc.model_store.download import Downloader, DownloadProgress
from dlc.model_store.pull import Pulled, Puller, refuse
from dlc.model_store.spec import License
from dlc.model_store.store import ModelStore


def pull_models(
    names: Sequence[str],
    *,
    agree: Callable[[License], None] = refuse,
    progress: Callable[[DownloadProgress], None] | None = None,
    store: ModelStore | None = None,
) -> list[Pulled]:
    """Install models that are missing or damaged.

    Args:
        names: models, or packages of models; at least one.
        agree: called with every license not accepted before; returns if the user accepts it and
            raises otherwise.
        progress: called while files arrive.
        store: the user's models; None means those of the current user.

    Raises:
        OptionError: there is no such model, none was named, or a license was not accepted.
        ModelError: a model cannot be downloaded.
        WriteError: a file cannot be written.
    """
    store = store or ModelStore.of_user()
    if not names:
        known = ", ".join(spec.name for spec in store.catalog)
        raise OptionError(f"no model was named: name one or several of {known}")
    specs = store.catalog.select(names)
    return Puller(store, Downloader(on_progress=progress), agree).pull(specs)
