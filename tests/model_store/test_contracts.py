from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, numpy_helper

from dlc.errors import ModelError
from dlc.model_store.contracts import check_contract, is_sface
from dlc.model_store.role import Role
from tests.model_store import graphs

COLUMNS = (1, 1, 1, 4, 4, 4, 10, 10, 10)


def detector(
    size: int | str = "?",
    columns: tuple[int, ...] = COLUMNS,
    batch: bool = False,
    channels: int = 3,
    element: int = TensorProto.FLOAT,
) -> onnx.ModelProto:
    outputs = [
        (f"out{at}", ((1, f"n{at}", width) if batch else (f"n{at}", width)))
        for at, width in enumerate(columns)
    ]
    return graphs.model([("input.1", (1, channels, size, size))], outputs, element=element)


def one_to_one(taken: graphs.Shape, given: graphs.Shape) -> onnx.ModelProto:
    return graphs.model([("in", taken)], [("out", given)])


FITTING = [
    (Role.SWAPPER, graphs.swapper),
    (Role.SWAPPER, lambda: graphs.swapper(batch="n")),
    (Role.SWAPPER, lambda: graphs.swapper(element=TensorProto.FLOAT16)),
    (Role.DETECTOR, detector),
    (Role.DETECTOR, lambda: detector(640)),
    (Role.DETECTOR, lambda: detector(batch=True)),
    (Role.RECOGNIZER, lambda: one_to_one(("None", 3, 112, 112), (1, 512))),
    (Role.RECOGNIZER, lambda: one_to_one((1, 3, 112, 112), ("n", 512))),
    (Role.RECOGNIZER, lambda: one_to_one((1, 3, 112, 112), (1, 128))),
    (Role.RECOGNIZER, lambda: one_to_one((1, 3, 112, 112), None)),
    (Role.LANDMARKER, lambda: one_to_one(("None", 3, 192, 192), (1, 212))),
    (Role.ENHANCER, lambda: one_to_one((1, 3, 512, 512), (1, 3, 512, 512))),
    (Role.ENHANCER, lambda: one_to_one((1, 3, 256, 256), None)),
    (Role.ENHANCER, lambda: one_to_one((1, 3, 512, "w"), ("n", 3, "h", "w"))),
    (Role.OCCLUDER, lambda: one_to_one((1, 256, 256, 3), (1, 256, 256, 1))),
    (Role.OCCLUDER, lambda: one_to_one(("n", 256, 256, 3), ("n", "h", "w", 1))),
]


@pytest.mark.parametrize(("role", "make"), FITTING)
def test_a_fitting_model_is_accepted_under_any_name(
    role: Role, make: Callable[[], onnx.ModelProto], tmp_path: Path
) -> None:
    path = graphs.save(make(), tmp_path, "my own.bin")
    io = check_contract(path, role)
    assert len(io.outputs) == (9 if role is Role.DETECTOR else 1)


def test_a_swapper_may_take_its_inputs_in_either_order(tmp_path: Path) -> None:
    model = graphs.swapper()
    model.graph.input.reverse()
    io = check_contract(graphs.save(model, tmp_path), Role.SWAPPER)
    assert [tensor.name for tensor in io.inputs] == ["source", "target"]


def simswap() -> onnx.ModelProto:
    last = numpy_helper.from_array(np.zeros((3, 3), np.float32), "kernel")
    return graphs.swapper(last)


def swapper_of(side: int, latent: int, out: graphs.Shape) -> onnx.ModelProto:
    inputs = [("target", (1, 3, side, side)), ("source", (1, latent))]
    return graphs.model(inputs, [("output", out)], [numpy_helper.from_array(graphs.emap(), "e")])


