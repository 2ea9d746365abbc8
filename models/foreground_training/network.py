"""The network: a small U-Net of plain convolutions, which a CPU runs faster than separable ones."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

# Channels at 64 x 64, 32 x 32, 16 x 16 and 8 x 8, on the way down; and on the way up.
DOWN, UP = (20, 36, 52, 56), (16, 20, 40)


class Residual(nn.Module):
    """One convolution whose output is added to its input."""

    def __init__(self, channels: int) -> None:
        """Keep the number of channels."""
        super().__init__()
        self.change = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape."""
        return functional.relu(features + self.change(features))


class ForegroundNet(nn.Module):
    """Maps RGB (n, 3, 128, 128) to logits (n, 2, 128, 128) of hair and of eyewear.

    Blocks of 2 x 2 pixels become channels first, and pixels again at the end: thin rims are seen at
    full resolution, but nothing is computed there.
    """

    def __init__(self) -> None:
        """Start with random weights, and the belief that little is covered."""
        super().__init__()
        first, second, third, last = DOWN
        up_first, up_second, up_third = UP
        self.blocks, self.pixels = nn.PixelUnshuffle(2), nn.PixelShuffle(2)
        self.down = nn.ModuleList(
            [
                _convolution(12, first),
                nn.Sequential(_convolution(first, second, 2), Residual(second)),
                nn.Sequential(_convolution(second, third, 2), Residual(third)),
                nn.Sequential(_convolution(third, last, 2), Residual(last)),
            ]
        )
        self.narrow = nn.ModuleList(
            [
                nn.Conv2d(last, third, 1),
                nn.Conv2d(up_third, second, 1),
                nn.Conv2d(up_second, up_first, 1),
            ]
        )
        self.up = nn.ModuleList(
            [_convolution(third, up_third), _convolution(second, up_second), Residual(up_first)]
        )
        self.skip = nn.Conv2d(first, up_first, 1)
        self.out = nn.Conv2d(up_first, 8, 1)
        nn.init.constant_(self.out.bias, -2.0)

    def forward(self, image: Tensor) -> Tensor:
        """Return the logits."""
        fine = self.down[0](self.blocks(image))
        middle = self.down[1](fine)
        coarse = self.down[2](middle)
        features = self.down[3](coarse)
        beside = (coarse, middle, self.skip(fine))
        for narrow, up, seen in zip(self.narrow, self.up, beside, strict=True):
            features = up(functional.relu(seen + _larger(narrow(features))))
        return self.pixels(self.out(features))


def _convolution(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


def _larger(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2, mode="bilinear", align_corners=False)


def mean_over_steps(mean: dict[str, Tensor], now: dict[str, Tensor], rate: float) -> None:
    """Blend the present weights into their mean over the steps, in place."""
    for name, value in now.items():
        if torch.is_floating_point(value):
            mean[name].lerp_(value, rate)
        else:
            mean[name] = value.clone()
