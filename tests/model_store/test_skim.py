"""What is read from ONNX files without loading them, against what onnx reads by loading them."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
from pathlib import Path

import hypothesis
import hypothesis.strategies as st
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from dlc.errors import ModelError
from dlc.model_store.skim import GraphIO, TensorInfo, skim_defaults, skim_emap, skim_io, skim_nodes
from dlc.model_store.wire import MAX_FIELDS
from tests.model_store import graphs


def onnx_io(path: Path) -> GraphIO:
    """Read the same facts with onnx."""
    graph = onnx.load(path).graph
    weights = {weight.name for weight in graph.initializer}

    def info(value: onnx.ValueInfoProto) -> TensorInfo:
        tensor = value.type.tensor_type
        element = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.elem_type)).name
        shape = None
        if tensor.HasField("shape"):
            shape = tuple(
                getattr(size, kind) if (kind := size.WhichOneof("value")) else None
                for size in tensor.shape.dim
            )
        return TensorInfo(value.name, element, shape)

    inputs = [info(value) for value in graph.input if value.name not in weights]
    return GraphIO(tuple(inputs), tuple(info(value) for value in graph.output))


SHIPPED = sorted((Path(__file__).parents[2] / "models").glob("*.onnx"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_inputs_and_outputs_of_shipped_models_are_what_onnx_reads(path: Path) -> None:
    assert skim_io(path) == onnx_io(path)


@pytest.mark.parametrize("name", ["scrfd_2.5g_kps.onnx", "scrfd_500m_kps.onnx"])
def test_inputs_and_outputs_of_real_detectors_are_what_onnx_reads(
    name: str, shared_data: Path
) -> None:
    io = skim_io(shared_data / name)
    assert io == onnx_io(shared_data / name)
    assert io.inputs == (TensorInfo("input.1", "float32", (1, 3, "?", "?")),)


@pytest.mark.parametrize("element", [TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64])
def test_every_kind_of_size_is_read(element: int, tmp_path: Path) -> None:
    shapes = [("a", (1, "n", None, 7)), ("b", None), ("c", ()), ("naïve", (2**40,))]
    path = graphs.save(graphs.model(shapes, shapes[::-1], element=element), tmp_path)
    assert skim_io(path) == onnx_io(path)
    assert skim_io(path).inputs[0].shape == (1, "n", None, 7)
    assert skim_io(path).inputs[1].shape is None


@pytest.mark.parametrize(("version", "names"), [(3, set()), (4, {"w", "v"}), (8, {"w", "v"})])
def test_weights_among_the_inputs_are_defaults_since_ir_version_4(
    version: int, names: set[str], tmp_path: Path
) -> None:
    weights = [numpy_helper.from_array(np.zeros(1, np.float32), name) for name in "uvw"]
    model = graphs.model([("w", (1,)), ("x", (1,)), ("v", (1,))], [("y", (1,))], weights)
    model.ir_version = version
    path = graphs.save(model, tmp_path)
    assert skim_defaults(path) == names
    assert [tensor.name for tensor in skim_io(path).inputs] == ["x"]
    model.ClearField("ir_version")
    assert skim_defaults(graphs.save(model, tmp_path)) == set()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_models_list_no_weights(path: Path) -> None:
    assert skim_defaults(path) == set()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_first_nodes_are_a_model_of_their_own(path: Path) -> None:
    nodes = onnx.load(path).graph.node
    for count in (0, 1, 8, len(nodes) + 1):
        skimmed = onnx.load_from_string(skim_nodes(path, count)).graph
        assert list(skimmed.node) == list(nodes[:count])
        assert not skimmed.initializer


def test_the_nodes_of_half_a_file_are_not_taken(tmp_path: Path) -> None:
    whole = graphs.swapper().SerializeToString()
    path = graphs.save(whole[: len(whole) // 2], tmp_path)
    with pytest.raises(ModelError, match="not a usable ONNX model"):
        skim_nodes(path, 1)


def test_weights_listed_as_inputs_are_left_out(tmp_path: Path) -> None:
    model = graphs.swapper()
    for weight in model.graph.initializer:
        model.graph.input.extend(graphs.tensors([(weight.name, tuple(weight.dims))]))
    model.ir_version = 3
    io = skim_io(graphs.save(model, tmp_path))
    assert [tensor.name for tensor in io.inputs] == ["target", "source"]


def as_raw(values: np.ndarray) -> TensorProto:
    return numpy_helper.from_array(values, "emap")


def as_numbers(values: np.ndarray) -> TensorProto:
    element = helper.np_dtype_to_tensor_dtype(values.dtype)
    return helper.make_tensor("emap", element, values.shape, values.ravel())


@pytest.mark.parametrize("store", [as_raw, as_numbers])
@pytest.mark.parametrize("element", [np.float32, np.float16])
def test_the_matrix_is_what_onnx_reads(
    store: object, element: type[np.floating], tmp_path: Path
) -> None:
    assert callable(store)
    tensor = store(graphs.emap().astype(element))
    assert tensor.HasField("raw_data") == (store is as_raw)
    path = graphs.save(graphs.swapper(tensor), tmp_path)
    expected = numpy_helper.to_array(onnx.load(path).graph.initializer[-1])
    assert expected.dtype == element
    matrix = skim_emap(path)
    assert matrix.dtype == np.float32
    assert matrix.flags.writeable
    np.testing.assert_array_equal(matrix, expected.astype(np.float32))


def test_a_matrix_in_single_numbers_is_read_too(tmp_path: Path) -> None:
    """protobuf may write a repeated float unpacked; onnx's own writer never does."""
    values = graphs.emap()
    fields = [b"\x08" + graphs.varint(512)] * 2 + [b"\x10\x01"]
    fields += [b"\x25" + struct.pack("<f", value) for value in values.ravel()]
    tensor = b"".join(fields)
    graph = graphs.length_delimited(5, len(tensor)) + tensor
    path = graphs.save(graphs.length_delimited(7, len(graph)) + graph, tmp_path)
    np.testing.assert_array_equal(skim_emap(path), values)


