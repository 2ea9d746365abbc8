"""A model's weights are its own files, whatever it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from dlc.errors import DlcError, ModelError
from dlc.inference.cpu import create_session
from dlc.inference.rewriting import plan_rewrites, rewrite
from dlc.model_store.contracts import check_contract
from dlc.model_store.digest import DigestCache
from dlc.model_store.external_data import check_locations, external_locations
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.role import Role
from dlc.options import Provider
from tests.inference.small_models import write_model
from tests.model_store import graphs
from tests.swapping.inswappers import open_swapper

HOSTILE = ["/etc/passwd", "../../etc/passwd", "../secret", "link", "a/../../secret"]
# ONNX Runtime's own mark for weights that are somewhere in memory.
ADDRESS = "*/_ORT_MEM_ADDR_/*"


def outside(name: str, location: str) -> TensorProto:
    """Return four numbers that are kept at `location`."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", "16")):
        tensor.external_data.add(key=key, value=value)
    return tensor


def initializer(path: Path, location: str) -> Path:
    node = helper.make_node("Add", ["image", "w"], ["output"])
    return write_model(path, node, (4,), weights=[outside("w", location)])


def constant(path: Path, location: str) -> Path:
    node = helper.make_node("Constant", [], ["output"], value=outside("w", location))
    return write_model(path, node, (4,))


def branch(path: Path, location: str) -> Path:
    value = helper.make_tensor_value_info("o", TensorProto.FLOAT, (4,))
    node = helper.make_node("Identity", ["w"], ["o"])
    body = helper.make_graph([node], "body", [], [value], [outside("w", location)])
    yes = numpy_helper.from_array(np.array(True), "yes")
    node = helper.make_node("If", ["yes"], ["output"], then_branch=body, else_branch=body)
    return write_model(path, node, (4,), weights=[yes])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "models"
    path.mkdir()
    (tmp_path / "secret").write_bytes(bytes(16))
    (path / "link").symlink_to(tmp_path / "secret")
    (path / "weights").write_bytes(np.arange(4, dtype="<f4").tobytes())
    return path


@pytest.mark.parametrize("location", [*HOSTILE, ADDRESS, "missing", "."])
@pytest.mark.parametrize("write", [initializer, constant, branch])
def test_other_files_are_refused(
    folder: Path, write: Callable[[Path, str], Path], location: str
) -> None:
    path = write(folder / "model.onnx", location)
    with pytest.raises(ModelError) as refusal:
        check_locations(path, external_locations(path))
    assert repr(location) in str(refusal.value)
    with pytest.raises(ModelError):
        create_session(path)


def test_files_beside_the_model_are_its_own(folder: Path) -> None:
    session = create_session(initializer(folder / "model.onnx", "weights"))
    (result,) = session.run(None, {"image": np.zeros(4, np.float32)})
    assert result.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("location", HOSTILE)
def test_no_way_to_open_a_model_reads_other_files(folder: Path, location: str) -> None:
    model = graphs.swapper()
    model.graph.initializer[0].CopyFrom(outside("kernel", location))
    path = folder / "swapper.onnx"
    onnx.save(model, path)
    check_contract(path, Role.SWAPPER)
    with pytest.raises(ModelError, match="outside of its folder"):
        open_swapper(path)
    files = RewrittenFiles(folder / "cache", DigestCache(folder / "digests.json"))
    with pytest.raises(DlcError):
        rewrite(plan_rewrites(path, Provider.COREML, files, everything=True), files)
