"""Opens models on their routes, and compares what was applied with what was requested."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import onnxruntime

from dlc.errors import ProviderError
from dlc.graph.names import Rewrite
from dlc.host.host import Finding
from dlc.host.providers import label
from dlc.inference.applied import graph_findings, why_not_applied
from dlc.inference.capture_gate import GATE
from dlc.inference.captured import CAPTURE, Opener, not_captured, on_its_gpu
from dlc.inference.cpu import (
    load_on_cpu,
    model_name,
    refuse_foreign_files,
    session_options,
    unusable_model,
)
from dlc.inference.cuda import prepare_cuda, tensorrt_package
from dlc.inference.failures import (
    BINDING_ERRORS,
    FILE_ERRORS,
    FREE_MEMORY,
    OTHER_ERRORS,
    lacks_memory,
    plain_message,
)
from dlc.inference.input_shape import fix_input_shape
from dlc.inference.openvino import prepare_openvino
from dlc.inference.output_check import sample_feed
from dlc.inference.provider_cache import cache_options
from dlc.inference.route import Route
from dlc.inference.routed_session import NVIDIA, RoutedSession
from dlc.options import Provider

logger = logging.getLogger(__name__)

_REMEDIES = {
    Provider.COREML: "update macOS and onnxruntime, or use `provider='cpu'`",
    Provider.CUDA: "run: pip install {packages}, update the driver, or use `provider='cpu'`",
    Provider.DIRECTML: "update the GPU's driver, or use `provider='cpu'`",
    Provider.OPENVINO: "run: pip install --upgrade {packages}, or use `provider='cpu'`",
}


def open_session(model: Path | bytes, route: Route, *, cache: Path | None = None) -> RoutedSession:
    """Load a model on its route.

    If a provider does not load, ONNX Runtime silently runs the model on the CPU. Here that is an
    error if the provider was requested by name, and otherwise a warning in the log and among the
    session's findings.

    Args:
        model: the ONNX file, or its content.
        route: how to run it, from `dlc.inference.router.choose_route`.
        cache: a folder where a provider may cache what it compiles; None means no cache.

    Raises:
        ModelError: the file is missing, damaged, or not a model ONNX Runtime can run.
        ProviderError: the requested provider cannot run the model; the message says why and what to
            do.
    """
    options = _options(model, route)
    if route.provider is Provider.CPU:
        session = load_on_cpu(model, options)
        routed = RoutedSession(model_name(model), session, route, route.findings)
    else:
        routed = _open_on_accelerator(model, route, options, cache)
    for finding in routed.findings:
        logger.warning("the %s runs on %s: %s", route.role, routed.applied, finding)
    return routed


def _open_on_accelerator(
    model: Path | bytes,
    route: Route,
    options: onnxruntime.SessionOptions,
    cache: Path | None,
) -> RoutedSession:
    # For a provider requested by name, these are doubts about it, now settled by the session.
    doubts = () if route.by_name else route.findings
    if route.provider in NVIDIA:
        with GATE.capture() if route.cuda_graph else GATE.use():
            opened = _open_on_nvidia(model, route, options, cache)
    else:
        opened = _open_plain(model, route, options, cache)
    if isinstance(opened, RoutedSession):
        graph = graph_findings(opened.session, route)
        return replace(opened, findings=(*graph, *opened.findings, *doubts))
    # A run on the CPU shows whether the model is at fault.
    session = load_on_cpu(model, options)
    failure = _failure(route, opened)
    if route.by_name:
        raise ProviderError(_refusal(model, route, failure))
    return RoutedSession(model_name(model), session, route, (failure, *doubts))


def _open_on_nvidia(
    model: Path | bytes,
    route: Route,
    options: onnxruntime.SessionOptions,
    cache: Path | None,
) -> RoutedSession | str:
    if route.cuda_graph:
        return _open_captured(model, route, options, cache)
    opened = _open_plain(model, route, options, cache)
    return opened if isinstance(opened, str) else _why_not_run(opened) or opened


def _open_captured(
    model: Path | bytes,
    route: Route,
    options: onnxruntime.SessionOptions,
    cache: Path | None,
) -> RoutedSession | str:
    """Open a model with captured runs; if only capturing fails, with fixed buffers.

    Returns:
        The session, or why the route's provider cannot run the model.
    """
    open_captured = partial(_open_plain, model, route, options, cache, CAPTURE)
    captured = _on_its_gpu(open_captured(), open_captured)
    if isinstance(captured, RoutedSession):
        return captured
    # Then pictures run one by one: every change of the batch size would make cuDNN plan anew.
    buffered = _on_its_gpu(_open_plain(model, route, options, cache))
    if isinstance(buffered, str):
        return buffered
    return replace(buffered, findings=(not_captured(buffered, captured),))


def _on_its_gpu(opened: RoutedSession | str, another: Opener | None = None) -> RoutedSession | str:
    return opened if isinstance(opened, str) else on_its_gpu(opened, another)


def _open_plain(
    model: Path | bytes,
    route: Route,
    options: onnxruntime.SessionOptions,
    cache: Path | None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> RoutedSession | str:
    """Open a model with `more` options for its route's provider, or return why that fails.

    Raises:
        ModelError: the model cannot be loaded at all.
    """
    if route.execution_provider not in onnxruntime.get_available_providers():
        return "the installed ONNX Runtime was built without it"
    refuse_foreign_files(model)
    if route.provider in NVIDIA:
        prepare_cuda(route.provider)
    elif route.provider is Provider.OPENVINO:
        prepare_openvino()
    try:
        session = onnxruntime.InferenceSession(
            model, options, providers=_providers(model, route, cache, more), enable_fallback=0
        )
    except FILE_ERRORS as error:
        raise unusable_model(model, error) from error
    except (*OTHER_ERRORS, *BINDING_ERRORS) as error:
        return plain_message(error)
    return why_not_applied(session, route) or RoutedSession(model_name(model), session, route)


def _why_not_run(session: RoutedSession) -> str | None:
    """Run a model twice; return why that fails, or None.

    CUDA loads most of cuDNN at the first convolution and a kernel's code at its first run, so a
    session that opens may still be unable to run. In the second run it takes the memory it will
    need, at once, by a plan made in the first.
    """
    try:
        for _ in range(2):
            session.session.run(None, sample_feed(session))
    except (*OTHER_ERRORS, *BINDING_ERRORS) as error:
        return plain_message(error)
    return None


def _options(model: Path | bytes, route: Route) -> onnxruntime.SessionOptions:
    options = session_options(route.threads)
    if route.provider is Provider.DIRECTML:
        # DirectML works with neither.
        options.enable_mem_pattern = False
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    if route.provider in NVIDIA:
        # From the arena, which doubles whenever it grows, weights would take up to twice their size
        # of the GPU's memory.
        options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    if Rewrite.WINOGRAD in route.rewrites:
        # If planned in advance, memory for transformed tiles adds to what the first run took, 340
        # MB for inswapper_128, and saves no time.
        options.enable_mem_pattern = False
    if route.input_shape is not None:
        fix_input_shape(options, model, route.input_shape)
    return options


def _providers(
    model: Path | bytes, route: Route, cache: Path | None, more: Mapping[str, str]
) -> list[tuple[str, Mapping[str, str]]]:
    first, *others = ((provider.name, dict(provider.options)) for provider in route.providers)
    first[1].update(more)
    if cache is not None:
        first[1].update(cache_options(model, route, cache))
    return [first, *others]


def _failure(route: Route, reason: str) -> Finding:
    instead = "" if route.by_name else ", but on the CPU"
    problem = f"the model does not run on {label(route.provider)}{instead}: {reason}"
    if lacks_memory(reason):
        return Finding(problem, f"{FREE_MEMORY}, or use `provider='cpu'`")
    if route.provider is Provider.TENSORRT:
        return Finding(problem, f"run: pip install {tensorrt_package()}, or use `provider='cuda'`")
    return Finding(problem, _REMEDIES[route.provider].format(packages=route.packages))


def _refusal(model: Path | bytes, route: Route, failure: Finding) -> str:
    """Return an error message; doubts about the machine explain it best."""
    if route.findings:
        logger.info("%s", failure)
    explanation = "; ".join(map(str, route.findings or (failure,)))
    asked = f"`provider={route.provider.value!r}`"
    return f"{asked}: the {route.role} {model_name(model)}: {explanation}"
