"""The file of anchors outside the database. It is only ever added to."""

import os
from pathlib import Path

from portal.ledger.anchor_rules import Noted, line, read_lines

NAME = "ledger-anchors.txt"
FIRST_LINES = (
    "# Heads of the ledger of points, one a day: time, entry and hash. Keep this file away from the database:\n"
    "# flask ledger verify holds the chain against it, so that an older or rebuilt ledger is found.\n"
)


def read(folder: Path | None) -> list[Noted]:
    """The anchors that were noted there, oldest first; none where there is no file. Raises OSError."""
    if folder is None or not (folder / NAME).exists():
        return []
    return read_lines((folder / NAME).read_text("utf-8", errors="replace"))


def add(folder: Path, noted: Noted) -> None:
    """Note one more and wait for the disk; the same head twice in a row is noted once. Raises OSError."""
    known = read(folder)
    if known and known[-1] == noted:
        return
    _append(folder, line(noted))


def remark(folder: Path | None, words: str) -> None:
    """Note something for whoever reads the file. Raises OSError."""
    if folder is not None:
        _append(folder, f"# {' '.join(words.split())}")


def _append(folder: Path, row: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / NAME
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        size = os.fstat(handle).st_size
        # After half a line, which a power cut may leave, a new one begins.
        begin = FIRST_LINES if size == 0 else ("" if _ends_a_line(path) else "\n")
        os.write(handle, f"{begin}{row}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
