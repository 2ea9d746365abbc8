"""Stages, bounded queues, order, cancelling and timing; knows nothing of faces."""

from dlc.pipeline.pipeline import Pipeline
from dlc.pipeline.report import PipelineReport, StageReport
from dlc.pipeline.stage import Stage

__all__ = ["Pipeline", "PipelineReport", "Stage", "StageReport"]
