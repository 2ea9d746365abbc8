"""Damaged and hostile ONNX files, and what dlc makes of them as a swapper."""

from __future__ import annotations

import random
import traceback
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from dlc.errors import DlcError
from dlc.host.host import Host
from dlc.inference.router import choose_route
from dlc.inference.sessions import open_session
from dlc.model_store.contracts import check_contract
from dlc.model_store.role import Role
from dlc.model_store.skim import skim_emap
from dlc.swapping.inswapper_model import InswapperModel
from tests.faults import damage
from tests.host import machines


def model_cases(folder: Path, count: int, seed: int) -> Iterator[tuple[str, Path]]:
    """Write `count` damaged files, one at a time, and yield their names and paths."""
    whole = _swapper()
    data = whole.SerializeToString()
    graph = len(data) - sum(len(tensor.raw_data) for tensor in whole.graph.initializer)
    for number in range(count):
        chance = random.Random(f"{seed} model {number}")  # noqa: S311 - reproducible, no secret
        path = folder / "damaged.onnx"
        if number % 4 == 3:
            hostile = _HOSTILE[number // 4 % len(_HOSTILE)]
            model = onnx.ModelProto()
            model.CopyFrom(whole)
            hostile(model, chance)
            name, damaged = hostile.__name__, model.SerializeToString()
        else:
            how = damage.KINDS[number % len(damage.KINDS)]
            # Most of the bytes are weights, in which any bit is as good as another.
            head, tail = data[:graph], data[graph:]
            damaged = how(head, chance) + tail if number % 4 else head + how(tail, chance)
            name = how.__name__
        path.write_bytes(damaged)
        yield f"{number:03} {name}", path


def judge(path: Path) -> tuple[str, str]:
    """Check, skim, load and run a file as `--swapper-model` does."""
    try:
        check_contract(path, Role.SWAPPER)
        emap = skim_emap(path)
        route = choose_route(Role.SWAPPER, _host(), threads=1)
        model = InswapperModel(open_session(path, route))
        crop = np.zeros((128, 128, 3), np.uint8)
        (picture,) = model.swap_crops([crop], emap[0] / np.linalg.norm(emap[0]))
    except DlcError as error:
        return type(error).__name__, str(error)
    except BaseException as error:  # noqa: BLE001 - that there is none is what is tested
        where = traceback.extract_tb(error.__traceback__)[-1]
        return "unforeseen", f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
    return ("runs", "") if picture.shape == (128, 128, 3) else ("unreported", str(picture.shape))


def _host() -> Host:
    return machines.cpu_only()


def _swapper() -> onnx.ModelProto:
    """Return a small model with inswapper_128's inputs and outputs, and real layers between."""
    generator = np.random.default_rng(0)

    def weights(name: str, *shape: int) -> TensorProto:
        return numpy_helper.from_array(generator.normal(0, 0.1, shape).astype(np.float32), name)

    tensors = [weights("k1", 8, 3, 3, 3), weights("k2", 3, 8, 3, 3), weights("g", 512, 8)]
    tensors.append(numpy_helper.from_array(np.array([1, 8, 1, 1]), "shape"))
    tensors.append(weights("emap", 512, 512))
    nodes = [
        helper.make_node("Conv", ["target", "k1"], ["a"], pads=[1] * 4),
        helper.make_node("MatMul", ["source", "g"], ["b"]),
        helper.make_node("Reshape", ["b", "shape"], ["c"]),
        helper.make_node("Add", ["a", "c"], ["d"]),
        helper.make_node("Relu", ["d"], ["e"]),
        helper.make_node("Conv", ["e", "k2"], ["f"], pads=[1] * 4),
        helper.make_node("Sigmoid", ["f"], ["output"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "swapper",
        [
            value("target", TensorProto.FLOAT, (1, 3, 128, 128)),
            value("source", TensorProto.FLOAT, (1, 512)),
        ],
        [value("output", TensorProto.FLOAT, (1, 3, 128, 128))],
        tensors,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def huge_tensor(model: onnx.ModelProto, _: random.Random) -> None:
    """Declare a weight of 16 TiB."""
    model.graph.initializer[0].dims[:] = [1 << 21, 1 << 21]


def huge_pads(model: onnx.ModelProto, chance: random.Random) -> None:
    """Let a convolution pad its input by a million pixels."""
    _pads(model).ints[:] = [chance.choice((10**6, 2**40, -5))] * 4


def cycle(model: onnx.ModelProto, _: random.Random) -> None:
    """Let a node wait for its own result."""
    model.graph.node[0].input[0] = "f"


def no_nodes(model: onnx.ModelProto, _: random.Random) -> None:
    """Take the nodes away."""
    del model.graph.node[:]


def unknown_operator(model: onnx.ModelProto, chance: random.Random) -> None:
    """Ask for an operator that there is not."""
    node = chance.choice(model.graph.node)
    node.op_type, node.domain = "Magic", chance.choice(("", "nowhere"))


def swapped_inputs(model: onnx.ModelProto, chance: random.Random) -> None:
    """Feed nodes with each other's inputs."""
    nodes = chance.sample(list(model.graph.node), 2)
    names = nodes[0].input[0], nodes[1].input[0]
    nodes[1].input[0], nodes[0].input[0] = names


def wrong_sizes(model: onnx.ModelProto, chance: random.Random) -> None:
    """Give a weight other dimensions than it has numbers for."""
    tensor = chance.choice(model.graph.initializer)
    tensor.dims[0] = chance.choice((0, 1, 7, 2**31, 2**62))


def deep_nesting(model: onnx.ModelProto, _: random.Random) -> None:
    """Put a graph into a graph into a graph, as deep as protobuf lets anybody read."""
    value = helper.make_tensor_value_info
    node = helper.make_node("Relu", ["e"], ["deep0"])
    for level in range(28):
        output = value(f"deep{level}", TensorProto.FLOAT, None)
        body = helper.make_graph([node], f"body{level}", [], [output])
        node = helper.make_node("If", ["yes"], [f"deep{level + 1}"], then_branch=body)
    model.graph.node.append(node)


def absolute_data(model: onnx.ModelProto, _: random.Random) -> None:
    """Name a file of the system as the place of a weight."""
    _external(model, "/etc/passwd")


def escaping_data(model: onnx.ModelProto, _: random.Random) -> None:
    """Name a file outside the model's folder as the place of a weight."""
    _external(model, "../../../../../../../../etc/passwd")


def missing_data(model: onnx.ModelProto, _: random.Random) -> None:
    """Name a file that there is not as the place of a weight."""
    _external(model, "weights.bin")


def endless_repeat(model: onnx.ModelProto, _: random.Random) -> None:
    """Add a loop that goes round for ever and grows its result."""
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Identity", ["i"], ["o"])],
        "body",
        [value("i", TensorProto.INT64, ()), value("go", TensorProto.BOOL, ())],
        [value("on", TensorProto.BOOL, ()), value("o", TensorProto.INT64, ())],
    )
    model.graph.node.insert(0, helper.make_node("Loop", ["", "yes"], ["all"], body=body))
    emap = model.graph.initializer.pop()
    model.graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))
    model.graph.initializer.append(emap)
    model.graph.output.append(value("all", TensorProto.INT64, ("n",)))


_HOSTILE = (
    huge_tensor,
    huge_pads,
    cycle,
    no_nodes,
    unknown_operator,
    swapped_inputs,
    wrong_sizes,
    deep_nesting,
    absolute_data,
    escaping_data,
    missing_data,
    endless_repeat,
)


def _pads(model: onnx.ModelProto) -> onnx.AttributeProto:
    return next(each for each in model.graph.node[0].attribute if each.name == "pads")


def _external(model: onnx.ModelProto, location: str) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    tensor.external_data.add(key="offset", value="0")
    tensor.external_data.add(key="length", value=str(8 * 3 * 3 * 3 * 4))
