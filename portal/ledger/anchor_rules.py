"""Heads of the chain as they were noted outside: what a line of the file says, and which of them still hold. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.errors import Invalid
from portal.ledger.postings import read_anchor, stamp


@dataclass(frozen=True, slots=True)
class Noted:
    """The newest link at a moment. at: None where it was given by hand, which no acceptance makes void."""

    seq: int
    hash: str
    at: datetime | None = None


def line(noted: Noted) -> str:
    """How it stands in the file: "2026-03-02T02:00:00.000000Z 120:9f2c…"."""
    return f"{stamp(noted.at) if noted.at else '-'} {noted.seq}:{noted.hash}"


def read_lines(text: str) -> list[Noted]:
    """The anchors of a file; comments (#) and half a line, left by a power cut, are passed over."""
    return [noted for row in text.splitlines() if (noted := _read(row)) is not None]


def standing(noted: Iterable[Noted], accepted: Sequence[Noted]) -> list[Noted]:
    """Those that the chain is held against: not what lay beyond its end when somebody accepted an older state."""
    return [one for one in noted if not any(_is_void(one, by) for by in accepted)]


def _is_void(one: Noted, accepted: Noted) -> bool:
    if one.at is None or accepted.at is None:
        return False
    return one.at <= accepted.at and one.seq > accepted.seq


def _read(row: str) -> Noted | None:
    moment, _, anchor = row.strip().partition(" ")
    try:
        at = datetime.fromisoformat(moment)
        seq, head = read_anchor(anchor)
    except (ValueError, Invalid):
        return None
    return Noted(seq, head, at if at.tzinfo else at.replace(tzinfo=UTC))
