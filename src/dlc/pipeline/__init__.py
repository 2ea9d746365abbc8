"""Stages, bounded queues, order, cancelling and timing; knows nothing of faces."""

from dlc.pipeline.cancel import CancelToken
from dlc.pipeline.pipeline import Pipeline
from dlc.pipeline.report import PipelineReport, StageReport
from dlc.pipeline.stage import Stage

__all__ = ["CancelToken", "Pipeline", "PipelineReport", "Stage", "StageReport"]