def test_the_last_initializer_counts_wherever_it_lies(tmp_path: Path) -> None:
    """The parts of a message may come in any order, so the graph's name may follow its weights."""
    first, last = (as_raw(graphs.emap(seed)).SerializeToString() for seed in (1, 2))
    graph = b"".join(
        graphs.length_delimited(number, len(part)) + part
        for number, part in ((5, first), (11, b""), (5, last), (2, b"name"), (1, b""))
    )
    path = graphs.save(graphs.length_delimited(7, len(graph)) + graph + b"\x08\x07", tmp_path)
    np.testing.assert_array_equal(skim_emap(path), graphs.emap(2))


def refused(path: Path) -> str:
    """Return why the matrix is refused."""
    with pytest.raises(ModelError) as caught:
        skim_emap(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (as_raw(np.zeros((512, 511), np.float32)), "not a matrix of 512 x 512"),
        (as_raw(np.zeros((262144,), np.float32)), "not a matrix of 512 x 512"),
        (as_raw(np.zeros((512, 512), np.int32)), "not a matrix of 512 x 512"),
        (as_raw(np.zeros((512, 512), np.float64)), "not a matrix of 512 x 512"),
        (as_raw(np.full((512, 512), np.nan, np.float16)), "NaN or infinity"),
        (as_raw(np.full((512, 512), np.inf, np.float32)), "NaN or infinity"),
    ],
)
def test_another_last_weight_is_refused(last: TensorProto, words: str, tmp_path: Path) -> None:
    message = refused(graphs.save(graphs.swapper(last), tmp_path))
    assert words in message
    assert "dlc models pull" in message


def test_a_weight_that_fills_memory_is_not_read(tmp_path: Path) -> None:
    last = as_raw(np.zeros((2048, 2048), np.float32))
    assert "16,777," in refused(graphs.save(graphs.swapper(last), tmp_path))


def test_a_matrix_in_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(
        graphs.swapper(), path, save_as_external_data=True, location="weights", size_threshold=99
    )
    assert (tmp_path / "weights").stat().st_size > 1 << 20
    assert "in another file" in refused(path)


@pytest.mark.parametrize("size", [0, 4, 512 * 512 * 4 - 1, 512 * 512 * 4 + 4])
def test_a_matrix_of_another_length_is_refused(size: int, tmp_path: Path) -> None:
    last = as_raw(graphs.emap())
    last.raw_data = bytes(size)
    assert "does not hold 512 x 512" in refused(graphs.save(graphs.swapper(last), tmp_path))


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param([-1] * 512**2, id="negative"),
        pytest.param([1] * (512**2 - 1), id="too few"),
        pytest.param([1] * (512**2 + 1), id="too many"),
        pytest.param([2**31 - 1] * (512**2 // 2), id="five bytes each"),
    ],
)
def test_integers_that_are_no_float16_are_refused(numbers: list[int], tmp_path: Path) -> None:
    last = TensorProto(data_type=TensorProto.FLOAT16, dims=(512, 512), int32_data=numbers)
    assert "its identity matrix" in refused(graphs.save(graphs.swapper(last), tmp_path))


