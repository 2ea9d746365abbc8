"""How long tests wait for a server, and how often they try."""

from __future__ import annotations

from dlc.model_store.download import DownloadPolicy

IMPATIENT = DownloadPolicy(
    connect_timeout=1.0,
    read_timeout=0.25,
    attempts=3,
    connect_attempts=2,
    first_delay=0.01,
    longest_delay=0.05,
    worthwhile=50_000,
)
