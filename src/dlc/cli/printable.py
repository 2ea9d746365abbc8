"""Text that a terminal shows instead of obeying it.

Names of files, and what files say of themselves, may hold any character: an escape sequence that
moves the cursor or retitles the window, or a line break that makes one line look like two.
"""

from __future__ import annotations

import re
import shlex
import sys
import unicodedata

# Control characters, bytes that are no UTF-8 (as Python reads them), separators of lines and of
# paragraphs.
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
# They turn the direction of what follows, so that a name can end in other letters than it seems to.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# What neither cmd.exe nor PowerShell reads as anything else.
_PLAIN_ON_WINDOWS = re.compile(r"[\w+.:/\\=-]+")


def printable(text: object) -> str:
    r"""Return text in one line, with what no terminal shows escaped, such as \x1b."""
    plain = str(text)
    return plain if _is_shown(plain) else "".join(map(_escaped, plain))


def one_line(message: str) -> str:
    """Return a message with its lines joined; other spaces stay, as names may have any number."""
    return " ".join(line.strip() for line in message.splitlines())


def shell_word(text: str) -> str:
    """Return text as a word of a shell's command line; what no terminal shows is escaped in it."""
    if sys.platform == "win32":
        # No name has such quotes in it, and cmd.exe knows no others.
        plain = printable(text)
        return plain if _PLAIN_ON_WINDOWS.fullmatch(plain) else f'"{plain}"'
    if _is_shown(text):
        return shlex.quote(text)
    # POSIX has had this way of quoting since 2024; bash, ksh and zsh have had it for decades.
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{printable(escaped)}'"


def _is_shown(text: str) -> bool:
    # Most text passes the first test, which is quick.
    return text.isprintable() or not any(map(_is_unshown, text))


def _is_unshown(character: str) -> bool:
    return unicodedata.category(character) in _UNSHOWN or character in _TURNS


def _escaped(character: str) -> str:
    if not _is_unshown(character):
        return character
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) & 0xFF:02x}"
    if "\x80" <= character <= "\x9f":
        # As a shell reads it: \\x9b is a byte to it.
        return f"\\u{ord(character):04x}"
    return character.encode("unicode_escape").decode("ascii")
