"""How ONNX Runtime itself says it partitions a graph."""

from __future__ import annotations

from pathlib import Path

from dlc.inference.route import Route
from dlc.inference.sessions import open_session


def measured_partitions(path: Path, route: Route) -> int | None:
    """Load a model and count the pieces of its graph that the route's provider runs.

    Args:
        path: the ONNX file.
        route: how to run it, on a provider that compiles pieces of a graph, such as CoreML.

    Returns:
        None if ONNX Runtime is too old to say, before 1.24.

    Raises:
        ModelError: the file cannot be loaded.
        ProviderError: the provider was requested by name and cannot run the model.
    """
    session = open_session(path, route).session
    if not hasattr(session, "get_provider_graph_assignment_info"):
        return None
    pieces = session.get_provider_graph_assignment_info()
    return [piece.ep_name for piece in pieces].count(route.execution_provider)
