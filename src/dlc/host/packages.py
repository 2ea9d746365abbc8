"""Which installed distributions provide ONNX Runtime, and which require it."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distributions

from dlc.host.host import Package

# All of these install into the same folder `onnxruntime`, so only one can work at a time.
_RUNTIME_PACKAGES = (
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-directml",
    "onnxruntime-openvino",
    "onnxruntime-silicon",
    "onnxruntime-coreml",
    "onnxruntime-migraphx",
    "onnxruntime-qnn",
    "onnxruntime-rocm",
    "onnxruntime-training",
    "ort-nightly",
    "ort-nightly-gpu",
)
_PLAIN_REQUIREMENT = re.compile(r"onnxruntime(?![\w.-])(?!.*\bextra\s*==)", re.IGNORECASE)


def installed_packages() -> tuple[tuple[Package, ...], tuple[str, ...]]:
    """Return the distributions that provide `onnxruntime`, and the names of those that require it.

    Returns:
        The former come in the order of `_RUNTIME_PACKAGES`; the latter are those whose requirement
        only the plain CPU package `onnxruntime` satisfies, sorted.
    """
    runtimes: dict[str, Package] = {}
    dependents = set()
    for distribution in distributions():
        name = _name(distribution)
        # The first on the path is the one that is imported.
        if name in _RUNTIME_PACKAGES:
            runtimes.setdefault(name, Package(name, distribution.version))
        if requires_cpu_package(distribution.requires or []):
            dependents.add(name)
    ordered = sorted(runtimes.values(), key=lambda package: _RUNTIME_PACKAGES.index(package.name))
    return tuple(ordered), tuple(sorted(dependents))


def requires_cpu_package(requirements: list[str]) -> bool:
    """Return whether requirements in pip's notation pull in `onnxruntime` without any extra."""
    return any(_PLAIN_REQUIREMENT.match(requirement) for requirement in requirements)


def _name(distribution: Distribution) -> str:
    """Return a distribution's normalized name; empty if its metadata is broken."""
    if "Name" not in distribution.metadata:
        return ""
    return re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