UNFIT = [
    (Role.SWAPPER, simswap, "last weight is not a matrix"),
    (Role.SWAPPER, detector, "1 inputs and 9 outputs"),
    (Role.SWAPPER, lambda: swapper_of(256, 512, (1, 3, 256, 256)), "1 x 3 x 256 x 256"),
    (Role.SWAPPER, lambda: swapper_of(128, 256, (1, 3, 128, 128)), "1 x 512 of floats"),
    (Role.SWAPPER, lambda: swapper_of(128, 512, (1, 128, 128, 3)), "output 'output'"),
    (Role.SWAPPER, lambda: graphs.swapper(element=TensorProto.INT32), "int32"),
    (Role.DETECTOR, lambda: detector(columns=COLUMNS[:6]), "without five points"),
    (Role.DETECTOR, lambda: detector(columns=(4, 4, 4, 1, 1, 1, 10, 10, 10)), "1 columns"),
    (Role.DETECTOR, lambda: detector(600), "not a multiple of 32"),
    (Role.DETECTOR, lambda: detector(channels=1), "1 x 3 x ? x ?"),
    (Role.DETECTOR, lambda: detector(element=TensorProto.UINT8), "uint8"),
    (Role.DETECTOR, graphs.swapper, "2 inputs and 1 outputs"),
    (Role.RECOGNIZER, lambda: one_to_one((1, 112, 112, 3), (1, 512)), "112 x 112 of floats"),
    (Role.RECOGNIZER, lambda: one_to_one((1, 3, 112, 112), (1, 256)), "1 x 128 (SFace)"),
    (Role.RECOGNIZER, lambda: one_to_one((1, 3, 112, 112), (1, 512, 1, 1)), "1 x ? of floats"),
    (Role.RECOGNIZER, graphs.swapper, "2 inputs"),
    (Role.LANDMARKER, lambda: one_to_one((1, 3, 192, 192), (1, 136)), "1 x 212 of floats"),
    (Role.LANDMARKER, lambda: one_to_one((1, 3, 112, 112), (1, 512)), "192 x 192"),
    (Role.ENHANCER, lambda: one_to_one((1, 3, 500, 500), (1, 3, 500, 500)), "square"),
    (Role.ENHANCER, lambda: one_to_one((1, 3, 256, 512), (1, 3, 256, 512)), "square"),
    (Role.ENHANCER, lambda: one_to_one(("n", 3, "h", "w"), ("n", 3, "h", "w")), "square"),
    (Role.ENHANCER, lambda: one_to_one(None, (1, 3, 512, 512)), "shape not stated"),
    (Role.ENHANCER, lambda: one_to_one((1, 3, 256, 256), (1, 3, 512, 512)), "output"),
    (Role.ENHANCER, graphs.swapper, "2 inputs"),
    (Role.OCCLUDER, lambda: one_to_one((1, 3, 256, 256), (1, 1, 256, 256)), "256 x 256 x 3"),
    (Role.OCCLUDER, lambda: one_to_one((1, 512, 512, 3), (1, 512, 512, 1)), "256 x 256 x 3"),
    (Role.OCCLUDER, lambda: one_to_one((1, 256, 256, 3), (1, 256, 256, 2)), "256 x 256 x 1"),
    (Role.OCCLUDER, graphs.swapper, "2 inputs"),
]


@pytest.mark.parametrize(("role", "make", "words"), UNFIT)
def test_another_model_is_refused_with_the_difference_and_a_remedy(
    role: Role, make: Callable[[], onnx.ModelProto], words: str, tmp_path: Path
) -> None:
    path = graphs.save(make(), tmp_path)
    with pytest.raises(ModelError) as caught:
        check_contract(path, role)
    message = str(caught.value)
    assert words in message
    assert str(path) in message
    assert "dlc models pull" in message


@pytest.mark.parametrize(
    ("given", "sface"), [((1, 128), True), ((1, 512), False), ((1, "size"), False), (None, False)]
)
def test_recognizers_are_told_apart_by_the_size_of_what_they_give(
    given: graphs.Shape, sface: bool, tmp_path: Path
) -> None:
    path = graphs.save(one_to_one((1, 3, 112, 112), given), tmp_path)
    assert is_sface(check_contract(path, Role.RECOGNIZER)) is sface


def test_the_message_names_the_model_that_fits_the_caller(tmp_path: Path) -> None:
    path = graphs.save(graphs.swapper(), tmp_path)
    with pytest.raises(ModelError, match="dlc models pull w600k_r50"):
        check_contract(path, Role.RECOGNIZER)
    with pytest.raises(ModelError, match="dlc models pull sface"):
        check_contract(path, Role.RECOGNIZER, "sface")


@pytest.mark.parametrize("name", ["scrfd_2.5g_kps.onnx", "scrfd_500m_kps.onnx"])
def test_real_detectors_are_detectors_and_nothing_else(name: str, shared_data: Path) -> None:
    path = shared_data / name
    assert check_contract(path, Role.DETECTOR).inputs[0].name == "input.1"
    for role in set(Role) - {Role.DETECTOR, Role.BUILT_IN}:
        with pytest.raises(ModelError, match=f"cannot serve as {role.value}"):
            check_contract(path, role)
