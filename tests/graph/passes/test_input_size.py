from __future__ import annotations

import onnx
import pytest
from onnx import TensorProto, helper

from dlc.errors import ModelError
from dlc.graph.passes.input_size import input_size
from dlc.graph.passes.shapes import declared_dims
from tests.graph.graphs import Shape, assert_rewritten, assert_untouched, make_model, random_feeds


def _model(shape: Shape, **others: Shape) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Relu", ["x"], ["inside"]),
        helper.make_node("Abs", ["inside"], ["y"]),
    ]
    nodes += [helper.make_node("Neg", [name], [f"{name}.out"]) for name in others]
    outputs = ["y", *(f"{name}.out" for name in others)]
    model = make_model(nodes, {"x": shape, **others}, outputs)
    for output in model.graph.output:
        given = others.get(output.name.removesuffix(".out"), shape)
        info = helper.make_tensor_value_info(output.name, TensorProto.FLOAT, given)
        output.CopyFrom(info)
    return model


def _dims(model: onnx.ModelProto) -> list[list[int | str | None]]:
    return [declared_dims(value) for value in (*model.graph.input, *model.graph.output)]


def test_open_sizes_are_fixed_also_if_two_have_one_name() -> None:
    feeds = random_feeds({"x": (1, 3, 8, 6)})
    rewritten = assert_rewritten(input_size((1, 3, 8, 6)), _model((1, 3, "?", "?")), feeds)
    assert _dims(rewritten) == [[1, 3, 8, 6], [1, 3, 8, 6]]


def test_open_sizes_without_a_name_are_fixed() -> None:
    feeds = random_feeds({"x": (1, 3, 8, 6)})
    rewritten = assert_rewritten(input_size((1, 3, 8, 6)), _model((None, 3, None, "w")), feeds)
    assert _dims(rewritten) == [[1, 3, 8, 6], [1, 3, 8, 6]]


def test_what_the_model_fixes_stays() -> None:
    assert_untouched(input_size((1, 3, 640, 640)), _model((1, 3, 192, 192)))
    rewritten = input_size((1, 3, 640, 640)).apply(_model(("n", 3, 112, 112)))
    assert _dims(rewritten)[0] == [1, 3, 112, 112]


def test_another_input_with_the_name_of_a_size_has_it_too() -> None:
    model = _model(("n", 3), other=("n", "m"))
    feeds = random_feeds({"x": (2, 3), "other": (2, 5)})
    rewritten = assert_rewritten(input_size((2, 3)), model, feeds)
    assert _dims(rewritten) == [[2, 3], [2, "m"], [2, 3], [2, "m"]]


def test_a_name_of_two_sizes_says_nothing_of_another_input() -> None:
    model = _model(("?", "?"), other=("?",))
    feeds = random_feeds({"x": (2, 3), "other": (7,)})
    rewritten = assert_rewritten(input_size((2, 3)), model, feeds)
    assert _dims(rewritten) == [[2, 3], ["?"], [2, 3], [None]]


def test_sizes_named_inside_are_forgotten_and_known_ones_are_not() -> None:
    model = _model(("n", 3))
    for name, shape in (("inside", ["n", 3]), ("y", [2, 3])):
        info = helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        model.graph.value_info.append(info)
    rewritten = input_size((2, 3)).apply(model)
    assert [value.name for value in rewritten.graph.value_info] == ["y"]


def test_an_input_of_another_kind_is_a_model_error() -> None:
    with pytest.raises(ModelError, match="x has 2 dimensions where 4 were expected"):
        input_size((1, 3, 640, 640)).apply(_model(("n", 512)))


def test_no_input_is_empty() -> None:
    with pytest.raises(ValueError, match="not the shape of an input"):
        input_size((1, 3, 0, 640))
