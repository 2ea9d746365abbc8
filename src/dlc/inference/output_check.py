"""One run that shows whether what comes out of a model can be a picture at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dlc.errors import ModelError
from dlc.graph.names import FINITE_OUTPUT
from dlc.host.providers import label
from dlc.inference.noise import unit_vectors
from dlc.inference.routed_session import RoutedSession

_ELEMENTS = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
# Of an output whose values go from 0 to 1: far below one step of 8 bits.
_FLAT = 1e-4
_REMEDY = (
    "If the file is in half precision (fp16), take the one in single precision (fp32), which "
    "`dlc models pull` downloads; otherwise compare its digest with `dlc models verify`, or try "
    "`provider='cpu'`."
)


def probe_output(
    session: RoutedSession, feed: Mapping[str, NDArray[np.float32]] | None = None
) -> None:
    """Run a model once and refuse it if an output is not finite, or the same value everywhere.

    That is how half precision fails where a GPU or a converted file is not up to it: with NaN, or
    with a black picture.

    Args:
        session: a model whose outputs are pictures.
        feed: its inputs; None takes noise between 0 and 1.

    Raises:
        ModelError: an output is unusable; the message names the file to take instead.
        ProviderError: the run itself failed.
    """
    names = [output.name for output in session.session.get_outputs()]
    outputs = session.run(names, feed if feed is not None else sample_feed(session))
    for name, output in zip(names, outputs, strict=True):
        problem = _not_finite(output) if name == FINITE_OUTPUT else output_problem(output)
        _refuse(session, name, problem)


def check_finite(session: RoutedSession, name: str, output: NDArray[np.floating]) -> None:
    """Refuse a model if what a run gave is NaN or infinite, which would become a black picture.

    Raises:
        ModelError: it is; the message names the file to take instead.
    """
    _refuse(session, name, _not_finite(output))


def output_problem(output: NDArray[np.floating]) -> str | None:
    """Return what shows that an output is garbage, in words; None if nothing does."""
    if not output.size:
        return "is empty"
    problem = _not_finite(output)
    if problem is not None:
        return problem
    if np.ptp(output.astype(np.float32)) < _FLAT:
        return f"is {float(output.flat[0]):.3g} everywhere"
    return None


def sample_feed(
    session: RoutedSession, *, seed: int = 0, pictures: int = 1
) -> dict[str, NDArray[np.float32]]:
    """Return noise for every input of a model, always the same for a seed.

    It is between 0 and 1, or 0 and 255 in 8-bit pixels, and vectors are of unit length. Where the
    model leaves a size open it is that of the route, or 1.

    Args:
        session: the model.
        seed: of the noise.
        pictures: the size of the batch, where the model and its route leave that open.

    Raises:
        ModelError: an input takes something else than floating point numbers or pixels.
    """
    generator = np.random.default_rng(seed)
    feed = {}
    for number, info in enumerate(session.session.get_inputs()):
        if info.type not in _ELEMENTS:
            raise ModelError(
                f"The model {session.name} takes {info.type} as its input {info.name}: "
                "it is no model of faces that dlc knows."
            )
        fixed = session.route.input_shape if number == 0 else None
        shape = _closed(info.shape, fixed or (pictures,) + (1,) * (len(info.shape) - 1))
        if len(shape) == 2:
            noise = unit_vectors(generator, shape)
        else:
            scale = 256 if info.type == "tensor(uint8)" else 1
            noise = scale * generator.random(shape, np.float32)
        feed[info.name] = noise.astype(_ELEMENTS[info.type])
    return feed


def _refuse(session: RoutedSession, output_name: str, problem: str | None) -> None:
    if problem is not None:
        raise ModelError(
            f"The {session.route.role} model {session.name} is of no use on "
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
