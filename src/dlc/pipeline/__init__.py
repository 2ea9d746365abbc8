"""Stages, bounded queues, order, cancelling and timing; knows nothing of faces."""

from dlc.pipeline.branch import Branch
from dlc.pipeline.cancel import CancelToken
from dlc.pipeline.live_pipeline import LivePipeline
from dlc.pipeline.pipeline import Pipeline
from dlc.pipeline.report import PipelineReport, StageReport
from dlc.pipeline.stage import Stage

__all__ = [
    "Branch",
    "CancelToken",
    "LivePipeline",
    "Pipeline",
    "PipelineReport",
    "Stage",
    "StageReport",
]
