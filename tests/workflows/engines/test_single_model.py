from __future__ import annotations

from pathlib import Path

import onnxruntime
import pytest

from dlc.model_store.role import Role
from dlc.options import Provider
from dlc.workflows.engines import single_model
from dlc.workflows.engines.single_model import open_model
from tests.enhancing.sharpeners import write_sharpener
from tests.host import machines
from tests.workflows.stores import store_of


@pytest.mark.skipif(
    machines.CUDA in onnxruntime.get_available_providers(), reason="CUDA is built in"
)
def test_where_the_gpu_does_not_start_the_cpu_gets_the_file_in_single_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sharpener = write_sharpener(tmp_path / "sharpener.onnx", side=64)
    host = machines.nvidia(machines.RTX_4090)
    monkeypatch.setattr(single_model, "detect_host", lambda _: host)
    session, use = open_model(sharpener, Role.ENHANCER, Provider.AUTO, store_of(tmp_path), 1)
    assert (session.route.provider, use.provider) == (Provider.CUDA, machines.CPU)
    assert Path(session.name) == sharpener
