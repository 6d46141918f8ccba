"""Going through the transfers again, one by one, and saying what does not hold. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from portal.ledger.postings import (
    REVERSIBLE,
    Entry,
    Link,
    TransferKind,
    changes,
    link_hash,
    request_hash,
    request_text,
)


@dataclass(frozen=True)
class Problem:
    """Something that does not hold. seq: the transfer it was found at; None where it concerns a balance or the end."""

    seq: int | None
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The earlier transfer that a capture, void or reversal refers to."""

    kind: str
    debit_id: int
    credit_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class Row:
    """One stored transfer with what it refers to."""

    link: Link
    request_hash: str
    hash: str
    resolves: Resolved | None = None


@dataclass
class Replay:
    """The state after the transfers seen so far: last link, balances, and what has been resolved.

    floors: account → lowest allowed posted − held. posted, held: account → points, at the start those after `seq`.
    """

    floors: Mapping[int, int]
    seq: int
    hash: str
    posted: dict[int, int] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    resolved: set[int] = field(default_factory=set)
    checked: int = 0

    def take(self, row: Row) -> Iterator[Problem]:
        """Go one transfer further; yields what does not hold. Goes on after a problem, from what is stored."""
        seq = row.link.seq
        for code, sentence in chain(self._link(row), self._reference(row)):
            yield Problem(seq, code, f"Entry {seq}: {sentence}")
        yield from self._balances(row)
        self.seq, self.hash, self.checked = seq, row.hash, self.checked + 1

    def skip(self, seq: int, stored_hash: str) -> None:
        """Go past a transfer that cannot be read."""
        self.seq, self.hash, self.checked = seq, stored_hash, self.checked + 1

    def _link(self, row: Row) -> Iterator[tuple[str, str]]:
        if row.link.seq != self.seq + 1:
            yield "gap", f"follows entry {self.seq}, so that something is missing between them."
        if row.link.prev_hash != self.hash:
            yield "chain", "does not continue the chain."
        request = request_text(row.link.entry)
        if link_hash(row.link, request) != row.hash:
            yield "hash", "was changed after it was written."
        if request_hash(row.link.entry, request) != row.request_hash:
            yield "request_hash", "does not say what was asked for."

    def _reference(self, row: Row) -> Iterator[tuple[str, str]]:
        entry, old = row.link.entry, row.resolves
        if entry.ref_seq is None:
            return
        if old is None or entry.ref_seq >= row.link.seq:
            yield "reference", "refers to an entry that did not exist."
        elif not _fits(entry, old):
            yield "reference", f"does not fit entry {entry.ref_seq}."
        if entry.ref_seq in self.resolved:
            yield "resolved_twice", f"resolves entry {entry.ref_seq} a second time."
        self.resolved.add(entry.ref_seq)

    def _balances(self, row: Row) -> Iterator[Problem]:
        entry = row.link.entry
        held = row.resolves.amount if row.resolves else 0
        both = zip((entry.debit_id, entry.credit_id), changes(entry.kind, entry.amount, held=held), strict=True)
        for account_id, change in both:
            self.posted[account_id] = self.posted.get(account_id, 0) + change.posted
            self.held[account_id] = self.held.get(account_id, 0) + change.held
            if self.held[account_id] < 0 or self._available(account_id) < self.floors.get(account_id, 0):
                yield Problem(row.link.seq, "floor", f"Entry {row.link.seq}: account {account_id} falls too low.")

    def _available(self, account_id: int) -> int:
        return self.posted[account_id] - self.held[account_id]


def _fits(entry: Entry, old: Resolved) -> bool:
    if entry.kind is TransferKind.REVERSE:
        same = (entry.debit_id, entry.credit_id) == (old.credit_id, old.debit_id)
        return same and old.kind in REVERSIBLE and entry.amount <= old.amount
    same = (entry.debit_id, entry.credit_id) == (old.debit_id, old.credit_id)
    whole = entry.kind is not TransferKind.VOID or entry.amount == old.amount
    return same and whole and old.kind == TransferKind.HOLD and entry.amount <= old.amount
