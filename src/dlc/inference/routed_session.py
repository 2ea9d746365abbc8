"""A loaded model that knows what runs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import onnxruntime

from dlc.arrays import Floats
from dlc.errors import ModelError, ProviderError
from dlc.host.host import Finding
from dlc.host.providers import CPU_EXECUTION_PROVIDER, label
from dlc.inference.batch_runs import BatchRuns
from dlc.inference.capture_gate import GATE
from dlc.inference.failures import (
    BINDING_ERRORS,
    FREE_MEMORY,
    OTHER_ERRORS,
    lacks_memory,
    plain_message,
)
from dlc.inference.route import Route
from dlc.options import Provider

NVIDIA = (Provider.CUDA, Provider.TENSORRT)
"""The providers that run models on CUDA."""


@dataclass(frozen=True, slots=True)
class RoutedSession:
    """A loaded model, the requested route, and what became of it.

    Attributes:
        name: the model's name in messages, such as its file's path.
        session: ONNX Runtime's own session.
        route: how the model should run.
        findings: what keeps it from running faster here; each was logged as a warning.
        runs: runs the model in batches with fixed buffers, if that is in use.
    """

    name: str
    session: onnxruntime.InferenceSession
    route: Route
    findings: tuple[Finding, ...] = ()
    runs: BatchRuns | None = None

    @property
    def applied(self) -> str:
        """ONNX Runtime's name for the provider that runs all or most of the model's nodes."""
        counts = self.nodes_by_provider()
        if counts:
            return max(counts, key=lambda name: counts[name])
        return str(self.session.get_providers()[0])

    @property
    def fell_back(self) -> bool:
        """Whether the CPU runs it in place of its route's provider."""
        return self.route.provider is not Provider.CPU and self.applied == CPU_EXECUTION_PROVIDER

    @property
    def input_shape(self) -> tuple[int | str | None, ...]:
        """The shape of the model's first input; a string is the name of an open size."""
        return tuple(self.session.get_inputs()[0].shape)

    def get_inputs(self) -> list[onnxruntime.NodeArg]:
        """Return name, type and shape of the model's inputs, like ONNX Runtime's session."""
        return list(self.session.get_inputs())

    def get_outputs(self) -> list[onnxruntime.NodeArg]:
        """Return name, type and shape of the model's outputs, like ONNX Runtime's session."""
        return list(self.session.get_outputs())

    def get_providers(self) -> list[str]:
        """Return ONNX Runtime's names of its providers, in order of precedence."""
        return list(self.session.get_providers())

    def nodes_by_provider(self) -> dict[str, int]:
        """Return the number of nodes of the optimized graph by ONNX Runtime provider.

        It is empty if ONNX Runtime is too old to say, before 1.24.
        """
        return nodes_by_provider(self.session)

    def run(
        self,
        output_names: Sequence[str] | None,
        input_feed: Mapping[str, Floats],
        /,
    ) -> list[Floats]:
        """Run the model.

        Args:
            output_names: the outputs to compute; None for all.
            input_feed: an array for every input.

        Returns:
            The outputs, in the order of `output_names`.

        Raises:
            ProviderError: the provider failed to run the model, for example for lack of memory.
            ModelError: the model failed on the CPU, for example because an input does not fit.
        """
        runner = self.session if self.runs is None else self.runs
        try:
            with GATE.use() if self.route.provider in NVIDIA else nullcontext():
                outputs: list[Floats] = runner.run(output_names, input_feed)
        except (*OTHER_ERRORS, *BINDING_ERRORS) as error:
            raise self._run_error(error) from error
        return outputs

    def _run_error(self, error: Exception) -> ModelError | ProviderError:
        reason = plain_message(error)
        if self.applied == CPU_EXECUTION_PROVIDER:
            return ModelError(
                f"The {self.route.role} model {self.name} failed ({reason}): "
                "check that it is a model for this purpose."
            )
        doubts = "".join(f"{finding}; " for finding in self.route.findings)
        remedy = FREE_MEMORY if lacks_memory(reason) else "try again, update the device's driver"
        return ProviderError(
            f"The {self.route.role} model {self.name} failed on {label(self.route.provider)} "
            f"({reason}): {doubts}{remedy}, or use `provider='cpu'`."
        )


def nodes_by_provider(session: onnxruntime.InferenceSession) -> dict[str, int]:
    """Return the number of nodes by provider; empty if ONNX Runtime does not say."""
    if not hasattr(session, "get_provider_graph_assignment_info"):
        return {}
    counts: Counter[str] = Counter()
    for subgraph in session.get_provider_graph_assignment_info():
        counts[subgraph.ep_name] += len(subgraph.get_nodes())
    return dict(counts)
