"""What a live run reports every second."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveStats:
    """What happened in part of a live run, usually a second.

    Attributes:
        time_s: seconds from the beginning of the run to the end of this part.
        capture_fps: frames per second delivered by the source.
        processing_fps: frames per second processed.
        output_fps: pictures per second shown by the first output, including repeats.
        latency_p50_ms: median time from capturing a frame to showing it; None if none was shown.
        latency_p95_ms: the same for the 95th percentile.
        dropped_frames: frames captured but not shown, because a newer one came.
        detections_per_s: frames per second searched for faces.
        faces: faces swapped in the newest frame.
        hidden_frames: frames not shown because of a face in them, or a lack of one (`NoFace`).
        refused_frames: frames not shown because the safeguard refused them.
    """

    time_s: float
    capture_fps: float
    processing_fps: float
    output_fps: float
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    dropped_frames: int
    detections_per_s: float
    faces: int
    hidden_frames: int
    refused_frames: int
