"""The models that users install: listing, verifying and locating them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dlc.model_store.spec import ModelSpec
from dlc.model_store.store import Check, Copy, ModelStore


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model of the catalog.

    Attributes:
        spec: the model.
        copy: the file that matches it by size, or else a damaged one; None if there is neither.
        accepted: whether the user has accepted its license.
    """

    spec: ModelSpec
    copy: Copy | None
    accepted: bool


@dataclass(frozen=True, slots=True)
class ModelList:
    """Every model of the catalog, and where files are looked for.

    Attributes:
        models: in the catalog's order.
        search: the folders to search, in this order.
        download: the folder that downloads go to.
    """

    models: tuple[ListedModel, ...]
    search: tuple[Path, ...]
    download: Path


class State(StrEnum):
    """The state of an installed model."""

    INTACT = "intact"
    DAMAGED = "damaged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a model, or of one of its files.

    Attributes:
        name: the model's name.
        state: the file's state.
        path: the file; None if the model is missing.
        damage: what is wrong with the file, in words.
        remedy: what to do about it.
    """

    name: str
    state: State
    path: Path | None
    damage: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The state of several models.

    Attributes:
        verdicts: one for every file with a model's name, and for every missing model.
        passed: whether no file is damaged and no model requested by name is missing.
    """

    verdicts: tuple[Verdict, ...]
    passed: bool


@dataclass(frozen=True, slots=True)
class Location:
    """Where a model is, and where it would be downloaded to."""

    name: str
    path: Path | None
    destination: Path


def list_models(store: ModelStore | None = None) -> ModelList:
    """Look for every model of the catalog."""
    store = store or ModelStore.of_user()
    models = tuple(
        ListedModel(
            spec, _best(store.copies(spec, Check.SIZE)), store.licenses.accepted(spec.license)
        )
        for spec in store.catalog
    )
    return ModelList(models, store.folders.search, store.folders.download)


def _best(copies: Iterable[Copy]) -> Copy | None:
    """Return the first intact copy, or else the first one."""
    return min(copies, key=lambda copy: copy.damage is not None, default=None)


def verify_models(
    names: Sequence[str] = (),
    *,
    progress: Callable[[str], None] | None = None,
    store: ModelStore | None = None,
) -> Verification:
    """Read every file that has a model's name, and compare every byte.

    Args:
        names: models, or packages of models; none means the whole catalog.
        progress: called with a model's name before its files are read.
        store: the user's models; None means those of the current user.

    Raises:
        OptionError: there is no such model.
    """
    store = store or ModelStore.of_user()
    verdicts: list[Verdict] = []
    for spec in store.catalog.select(names) if names else store.catalog:
        if progress is not None:
            progress(spec.name)
        verdicts += _verdicts(store, spec)
    wrong = {State.DAMAGED, State.MISSING} if names else {State.DAMAGED}
    passed = all(verdict.state not in wrong for verdict in verdicts)
    return Verification(tuple(verdicts), passed)


def _verdicts(store: ModelStore, spec: ModelSpec) -> list[Verdict]:
    copies = list(store.copies(spec, Check.BYTES))
    pull = f"dlc models pull {spec.name}"
    if not copies:
        return [Verdict(spec.name, State.MISSING, None, remedy=pull)]
    replaced = any(copy.damage is None for copy in copies)
    remedy = "delete it; another copy is intact" if replaced else pull
    return [
        Verdict(spec.name, State.INTACT, copy.path)
        if copy.damage is None
        else Verdict(spec.name, State.DAMAGED, copy.path, copy.damage, remedy)
        for copy in copies
    ]


def locate_model(name: str, store: ModelStore | None = None) -> Location:
    """Look for a model by its name and size.

    Raises:
        OptionError: there is no such model.
    """
    store = store or ModelStore.of_user()
    spec = store.catalog.get(name)
    return Location(spec.name, store.find(name), store.destination(spec))


def download_folder(store: ModelStore | None = None) -> Path:
    """Return the folder that downloads go to."""
    return (store or ModelStore.of_user()).folders.download
