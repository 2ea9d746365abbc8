"""The result of a swap that never was, with something in every field."""

from __future__ import annotations

from pathlib import Path

from dlc.options import Engine
from dlc.pipeline import PipelineReport, StageReport
from dlc.workflows.result import ModelUse, Passage, SwapResult

STAGES = (StageReport("decode", 100, 0.5), StageReport("find", 100, 1.5))
RESULT = SwapResult(
    output=Path("out/ä [red].mp4"),
    contact_sheet=Path("out/sheet.png"),
    engine=Engine.MESH,
    engine_reason="as asked",
    models=(ModelUse("swapper", "small.onnx", "CPUExecutionProvider", "two threads"),),
    frames=100,
    faces=97,
    faces_left=3,
    frames_lost=2,
    seconds=3.25,
    processing_seconds=2.0,
    pipeline=PipelineReport(STAGES, 2.0),
    notes=("sound was encoded again as Opus", "pass `overwrite=True`"),
    passages_left=(Passage(0.5, 0.5, 1), Passage(2 / 3, 62.5, 2)),
)
