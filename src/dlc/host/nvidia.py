"""NVIDIA's driver and GPUs, without loading CUDA."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from dlc.host.host import Nvidia, NvidiaGpu

_DRIVER_LIBRARY = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"


@dataclass(frozen=True, slots=True)
class Card:
    """A GPU with the id by which CUDA_VISIBLE_DEVICES may name it, such as "GPU-3f1c...."."""

    uuid: str
    gpu: NvidiaGpu


def find_nvidia() -> Nvidia:
    """Return what is there of NVIDIA's; the GPUs are known only where nvidia-ml-py is installed."""
    try:
        import pynvml
    except ImportError:
        return Nvidia(driver=_driver_loads())
    try:
        cards = _cards(pynvml)
    except pynvml.NVMLError as error:
        return Nvidia(driver=_driver_loads(), bindings=True, trouble=str(error))
    gpus = visible_gpus(cards, os.environ.get("CUDA_VISIBLE_DEVICES"))
    return Nvidia(driver=True, bindings=True, gpus=gpus)


def visible_gpus(cards: Sequence[Card], chosen: str | None) -> tuple[NvidiaGpu, ...]:
    """Return the GPUs that CUDA will see, in its order; the driver's own list has all of them.

    Args:
        cards: every GPU in PCI bus order.
        chosen: the variable CUDA_VISIBLE_DEVICES: numbers or the beginnings of ids, separated by
            commas; the first that fits no GPU ends the list (CUDA C++ Programming Guide,
            "CUDA Environment Variables"). None if it is not set.
    """
    if chosen is None:
        return tuple(card.gpu for card in cards)
    gpus = []
    for entry in chosen.split(","):
        card = _named(cards, entry.strip())
        if card is None:
            break
        gpus.append(card.gpu)
    return tuple(gpus)


def _named(cards: Sequence[Card], entry: str) -> Card | None:
    if entry.isdecimal():
        return cards[int(entry)] if int(entry) < len(cards) else None
    matches = [card for card in cards if entry and card.uuid.startswith(entry)]
    return matches[0] if len(matches) == 1 else None


def _cards(nvml: ModuleType) -> list[Card]:
    nvml.nvmlInit()
    try:
        handles = [nvml.nvmlDeviceGetHandleByIndex(n) for n in range(nvml.nvmlDeviceGetCount())]
        return [_card(nvml, handle) for handle in handles]
    finally:
        nvml.nvmlShutdown()


def _card(nvml: ModuleType, handle: object) -> Card:
    major, minor = nvml.nvmlDeviceGetCudaComputeCapability(handle)
    gpu = NvidiaGpu(nvml.nvmlDeviceGetName(handle), (major, minor))
    return Card(nvml.nvmlDeviceGetUUID(handle), gpu)


def _driver_loads() -> bool:
    try:
        ctypes.CDLL(_DRIVER_LIBRARY)
    except OSError:
        return False
    return True
