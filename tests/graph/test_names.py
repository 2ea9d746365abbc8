from __future__ import annotations

import subprocess
import sys

from dlc.graph.names import NEEDLESS_FROM, Rewrite
from dlc.graph.passes.input_size import input_size
from dlc.graph.rewrite import CPU_PASSES, CUDA_PASSES, DEFAULT_PASSES, GENERAL_PASSES


def test_every_name_is_that_of_one_pass() -> None:
    passes = [*GENERAL_PASSES, *DEFAULT_PASSES, *CPU_PASSES, *CUDA_PASSES, input_size((1,))]
    assert sorted(p.name for p in passes) == sorted(Rewrite)
    assert all(p.reason for p in passes)


def test_names_are_listed_by_commas_so_they_have_none() -> None:
    assert not any("," in name for name in Rewrite)
    assert set(NEEDLESS_FROM) <= set(Rewrite)


def test_speaking_of_rewrites_does_not_import_onnx() -> None:
    code = "import sys, dlc.graph.names; print('onnx' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stdout.strip() == b"False"
