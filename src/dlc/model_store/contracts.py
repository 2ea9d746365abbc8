"""The inputs and outputs a model must have for its role, whatever its file is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dlc.errors import ModelError
from dlc.model_store.role import Role
from dlc.model_store.skim import GraphIO, TensorInfo, skim_emap, skim_io

_FLOATS = ("float32", "float16")

# Scores, boxes and five points, each for strides 8, 16 and 32, in this order.
_SCRFD_COLUMNS = (1, 1, 1, 4, 4, 4, 10, 10, 10)
_SCRFD_LARGEST_STRIDE = 32
_SCRFD_FROM_POINTS = "a detector without five points cannot align faces"

_SWAPPER_SIDE = 128
_EMBEDDING, _SFACE_EMBEDDING = 512, 128
_RECOGNIZER_SIDE = 112
_LANDMARKER_SIDE = 192
_LANDMARKS = 2 * 106
_ENHANCER_SIDES = (256, 512, 1024)
_OCCLUDER_SIDE = 256

# None stands for any size.
_Shape = Sequence[int | None]


def check_contract(path: Path, role: Role, example: str | None = None) -> GraphIO:
    """Raise unless a model file has the inputs and outputs of its role, without opening a session.

    The contracts are those of inswapper_128, SCRFD with five points, ArcFace or SFace, 2d106det,
    GFPGAN or GPEN, and XSeg. A size that a file leaves open passes.

    Args:
        path: an ONNX file.
        role: the model's role; not `Role.BUILT_IN`, whose files come with dlc.
        example: catalog name of a model that fits, for the message; None means the neural engine's.

    Returns:
        The inputs and outputs, in the graph's order.

    Raises:
        ModelError: it is not a complete ONNX file, or a model for something else; the message says
            what differs and which model fits.
    """
    io = skim_io(path)
    check, usual = _CONTRACTS[role]
    problem = check(io)
    if problem is not None:
        message = (
            f"{path} cannot serve as {role.value}: {problem}; "
            f"`dlc models pull {example or usual}` downloads one that fits"
        )
        raise ModelError(message)
    if role is Role.SWAPPER:
        skim_emap(path)
    return io


def is_sface(io: GraphIO) -> bool:
    """Return whether a recognizer that passed its contract is SFace rather than ArcFace.

    SFace computes 128 numbers per face, and takes pixels unnormalized.
    """
    shape = io.outputs[0].shape or (None,)
    return shape[-1] == _SFACE_EMBEDDING


def _swapper(io: GraphIO) -> str | None:
    image = (1, 3, _SWAPPER_SIDE, _SWAPPER_SIDE)
    if len(io.inputs) != 2 or len(io.outputs) != 1:
        return _counts(io, "two inputs and one output")
    by_rank = sorted(io.inputs, key=lambda tensor: -len(tensor.shape or ()))
    return (
        _mismatch("input", by_rank[0], image)
        or _mismatch("input", by_rank[1], (1, _EMBEDDING))
        or _mismatch("output", io.outputs[0], image)
    )


def _detector(io: GraphIO) -> str | None:
    if len(io.inputs) != 1 or len(io.outputs) != len(_SCRFD_COLUMNS):
        return f"{_counts(io, 'one input and nine outputs')} ({_SCRFD_FROM_POINTS})"
    problem = _mismatch("input", io.inputs[0], (1, 3, None, None))
    if problem is not None:
        return problem
    for size in (io.inputs[0].shape or ())[2:]:
        if isinstance(size, int) and size % _SCRFD_LARGEST_STRIDE:
            return f"its input size {size} is not a multiple of {_SCRFD_LARGEST_STRIDE}"
    for tensor, columns in zip(io.outputs, _SCRFD_COLUMNS, strict=True):
        # Some exports have a batch dimension in front, so compare only the last one.
        last = tensor.shape[-1] if tensor.shape else None
        if tensor.element not in _FLOATS or (isinstance(last, int) and last != columns):
            return f"its output {_describe(tensor)} should have {columns} columns of floats"
    return None


def _recognizer(io: GraphIO) -> str | None:
    problem = _one_to_one(io, (1, 3, _RECOGNIZER_SIDE, _RECOGNIZER_SIDE), (1, None))
    if problem is not None:
        return problem
    (output,) = io.outputs
    size = output.shape[-1] if output.shape else None
    if isinstance(size, int) and size not in (_EMBEDDING, _SFACE_EMBEDDING):
        wanted = f"1 x {_EMBEDDING} (ArcFace) or 1 x {_SFACE_EMBEDDING} (SFace)"
        return f"its output {_describe(output)} should be {wanted}"
    return None


def _landmarker(io: GraphIO) -> str | None:
    return _one_to_one(io, (1, 3, _LANDMARKER_SIDE, _LANDMARKER_SIDE), (1, _LANDMARKS))


def _enhancer(io: GraphIO) -> str | None:
    if len(io.inputs) != 1:
        return _counts(io, "one input and one output")
    sides = {size for size in (io.inputs[0].shape or ())[2:] if isinstance(size, int)}
    if len(sides) != 1 or not sides <= set(_ENHANCER_SIDES):
        names = ", ".join(map(str, _ENHANCER_SIDES))
        return f"its input {_describe(io.inputs[0])} is not a square picture of {names} pixels"
    (side,) = sides
    return _one_to_one(io, (1, 3, side, side), (1, 3, side, side))


def _occluder(io: GraphIO) -> str | None:
    # Channels come last, as in TensorFlow, where XSeg is from.
    picture = (1, _OCCLUDER_SIDE, _OCCLUDER_SIDE)
    return _one_to_one(io, (*picture, 3), (*picture, 1))


def _one_to_one(io: GraphIO, taken: _Shape, given: _Shape) -> str | None:
    if len(io.inputs) != 1 or len(io.outputs) != 1:
        return _counts(io, "one input and one output")
    return _mismatch("input", io.inputs[0], taken) or _mismatch("output", io.outputs[0], given)


_CONTRACTS: dict[Role, tuple[Callable[[GraphIO], str | None], str]] = {
    Role.SWAPPER: (_swapper, "inswapper_128"),
    Role.DETECTOR: (_detector, "det_10g"),
    Role.RECOGNIZER: (_recognizer, "w600k_r50"),
    Role.LANDMARKER: (_landmarker, "2d106det"),
    Role.ENHANCER: (_enhancer, "GFPGANv1.4"),
    Role.OCCLUDER: (_occluder, "xseg_1"),
}


def _counts(io: GraphIO, wanted: str) -> str:
    return f"it has {len(io.inputs)} inputs and {len(io.outputs)} outputs, not {wanted}"


def _mismatch(kind: str, tensor: TensorInfo, wanted: _Shape) -> str | None:
    """Return what is wrong with a tensor, or None; undeclared sizes pass."""
    fits = tensor.shape is None or (
        len(tensor.shape) == len(wanted)
        and all(
            expected is None or not isinstance(size, int) or size == expected
            for size, expected in zip(tensor.shape, wanted, strict=True)
        )
    )
    if fits and tensor.element in _FLOATS:
        return None
    shape = " x ".join("?" if size is None else str(size) for size in wanted)
    return f"its {kind} {_describe(tensor)} should be {shape} of floats"


def _describe(tensor: TensorInfo) -> str:
    if tensor.shape is None:
        return f"{tensor.name!r} ({tensor.element}, shape not stated)"
    shape = " x ".join("?" if size is None else str(size) for size in tensor.shape)
    return f"{tensor.name!r} ({tensor.element}, {shape})"
