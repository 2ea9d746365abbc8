"""What became of a route: which provider a session got, and how much of the graph it took."""

from __future__ import annotations

import onnxruntime

from dlc.graph.names import NEEDLESS_FROM, REWRITES_METADATA
from dlc.host.host import Finding
from dlc.host.providers import label
from dlc.inference.cuda import why_not_loaded
from dlc.inference.route import Route
from dlc.inference.routed_session import nodes_by_provider
from dlc.options import Provider


def why_not_applied(session: onnxruntime.InferenceSession, route: Route) -> str | None:
    """Return why a session lacks its route's provider; None if it has it."""
    name = route.execution_provider
    if name not in session.get_providers():
        nvidia = route.provider in (Provider.CUDA, Provider.TENSORRT)
        reason = why_not_loaded(route.provider) if nvidia else None
        return reason or "it could not be started, and ONNX Runtime does not say why"
    counts = nodes_by_provider(session)
    if counts and not counts.get(name):
        return f"it took none of the graph's {sum(counts.values())} nodes"
    return None


def graph_findings(session: onnxruntime.InferenceSession, route: Route) -> list[Finding]:
    """Return what keeps an available provider from running all of a graph well."""
    findings = []
    name = label(route.provider)
    counts = nodes_by_provider(session)
    taken, total = counts.get(route.execution_provider, 0), sum(counts.values())
    # A model with nothing to rewrite has no rewrites recorded either, and needs none. A newer
    # release only helps where it makes a rewrite needless.
    coreml = route.provider is Provider.COREML
    lacking = NEEDLESS_FROM.keys() & set(route.rewrites) - _rewrites(session)
    if coreml and taken < total and lacking:
        version = onnxruntime.__version__
        problem = f"{name} of ONNX Runtime {version} leaves parts of this model to the CPU"
        findings.append(Finding(problem, "run: pip install --upgrade onnxruntime"))
    if taken * 2 < total:
        problem = f"{name} runs only {taken} of the graph's {total} nodes"
        findings.append(Finding(problem, "compare with `provider='cpu'`, which may be faster"))
    if route.input_shape is not None:
        shape = session.get_inputs()[0].shape
        if not all(isinstance(size, int) for size in shape):
            problem = f"the model leaves sizes of its input open ({shape}), which {name} is slow at"
            findings.append(Finding(problem, "use a file of the model with a fixed input size"))
    return findings


def _rewrites(session: onnxruntime.InferenceSession) -> set[str]:
    metadata: dict[str, str] = session.get_modelmeta().custom_metadata_map
    return set(metadata.get(REWRITES_METADATA, "").split(","))
