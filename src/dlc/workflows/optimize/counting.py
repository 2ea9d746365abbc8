"""Counts the nodes of a graph, and the pieces that CoreML splits it into."""

from __future__ import annotations

import sys
from pathlib import Path

from dlc.graph.coreml.partitions import Partitioning, predict_partitions
from dlc.graph.stored_weights import Model
from dlc.host.detect import available_cpus, detect_host
from dlc.inference.basic_graph import basic_optimized
from dlc.inference.measured import measured_partitions
from dlc.inference.rewriting import RewritePlan
from dlc.inference.route import Route
from dlc.inference.router import choose_route
from dlc.inference.runtime import installed_runtime
from dlc.model_store.role import Role
from dlc.options import Provider
from dlc.workflows.optimize.report import Count


def count(plan: RewritePlan, model: Model, release: tuple[int, int], file: Path | None) -> Count:
    """Count what is in a graph.

    Args:
        plan: what the model is rewritten for.
        model: the graph, before or after it.
        release: major and minor version of the ONNX Runtime to predict for.
        file: the graph's file, if ONNX Runtime is to be asked too, which only works on a Mac.
    """
    nodes = len(model.graph.node)
    if plan.target is not Provider.COREML:
        return Count(nodes)
    found = _partitioning(plan, model, release)
    measured = None
    if file is not None and sys.platform == "darwin":
        measured = measured_partitions(file, _coreml_route())
    return Count(nodes, found.partitions, measured, found.unsupported)


def _partitioning(plan: RewritePlan, model: Model, release: tuple[int, int]) -> Partitioning:
    content = basic_optimized(model.SerializeToString(), plan.source.resolve().parent)
    return predict_partitions(Model.FromString(content), release)


def _coreml_route() -> Route:
    host = detect_host(installed_runtime())
    return choose_route(Role.SWAPPER, host, provider=Provider.COREML, threads=available_cpus())
