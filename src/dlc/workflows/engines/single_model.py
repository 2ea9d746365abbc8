"""Finds and opens one model that a run uses in addition to those of its engine."""

from __future__ import annotations

from pathlib import Path

from dlc.errors import InputError
from dlc.host.detect import detect_host
from dlc.inference.opening import open_prepared
from dlc.inference.provider_routes import cpu_route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.runtime import installed_runtime
from dlc.media.files.failures import unreadable
from dlc.model_store.contracts import check_contract
from dlc.model_store.role import Role
from dlc.model_store.store import ModelStore
from dlc.options import Provider
from dlc.path_kind import PathKind, kind_of
from dlc.workflows.engines.neural_routes import neural_routes
from dlc.workflows.result import ModelUse


def model_file(named: Path | None, name: str, role: Role, store: ModelStore) -> Path:
    """Return a model's file, checked: a named one by its contract, an installed one by its digest.

    Args:
        named: the file that the user named; None means the installed one.
        name: the installed one's name in the catalog; an error about an unsuitable file
            recommends it.
        role: the model's role.
        store: the installed models.

    Raises:
        InputError: the named file does not exist.
        ModelError: it is not a model for this role, or the installed one is missing or damaged; the
            message says what to do.
    """
    if named is None:
        return store.require(name)
    require_named(named, role)
    check_contract(named, role, name)
    return named


def require_named(path: Path, role: Role) -> None:
    """Raise InputError unless the file that the user named as the model for `role` is there."""
    try:
        kind = kind_of(path)
    except OSError as error:
        raise unreadable(path, error) from error
    if kind is not PathKind.FILE:
        raise InputError(f"no such file: {path}, which was named as the {role.value} model")


def open_model(
    path: Path, role: Role, provider: Provider, store: ModelStore, threads: int
) -> tuple[RoutedSession, ModelUse]:
    """Open a model on the route of its role, and return which provider runs it.

    Args:
        path: its file, from `model_file`.
        role: the model's role.
        provider: the provider to run it.
        store: has the cache for files derived from it.
        threads: CPU threads it may use.

    Raises:
        ModelError: the file is damaged.
        ProviderError: the requested provider cannot run it here.
    """
    host = detect_host(installed_runtime())
    route = neural_routes(host, provider, threads)[role]
    cpu = cpu_route(role, host, threads)
    session = open_prepared(path, route, cpu, store.rewritten, store.compiled)
    return session, ModelUse(role.value, path.name, session.applied, route.reason)
