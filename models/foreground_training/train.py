"""Trains the network: `python train.py faces.npz weights.pt MINUTES [weights.pt]`."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from network import ForegroundNet, mean_over_steps
from samples import Samples
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

BATCH, RATE, DECAY = 32, 4e-3, 1e-2
# Steps over which the rate of learning rises; weight of a step in the mean of the weights.
WARM_UP, MEAN_RATE = 100, 0.002
# What rims count more than skin; and eyewear more than hair, and its overlap.
RIMS, EYEWEAR, OVERLAP = 3, 2.0, 0.15


class Stream(IterableDataset[tuple[np.ndarray, np.ndarray]]):
    """Samples for ever."""

    def __init__(self, path: Path) -> None:
        """Use what `faces.py` wrote."""
        self._path = path

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield samples."""
        return Samples(self._path).stream(np.random.default_rng())


def loss_of(logits: Tensor, maps: Tensor) -> Tensor:
    """Return the loss of logits (n, 2, h, w) for maps (n, h, w, 4)."""
    hair, eyewear, hair_weight, eyewear_weight = maps.unbind(dim=3)
    cross = functional.binary_cross_entropy_with_logits
    off_hair = cross(logits[:, 0], hair, reduction="none") * hair_weight
    off_rims = cross(logits[:, 1], eyewear, reduction="none") * (1 + RIMS * eyewear)
    rims = (off_rims * eyewear_weight).sum() / eyewear_weight.sum()
    found = torch.sigmoid(logits[:, 1])
    both = 2 * (found * eyewear * eyewear_weight).sum((1, 2)) + 1
    either = ((found**2 + eyewear**2) * eyewear_weight).sum((1, 2)) + 1
    is_worn = ((eyewear * eyewear_weight).sum((1, 2)) > 5).float()
    apart = ((1 - both / either) * is_worn).sum() / is_worn.sum().clamp(min=1)
    return off_hair.sum() / hair_weight.sum() + EYEWEAR * rims + OVERLAP * apart


def main(faces: Path, output: Path, minutes: float, start: Path | None) -> None:
    """Train for some minutes; write the mean of the weights over the last steps."""
    net = ForegroundNet()
    if start is not None:
        net.load_state_dict(torch.load(start))
    net = net.to(memory_format=torch.channels_last)
    mean = {name: value.clone() for name, value in net.state_dict().items()}
    batches = iter(DataLoader(Stream(faces), BATCH, num_workers=1))
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY)
    began, step = time.monotonic(), 0
    while (done := (time.monotonic() - began) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, step / WARM_UP) * (1 + math.cos(math.pi * done)) / 2
        image, maps = (part.float() for part in next(batches))
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(image.contiguous(memory_format=torch.channels_last))
        loss = loss_of(logits.float(), maps)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimizer.step()
        step += 1
        mean_over_steps(mean, net.state_dict(), max(MEAN_RATE, 1 / (step + 1)))
        if step % 100 == 0:
            sys.stderr.write(f"{step} {loss.item():.4f}\n")
    torch.save(mean, output)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        float(sys.argv[3]),
        Path(sys.argv[4]) if len(sys.argv) > 4 else None,
    )