def test_a_graph_without_weights_is_refused(tmp_path: Path) -> None:
    path = graphs.save(graphs.model([("a", (1,))], [("b", (1,))]), tmp_path)
    assert "no weights" in refused(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "not a usable ONNX model"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "not a usable"),
        (b"\x08\x07", "holds no graph"),
        (b"\x3a\x00" * 2, "several graphs"),
        (b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "bytes are missing"),
        (b"\xff" * 20, "never ends"),
        (b"\x08\x80", "middle of a number"),
        (b"\x00\x00", "where a field can begin"),
        (b"\x0b\x0c", "no known kind"),
        (b"\x08\x01" * (MAX_FIELDS + 1), "parts"),
    ],
    ids=range(11),
)
def test_what_is_no_onnx_file_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = graphs.save(content, tmp_path)
    assert words in refused(path)
    with pytest.raises(ModelError, match="model"):
        skim_io(path)


def test_a_name_of_endless_length_is_not_read(tmp_path: Path) -> None:
    name = bytes(1 << 20)
    value = graphs.length_delimited(1, len(name)) + name
    graph = graphs.length_delimited(11, len(value)) + value
    path = graphs.save(graphs.length_delimited(7, len(graph)) + graph, tmp_path)
    with pytest.raises(ModelError, match="a name in it has 1,048,576 bytes"):
        skim_io(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.onnx"):
        assert "not a model file" in refused(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a model file" in refused(tmp_path / "pipe")


@pytest.fixture(scope="module")
def whole() -> bytes:
    return graphs.swapper().SerializeToString()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


def survives(path: Path) -> None:
    """Skim a damaged file: facts or a clear error may come, and nothing else."""
    for skim in (skim_io, skim_emap):
        with contextlib.suppress(ModelError):
            skim(path)


@hypothesis.given(data=st.data())
def test_a_truncated_file_is_refused(whole: bytes, folder: Path, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(whole) - 1) | st.integers(0, 400))
    path = graphs.save(whole[:length], folder, "cut.onnx")
    try:
        onnx.load(path)
        readable = True
    except onnx.checker.ValidationError:
        readable = False
    except Exception:  # noqa: BLE001 - protobuf raises an error that it does not export
        readable = False
    if readable:
        survives(path)
    else:
        refused(path)


@hypothesis.given(data=st.data())
def test_flipped_bits_never_do_worse_than_an_error(
    whole: bytes, folder: Path, data: st.DataObject
) -> None:
    # The matrix is most of the file, and flips in it change nothing but numbers.
    frame = [*range(400), *range(len(whole) - 300, len(whole))]
    damaged = bytearray(whole)
    for at in data.draw(st.lists(st.sampled_from(frame), min_size=1, max_size=4)):
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    survives(graphs.save(bytes(damaged), folder, "flipped.onnx"))


@hypothesis.given(content=st.binary(max_size=200))
def test_random_bytes_never_do_worse_than_an_error(content: bytes, folder: Path) -> None:
    survives(graphs.save(content, folder, "random.onnx"))
    graph = graphs.length_delimited(7, len(content)) + content
    survives(graphs.save(graph, folder, "random.onnx"))


SIZE_OF_INSWAPPER = 554_000_000


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a file as large as inswapper_128, most of it a hole: many weights, and the matrix."""
    size = SIZE_OF_INSWAPPER // 100
    head = b"\x08" + graphs.varint(size // 4) + b"\x10\x01\x42\x01w"
    head += graphs.length_delimited(9, size)
    last = as_raw(graphs.emap()).SerializeToString()
    last = graphs.length_delimited(5, len(last)) + last
    weight = graphs.length_delimited(5, len(head) + size) + head
    graph_size = 100 * (len(weight) + size) + len(last)
    path = tmp_path / "large.onnx"
    with path.open("wb") as file:
        file.write(graphs.length_delimited(7, graph_size))
        for _ in range(100):
            file.write(weight)
            file.seek(size, os.SEEK_CUR)
        file.write(last)
    return path


MEASURE = """
import resource, sys, time
from pathlib import Path
from dlc.model_store.skim import skim_emap, skim_io
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
matrix = skim_emap(Path(sys.argv[1]))
skim_io(Path(sys.argv[1]))
print(matrix.sum(dtype="float64"), peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is counted otherwise elsewhere")
def test_a_large_file_is_not_loaded(large: Path) -> None:
    assert large.stat().st_size > SIZE_OF_INSWAPPER
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, large], capture_output=True, text=True, check=True
    )
    total, kilobytes = run.stdout.split()
    assert float(total) == pytest.approx(graphs.emap().sum(dtype=np.float64))
    assert int(kilobytes) < 30_000
