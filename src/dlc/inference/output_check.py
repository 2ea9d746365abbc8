"""A trial run that shows whether a model's output can be a picture at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlc.arrays import Floats
from dlc.errors import ModelError
from dlc.graph.names import FINITE_OUTPUT
from dlc.host.providers import label
from dlc.inference.elements import ELEMENTS
from dlc.inference.noise import unit_vectors
from dlc.inference.routed_session import RoutedSession

# For outputs from 0 to 1; far below one 8-bit step.
_FLAT = 1e-4
_REMEDY = (
    "If the file is in half precision (fp16), take the one in single precision (fp32), which "
    "`dlc models pull` downloads; otherwise compare its digest with `dlc models verify`, or try "
    "`provider='cpu'`."
)


def probe_output(session: RoutedSession, feed: Mapping[str, Floats] | None = None) -> None:
    """Run a model once; refuse it if an output is not finite, or is constant.

    That is how half precision fails if the GPU or a converted file cannot handle it: with NaN, or
    with a black picture.

    Args:
        session: a model whose outputs are pictures.
        feed: its inputs; None means noise between 0 and 1.

    Raises:
        ModelError: an output is unusable; the message names the file to use instead.
        ProviderError: the run itself failed.
    """
    names = [output.name for output in session.session.get_outputs()]
    outputs = session.run(names, feed if feed is not None else sample_feed(session))
    for name, output in zip(names, outputs, strict=True):
        problem = _not_finite(output) if name == FINITE_OUTPUT else output_problem(output)
        _refuse(session, name, problem)


def check_finite(session: RoutedSession, name: str, output: NDArray[np.floating]) -> None:
    """Refuse a model if its output is NaN or infinite, which would become a black picture.

    Raises:
        ModelError: the output is; the message names the file to use instead.
    """
    _refuse(session, name, _not_finite(output))


def check_shape(
    session: RoutedSession, name: str, output: NDArray[Any], shape: tuple[int, ...]
) -> None:
    """Refuse a model if its output has another shape, as a file may state none or a wrong one.

    Raises:
        ModelError: the output has.
    """
    if output.shape != shape:
        found, expected = (" x ".join(map(str, each)) for each in (output.shape, shape))
        raise ModelError(
            f"The {session.route.role} model {session.name} gives {found} values instead of "
            f"{expected} as its output {name}: `dlc models pull` downloads one that fits"
        )


def output_problem(output: NDArray[np.floating]) -> str | None:
    """Return in words why an output is garbage; None if it is not."""
    if not output.size:
        return "is empty"
    problem = _not_finite(output)
    if problem is not None:
        return problem
    if np.ptp(output.astype(np.float32)) < _FLAT:
        return f"is {float(output.flat[0]):.3g} everywhere"
    return None


def sample_feed(session: RoutedSession, *, seed: int = 0, pictures: int = 1) -> dict[str, Floats]:
    """Return noise for every input of a model, fixed by the seed.

    Values are between 0 and 1, or 0 and 255 for 8-bit pixels, and vectors have unit length. Sizes
    that the model leaves open come from the route, or are 1.

    Args:
        session: the model.
        seed: the seed of the noise.
        pictures: the batch size, if the model and its route leave it open.

    Raises:
        ModelError: an input takes neither floating point numbers nor pixels.
    """
    generator = np.random.default_rng(seed)
    feed = {}
    for number, info in enumerate(session.session.get_inputs()):
        if info.type not in ELEMENTS:
            raise ModelError(
                f"The model {session.name} takes {info.type} as its input {info.name}: "
                "it is not a face model that dlc knows."
            )
        fixed = session.route.input_shape if number == 0 else None
        shape = _closed(info.shape, fixed or (pictures,) + (1,) * (len(info.shape) - 1))
        if len(shape) == 2:
            noise = unit_vectors(generator, shape)
        else:
            scale = 256 if info.type == "tensor(uint8)" else 1
            noise = scale * generator.random(shape, np.float32)
        feed[info.name] = noise.astype(ELEMENTS[info.type])
    return feed


def _refuse(session: RoutedSession, output_name: str, problem: str | None) -> None:
    if problem is not None:
        raise ModelError(
            f"The {session.route.role} model {session.name} is unusable on "
            f"{label(session.route.provider)}: its output {output_name} {problem}. "
            f"{_REMEDY}"
        )


def _not_finite(output: NDArray[np.floating]) -> str | None:
    finite = np.isfinite(output)
    if finite.all():
        return None
    return f"is NaN or infinite in {1 - finite.mean():.0%} of its values"


def _closed(shape: Sequence[int | str | None], sizes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(
        known if isinstance(known, int) else size for known, size in zip(shape, sizes, strict=True)
    )
