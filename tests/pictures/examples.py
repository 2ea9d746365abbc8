"""Which options the pictures show, on what, and where to look."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from tests.pictures.material import COLLINS, HOPPER, MICROPHONE, NOISE, PAIR
from tests.pictures.views import OverTime, Still, View


@dataclass(frozen=True, slots=True)
class Given:
    """A panel that shows a file of the material as it is."""

    file: str
    caption: str


@dataclass(frozen=True, slots=True)
class Swapped:
    """A panel that shows what `dlc swap` makes of the target with these options.

    Attributes:
        options: as they are typed; none is the default.
        caption: what is written above it; None is the options.
        source: a file of the material; None where --map names the sources.
    """

    options: str = ""
    caption: str | None = None
    source: str | None = COLLINS

    @property
    def title(self) -> str:
        """What is written above it."""
        return self.options if self.caption is None else self.caption

    def arguments(self, target: str, output: str) -> list[str]:
        """Return what is typed after `dlc swap`."""
        return [*shlex.split(self.options), *filter(None, [self.source]), target, output]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Panels that show the same part of what different options make of one target.

    Attributes:
        name: of the file, without its extension.
        target: a file of the material.
        view: what of each file is shown.
        height: of each panel, in pixels.
        columns: panels beside each other.
        panels: from the left, row after row.
    """

    name: str
    target: str
    view: View
    height: int
    columns: int
    panels: tuple[Given | Swapped, ...]


_FACE = Still((150, 125, 390, 350))
_DEFAULT = Swapped(caption="default")

SHEETS = (
    Sheet(
        "swap",
        HOPPER,
        Still((56, 0, 456, 400)),
        330,
        3,
        (Given(COLLINS, "source"), Given(HOPPER, "target"), Swapped(caption="result")),
    ),
    Sheet(
        "look",
        HOPPER,
        _FACE,
        300,
        3,
        (
            _DEFAULT,
            Swapped("--opacity 0.5"),
            Swapped("--sharpness 1"),
            Swapped("--color-match lab"),
            Swapped("--color-match local"),
            Swapped("--blend poisson"),
        ),
    ),
    Sheet(
        "masks",
        HOPPER,
        _FACE,
        300,
        3,
        (
            Given(HOPPER, "target"),
            _DEFAULT,
            Swapped("--mask-feather 25"),
            Swapped("--mask-padding 45,0,0,0"),
            Swapped("--mask-padding 0,0,35,0"),
            Swapped("--mouth-mask"),
        ),
    ),
    Sheet(
        "occlusion",
        MICROPHONE,
        Still((130, 110, 410, 370)),
        300,
        3,
        (
            Given(MICROPHONE, "a frame of the target"),
            Swapped("--occlusion off"),
            Swapped("--occlusion auto", "--occlusion auto, the default"),
        ),
    ),
    Sheet(
        "smoothing",
        NOISE,
        OverTime(row=270, left=180, right=370, skipped=10, rows_each=4),
        260,
        3,
        (
            Swapped("--smoothing 0"),
            Swapped("--smoothing 0.5", "--smoothing 0.5, the default"),
            Swapped("--smoothing 1"),
        ),
    ),
    Sheet(
        "people",
        PAIR,
        Still((30, 0, 1000, 420)),
        210,
        2,
        (
            Given(PAIR, "target"),
            Swapped("--faces left", f"{HOPPER} with --faces left", HOPPER),
            Swapped("--faces right", f"{COLLINS} with --faces right"),
            Swapped(f"--map {COLLINS}={HOPPER} --map {HOPPER}={COLLINS}", source=None),
        ),
    ),
    Sheet(
        "label",
        HOPPER,
        Still((0, 360, 512, 600)),
        234,
        2,
        (_DEFAULT, Swapped('--label "not a real photo"')),
    ),
)
