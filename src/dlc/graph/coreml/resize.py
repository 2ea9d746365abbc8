"""Rules for Resize, which has more of them than any other operator."""

from __future__ import annotations

from dlc.graph.coreml.node import CoremlNode

_AXES = (3, 4, 5)


def resize_problem(node: CoremlNode) -> str | None:
    """Return why CoreML leaves a Resize to the CPU; None if it takes it."""
    shape = node.shape(0) or ()
    if len(shape) not in _AXES:
        return f"its input has {len(shape)} axes, not 3 to 5"
    return _manner_problem(node) or _amount_problem(node)


def _manner_problem(node: CoremlNode) -> str | None:
    for name, accepted in (
        ("antialias", 0),
        ("exclude_outside", 0),
        ("keep_aspect_ratio_policy", "stretch"),
    ):
        if node.attribute(name, accepted) != accepted:
            return f"its {name} is {node.attribute(name, accepted)}"
    mode = node.attribute("mode", "nearest")
    points = node.attribute("coordinate_transformation_mode", "half_pixel")
    if mode == "nearest":
        nearest = node.attribute("nearest_mode", "round_prefer_floor")
        if nearest != "floor" or points != "asymmetric":
            return f"it takes the nearest element by {points} and {nearest}"
        return None
    if mode != "linear":
        return f"{mode} interpolation is not taken"
    known = points in ("half_pixel", "align_corners") or (
        # Of more than a single pixel, both are the same.
        points == "pytorch_half_pixel" and min(_sides_after(node)) > 1
    )
    if known or (points == "asymmetric" and _given(node, 3)):
        return None
    return f"it interpolates by {points}"


def _sides_after(node: CoremlNode) -> tuple[int, int]:
    """Return the output's height and width, 0 where they are unknown."""
    *_, height, width = node.facts.shapes.get(node.node.output[0]) or (0, 0)
    return height or 0, width or 0


def _amount_problem(node: CoremlNode) -> str | None:
    by_size = _given(node, 3)
    index = 3 if by_size else 2
    if not _given(node, index):
        return "neither its scales nor its sizes are given"
    value = node.value(index)
    if value is None:
        return f"its {'sizes are' if by_size else 'scales are'} no constant"
    shape = node.shape(0) or ()
    axes = node.attribute("axes", list(range(len(shape))))
    amounts = dict(zip((axis % len(shape) for axis in axes), value.tolist(), strict=True))
    if by_size:
        kept = all(shape[axis] == amounts.get(axis, shape[axis]) for axis in range(len(shape) - 2))
        return None if kept else "it resizes other axes than the last two"
    *others, down, across = (float(amounts.get(axis, 1)) for axis in range(len(shape)))
    if any(scale != 1 for scale in others):
        return "it resizes other axes than the last two"
    height, width = shape[-2:]
    if height is None or width is None:
        return "the size of its input is open"
    return _scale_problem((height, down), (width, across))


def _given(node: CoremlNode, index: int) -> bool:
    """Return whether there is an input here that is not just an empty constant."""
    return node.has(index) and node.shape(index) != (0,)


def _scale_problem(*sides: tuple[int, float]) -> str | None:
    scales = [scale for _, scale in sides]
    if min(scales) < 1 < max(scales):
        return "it enlarges one axis and shrinks the other"
    for size, scale in sides:
        if scale >= 1 and scale != round(scale):
            return f"it enlarges {scale:g} times, which is not an integer"
        shrunk = size * scale
        if scale < 1 and (shrunk != round(shrunk) or size % round(shrunk)):
            return f"it shrinks {size} to {shrunk:g}, which does not divide it"
    return None
