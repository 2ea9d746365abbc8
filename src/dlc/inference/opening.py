"""Opens models from the files that suit what runs them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dlc.inference.prepared import prepared_model
from dlc.inference.route import Route
from dlc.inference.routed_session import RoutedSession
from dlc.inference.sessions import open_session
from dlc.model_store.rewritten_files import RewrittenFiles


def open_prepared(
    path: Path,
    route: Route,
    cpu: Route,
    files: RewrittenFiles,
    cache: Path,
    *,
    on_cpu: Path | None = None,
) -> RoutedSession:
    """Open a model on its route; on the CPU, if the route falls back to it, as that is done best.

    CPUs have no half-precision arithmetic, for instance: they only convert.

    Args:
        path: the model's file.
        route: how to run it.
        cpu: the route for falling back to the CPU.
        files: where rewritten files are kept.
        cache: where providers keep what they compile.
        on_cpu: the file to use on the CPU, if that is a different one.

    Returns:
        A session whose route and findings are those of `route`, also if it runs on the CPU.

    Raises:
        ModelError: the file is damaged.
        ProviderError: the requested provider cannot run the model.
    """
    session = open_session(prepared_model(path, route, files), route, cache=cache)
    if not session.fell_back:
        return session
    prepared = prepared_model(on_cpu or path, cpu, files)
    if Path(session.name) == prepared:
        return session
    return replace(open_session(prepared, cpu), route=route, findings=session.findings)
