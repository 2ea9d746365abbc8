"""The options of `optimize_models`."""

from __future__ import annotations

from dataclasses import dataclass

from dlc.options.choices import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeOptions:
    """Everything `optimize_models` can be told.

    Attributes:
        target: what to rewrite models for: COREML, CUDA, TENSORRT, CPU, or AUTO for what this
            machine has.
        input_size: height and width, in pixels, of a model's input where it leaves them open.
        check: rewrite nothing, and only report what would be done.
        force: rewrite even what is up to date.
        everything: also do what this machine does not need.
        measure: ask ONNX Runtime itself how it partitions the graphs; only possible on a Mac.
    """

    target: Provider = Provider.AUTO
    input_size: int = 640
    check: bool = False
    force: bool = False
    everything: bool = False
    measure: bool = False
