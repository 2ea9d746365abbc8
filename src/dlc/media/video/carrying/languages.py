"""The names of languages that QuickTime files have numbers for."""

from __future__ import annotations

# ISO 639-2 has two codes for twenty languages, and FFmpeg's list of QuickTime's languages one of
# each; it leaves out what it does not list. `sve` is its own for Swedish.
_IN_QUICKTIME = {
    "bod": "tib",
    "cym": "wel",
    "cze": "ces",
    "deu": "ger",
    "ell": "gre",
    "eus": "baq",
    "fas": "per",
    "fre": "fra",
    "hye": "arm",
    "isl": "ice",
    "kat": "geo",
    "mkd": "mac",
    "msa": "may",
    "mya": "bur",
    "nld": "dut",
    "rum": "ron",
    "slo": "slk",
    "sqi": "alb",
    "swe": "sve",
    "zho": "chi",
}


def language_in(muxer: str, language: str) -> str:
    """Return what to call a language so that FFmpeg's muxer of this name writes it.

    Args:
        muxer: FFmpeg's name of it, such as "mov".
        language: a code of ISO 639-2.
    """
    return _IN_QUICKTIME.get(language, language) if muxer == "mov" else language
