"""ZIP files in memory."""

from __future__ import annotations

import io
import zipfile


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    """Return a ZIP file of (name, content)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()
