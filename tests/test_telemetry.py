"""Nothing that dlc imports reports to anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

RUN_A_MODEL = """
import dlc
from dlc.inference.cpu import create_session
from dlc.model_store.builtin import builtin_model

create_session(builtin_model("iris.onnx"))
"""


def files_left(home: Path, **environment: str) -> list[str]:
    """Run a model in a process that has a home of its own, and return what is in it afterwards."""
    inherited = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    folders = {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR")}
    subprocess.run(
        [sys.executable, "-c", RUN_A_MODEL], env=inherited | folders | environment, check=True
    )
    return [str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()]


def test_onnx_runtime_collects_nothing(tmp_path: Path) -> None:
    assert files_left(tmp_path) == []


def test_telemetry_is_the_users_choice() -> None:
    script = "import os, dlc; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    environment = os.environ | {"ORT_DISABLE_TELEMETRY": "0"}
    ran = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    assert ran.stdout.strip() == "0"
