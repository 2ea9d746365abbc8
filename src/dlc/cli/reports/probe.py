"""What `dlc probe` prints: a page for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from dlc.cli.flags import with_flags
from dlc.cli.printable import printable
from dlc.host.host import Finding
from dlc.inference.route import Route
from dlc.media.camera.negotiation import Negotiated
from dlc.media.camera.plan import StreamFormat
from dlc.workflows.engine_speed import EngineSpeed
from dlc.workflows.probe import ProbeReport, RouteReport, SwapperSpeed
from dlc.workflows.sample import HEIGHT, WIDTH


def probe_as_text(report: ProbeReport) -> str:
    """Return the report as lines of text."""
    return "\n".join(map(printable, _lines(report)))


def probe_as_json(report: ProbeReport) -> str:
    """Return the report as one line of ASCII JSON."""
    return json.dumps(
        {
            "banner": report.banner,
            "findings": [_finding(finding) for finding in report.findings],
            "routes": [_route(entry) for entry in report.routes],
            "video": [asdict(coder) for coder in report.coders],
            "camera": None if report.camera is None else _camera(report.camera),
            "engines": [_engine(speed) for speed in report.engines],
            "swapper": None if report.swapper is None else _speed(report.swapper),
        }
    )


def _lines(report: ProbeReport) -> Iterator[str]:
    yield report.banner
    for finding in report.findings:
        yield f"warning: {with_flags(str(finding))}"
    for entry in report.routes:
        yield ""
        yield from _route_lines(entry)
    if report.coders:
        yield ""
        yield from (f"{coder.name:<12}{coder.trouble or 'works'}" for coder in report.coders)
    if report.camera is not None:
        yield ""
        yield str(report.camera)
        for note in report.camera.notes:
            yield f"{'':<12}warning: {note}"
    for engine in report.engines:
        yield ""
        yield from _engine_lines(engine)
    if report.swapper is not None:
        yield ""
        yield from _speed_lines(report.swapper)


def _route_lines(entry: RouteReport) -> Iterator[str]:
    route = entry.route
    yield f"{route.role:<12}{route.provider}, {_manner(route)}: {route.reason}"
    for weights in entry.weights:
        where = weights.path or f"not installed; dlc models pull {weights.name}"
        yield f"{'':<12}{weights.name}: {where}"
    for finding in route.findings:
        yield f"{'':<12}warning: {with_flags(str(finding))}"


def _manner(route: Route) -> str:
    """Return "fp16, input 1x3x640x640, CUDA graph" and the like."""
    parts = [str(route.precision)]
    if route.input_shape is not None:
        parts.append("input " + "x".join(map(str, route.input_shape)))
    if route.cuda_graph:
        parts.append("CUDA graph")
    parts += [str(rewrite) for rewrite in route.rewrites]
    return ", ".join(parts)


def _engine_lines(speed: EngineSpeed) -> Iterator[str]:
    yield (
        f"engine {speed.engine}: {speed.fps:.1f} fps from file to file at {WIDTH}x{HEIGHT}, "
        f"one face, over {speed.frames} frames"
    )
    for stage in speed.pipeline.stages:
        milliseconds = stage.milliseconds_per_item
        rate = f"{1000 / milliseconds:7.1f} fps alone" if milliseconds else ""
        yield f"{'':<12}{stage.name:<8}{milliseconds:8.1f} ms {rate}"
    for model in speed.models:
        yield f"{'':<12}{model.role} on {model.provider}"


def _speed_lines(speed: SwapperSpeed) -> Iterator[str]:
    yield (
        f"one face of a stand-in for inswapper_128 with random weights: {speed.milliseconds:.1f} "
        f"ms, {speed.faces_per_second:.2f} a second, on {speed.applied}"
    )
    for provider, nodes in speed.nodes.items():
        yield f"{'':<12}{nodes} nodes on {provider}"
    for finding in speed.findings:
        yield f"{'':<12}warning: {with_flags(str(finding))}"


def _finding(finding: Finding) -> dict[str, str]:
    return {"problem": with_flags(finding.problem), "remedy": with_flags(finding.remedy)}


def _route(entry: RouteReport) -> dict[str, Any]:
    route = entry.route
    return {
        "role": route.role.value,
        "provider": route.provider.value,
        "execution_providers": [
            {"name": provider.name, "options": dict(provider.options)}
            for provider in route.providers
        ],
        "reason": route.reason,
        "threads": route.threads,
        "precision": route.precision.value,
        "rewrites": [rewrite.value for rewrite in route.rewrites],
        "input_shape": route.input_shape,
        "cuda_graph": route.cuda_graph,
        "findings": [_finding(finding) for finding in route.findings],
        "weights": [
            {"name": weights.name, "path": str(weights.path) if weights.path else None}
            for weights in entry.weights
        ],
    }


def _camera(negotiated: Negotiated) -> dict[str, Any]:
    return {
        "index": negotiated.index,
        "name": negotiated.name,
        "backend": negotiated.backend,
        "asked": None if negotiated.asked is None else _format(negotiated.asked),
        "reported": _format(negotiated.reported),
        "measured": _format(negotiated.measured),
        "notes": list(negotiated.notes),
    }


def _format(stream: StreamFormat) -> dict[str, Any]:
    return {
        "width": stream.width,
        "height": stream.height,
        "fps": None if stream.fps is None else round(stream.fps, 2),
        "fourcc": stream.fourcc,
    }


def _engine(speed: EngineSpeed) -> dict[str, Any]:
    return {
        "engine": speed.engine.value,
        "width": WIDTH,
        "height": HEIGHT,
        "frames": speed.frames,
        "fps": round(speed.fps, 3),
        "milliseconds_per_frame": {
            stage.name: round(stage.milliseconds_per_item, 3) for stage in speed.pipeline.stages
        },
        "models": [asdict(model) for model in speed.models],
    }


def _speed(speed: SwapperSpeed) -> dict[str, Any]:
    return {
        "milliseconds_per_face": round(speed.milliseconds, 3),
        "faces_per_second": round(speed.faces_per_second, 3),
        "applied": speed.applied,
        "nodes": dict(speed.nodes),
        "findings": [_finding(finding) for finding in speed.findings],
    }
