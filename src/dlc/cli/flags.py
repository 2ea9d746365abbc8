"""Turns the options that messages name into flags.

The library names options as its callers write them, between backticks: `overwrite=True`. On the
command line the same option is a flag.
"""

from __future__ import annotations

import re

# By an option's name, or by its name and value where the flag stands for that value.
FLAGS = {
    "allow_damaged": "--allow-damaged",
    "audio=False": "--no-audio",
    "contact_sheet": "--contact-sheet",
    "contact_sheet_rows": "--contact-sheet-rows",
    "decoder": "--decoder",
    "detection_every": "--detection-every",
    "detector_model": "--detector-model",
    "duration": "--duration",
    "encoder": "--encoder",
    "end": "--end",
    "engine": "--engine",
    "faces": "--faces",
    "fps": "--fps",
    "height": "--height",
    "input_size": "--input-size",
    "keep_partial": "--keep-partial",
    "landmarker_model": "--landmarker-model",
    "loop": "--loop",
    "microphone": "--microphone",
    "no_face": "--no-face",
    "occluder_model": "--occluder-model",
    "occlusion": "--occlusion",
    "opacity": "--opacity",
    "output": "--output",
    "overwrite": "--overwrite",
    "pixel_boost": "--pixel-boost",
    "preview": "--preview",
    "provider": "--provider",
    "quality": "--quality",
    "recognizer_model": "--recognizer-model",
    "reconnect": "--reconnect",
    "resolution": "--resolution",
    "resume": "--resume",
    "segment_seconds": "--segment-seconds",
    "sharpness": "--sharpness",
    "signed=False": "--no-provenance",
    "similarity": "--similarity",
    "smoothing": "--smoothing",
    "start": "--start",
    "swapper_model": "--swapper-model",
    "target": "--target",
    "threads": "--threads",
    "tilted": "--tilted",
    "virtual_camera": "--virtual-cam",
}

NAMED_OPTION = re.compile(r"`((\w+)(?:=([^`\s]+))?)`")


def with_flags(message: str) -> str:
    """Return a message of the library with flags in place of the options that it names."""
    return NAMED_OPTION.sub(_flag, message)


def _flag(named: re.Match[str]) -> str:
    whole, name, value = named.groups()
    if whole in FLAGS:
        return FLAGS[whole]
    if name not in FLAGS:
        return named[0]
    is_bare = value is None or value == "True"
    return FLAGS[name] if is_bare else FLAGS[name] + " " + value.strip("'")
