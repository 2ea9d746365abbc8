"""What `dlc optimize-models` prints: a table for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dlc.cli.console import say
from dlc.cli.printable import printable
from dlc.workflows.optimize.report import Count, ModelReport, OptimizeReport, State


def report_as_json(report: OptimizeReport) -> str:
    """Return the report as one line of ASCII JSON."""
    return json.dumps(
        {
            "target": report.target.value,
            "onnxruntime": report.runtime,
            "current": report.current,
            "models": [_model(model) for model in report.models],
        }
    )


def show_report(report: OptimizeReport) -> None:
    """Print a table of the models, and below it what does not fit into one."""
    # Results go to standard output, and a path stays in one piece, to be copied.
    console = Console(highlight=False)
    console.print(f"for {report.target.value}, with ONNX Runtime {report.runtime}")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for title in ("model", "state"):
        table.add_column(title, overflow="fold")
    for title in ("nodes", "partitions", "", "difference", "seconds"):
        table.add_column(title, justify="left" if not title else "right", no_wrap=True)
    for model in report.models:
        table.add_row(*_cells(model))
    console.print(table)
    for model in report.models:
        for line in _lines(model):
            say(console, line)


def _cells(model: ModelReport) -> tuple[str | Text, ...]:
    return (
        Text(printable(model.source.name)),
        model.state.value,
        _pair(model.before.nodes, model.after.nodes),
        *_partitions(model),
        "" if model.difference is None else f"{model.difference:.2g}",
        f"{model.seconds:.1f}",
    )


def _pair(before: int, after: int) -> str:
    return str(before) if before == after else f"{before} -> {after}"


def _partitions(model: ModelReport) -> tuple[str, str]:
    """Return how many there are, and how that is known."""
    before, after = model.before, model.after
    if before.measured is not None and after.measured is not None:
        return _pair(before.measured, after.measured), "measured"
    if before.partitions is None or after.partitions is None:
        return "", ""
    return _pair(before.partitions, after.partitions), "predicted"


def _lines(model: ModelReport) -> Iterator[str]:
    yield ""
    yield model.source.name
    if model.state is State.NOTHING_TO_DO:
        yield "  nothing to do: it runs as it is"
    for name, count in model.changes.items():
        yield f"  {name}: {count}"
    for name in model.dropped:
        yield f"  {name}: left out because results would differ"
    for title, graph in (("before", model.before), ("after", model.after)):
        for reason, number in _reasons(graph).items():
            yield f"  {title}, on the CPU: {number} {reason}"
        if graph.measured not in (None, graph.partitions):
            yield f"  {title}, {graph.partitions} partitions were predicted: please report it"
    if model.path is not None:
        yield f"  {model.path}"


def _reasons(count: Count) -> dict[str, int]:
    return dict(Counter(f"{node.operator}: {node.reason}" for node in count.unsupported))


def _model(model: ModelReport) -> dict[str, Any]:
    return {
        "source": str(model.source),
        "state": model.state.value,
        "changes": dict(model.changes),
        "dropped": list(model.dropped),
        "before": _count(model.before),
        "after": _count(model.after),
        "difference": model.difference,
        "seconds": round(model.seconds, 3),
        "path": str(model.path) if model.path else None,
    }


def _count(count: Count) -> dict[str, Any]:
    return {
        "nodes": count.nodes,
        "partitions_predicted": count.partitions,
        "partitions_measured": count.measured,
        "unsupported": [
            {"name": node.name, "operator": node.operator, "reason": node.reason}
            for node in count.unsupported
        ],
    }
