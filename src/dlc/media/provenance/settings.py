"""The settings of the library that signs and reads signatures: no network, little memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import c2pa

_SETTINGS = {
    # Pictures of the file inside the manifest would survive an edit that removes them.
    "builder": {"thumbnail": {"enabled": False}},
    # A file must not make whoever looks at it reach for the network.
    "verify": {"remote_manifest_fetch": False},
    # Otherwise signing needs twice the size of the file in memory, and checking it once.
    "core": {"backing_store_memory_threshold_in_mb": 16, "merkle_tree_chunk_size_in_kb": 1024},
}


def context(
    signer: c2pa.Signer | None = None, trust: Mapping[str, Any] | None = None
) -> c2pa.Context:
    """Return dlc's settings for c2pa: no network, little memory.

    Args:
        signer: who signs, for signing.
        trust: c2pa's settings about whom to trust, for reading.
    """
    settings = {**_SETTINGS, **({"trust": dict(trust)} if trust else {})}
    return c2pa.Context.from_dict(settings, signer)
