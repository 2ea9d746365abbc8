"""NVIDIA's driver and GPUs, without loading CUDA."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType

from dlc.host.host import Nvidia, NvidiaGpu
from dlc.shared_library import loads

_DRIVER_LIBRARY = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"
_MIG = "MIG-"


@dataclass(frozen=True, slots=True)
class Card:
    """A GPU as the driver lists it.

    Attributes:
        uuid: its id for CUDA_VISIBLE_DEVICES, such as "GPU-3f1c....".
        gpu: the GPU itself.
        divided: whether it is in MIG mode: CUDA sees its parts, and only one part in total.
    """

    uuid: str
    gpu: NvidiaGpu
    divided: bool = False


def number_gpus_by_bus() -> None:
    """Let CUDA number GPUs like the driver, unless the user chose an order.

    By default, CUDA puts the fastest first. The driver reads the variable when any part of the
    process first uses CUDA, so this has to come before.
    """
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")


def find_nvidia() -> Nvidia:
    """Return NVIDIA's driver and GPUs; GPUs are only known if nvidia-ml-py is installed."""
    try:
        import pynvml
    except ImportError:
        return Nvidia(driver=loads(_DRIVER_LIBRARY))
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    try:
        pynvml.nvmlInit()
        try:
            gpus = visible_gpus(_cards(pynvml), chosen, lambda uuid: _part(pynvml, uuid))
            cuda = _newest_cuda(pynvml)
        finally:
            pynvml.nvmlShutdown()
    except pynvml.NVMLError as error:
        return Nvidia(driver=loads(_DRIVER_LIBRARY), bindings=True, trouble=str(error))
    return Nvidia(driver=True, bindings=True, gpus=gpus, cuda=cuda)


def visible_gpus(
    cards: Sequence[Card],
    chosen: str | None,
    part_of: Callable[[str], NvidiaGpu | None] = lambda _: None,
) -> tuple[NvidiaGpu, ...]:
    """Return the GPUs that CUDA will see, in its order; the driver's own list has all of them.

    Args:
        cards: every GPU in PCI bus order.
        chosen: the variable CUDA_VISIBLE_DEVICES: comma-separated numbers or prefixes of ids; the
            first that matches no GPU ends the list (CUDA C++ Programming Guide, "CUDA Environment
            Variables"). None if it is not set.
        part_of: returns the part of a GPU in MIG mode with a given id, None if there is none.
    """
    if chosen is None:
        divided = [card.gpu for card in cards if card.divided]
        return tuple(divided[:1] or (card.gpu for card in cards))
    gpus = []
    for entry in map(str.strip, chosen.split(",")):
        if entry.startswith(_MIG):
            gpu = part_of(entry)
            # CUDA uses only one part (NVIDIA Multi-Instance GPU User Guide, "CUDA Visible").
            return () if gpu is None else (gpu,)
        card = _named(cards, entry)
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
    handles = [nvml.nvmlDeviceGetHandleByIndex(n) for n in range(nvml.nvmlDeviceGetCount())]
    return [
        Card(nvml.nvmlDeviceGetUUID(handle), _gpu(nvml, handle, handle), _is_divided(nvml, handle))
        for handle in handles
    ]


def _part(nvml: ModuleType, uuid: str) -> NvidiaGpu | None:
    try:
        handle = nvml.nvmlDeviceGetHandleByUUID(uuid)
        return _gpu(nvml, handle, nvml.nvmlDeviceGetDeviceHandleFromMigDeviceHandle(handle))
    except nvml.NVMLError:
        return None


def _gpu(nvml: ModuleType, handle: object, whole: object) -> NvidiaGpu:
    """Return a GPU, or a part of the `whole` one, which gives its generation."""
    major, minor = nvml.nvmlDeviceGetCudaComputeCapability(whole)
    return NvidiaGpu(nvml.nvmlDeviceGetName(handle), (major, minor))


def _newest_cuda(nvml: ModuleType) -> tuple[int, int] | None:
    try:
        number = nvml.nvmlSystemGetCudaDriverVersion_v2()
    except nvml.NVMLError:
        # It asks libcuda, which a container may lack; CUDA's provider then names it.
        return None
    return number // 1000, number // 10 % 100


def _is_divided(nvml: ModuleType, handle: object) -> bool:
    try:
        current, _ = nvml.nvmlDeviceGetMigMode(handle)
    except nvml.NVMLError:
        # Most GPUs do not support MIG at all.
        return False
    return bool(current)
