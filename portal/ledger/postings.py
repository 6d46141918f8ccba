"""What a movement of points is: its checks, its place in the chain, and what it does to two accounts. Pure."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from portal.errors import Invalid

POINTS_MAX = 1_000_000_000
ISSUANCE_FLOOR = -1_000_000_000_000_000  # points that can ever be made
FIRST_HASH = "0" * 64
CAUSE_CHARS_MAX = 120
MEMO_CHARS_MAX = 200
VERSION = 1  # of the canonical form; a change of fields raises it

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CAUSE = re.compile(rf"[!-~]{{1,{CAUSE_CHARS_MAX}}}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ANCHOR = re.compile(r"(\d{1,18}):([0-9a-f]{64})", re.ASCII)
_quoted = json.JSONEncoder(ensure_ascii=True).encode


class AccountKind(StrEnum):
    """Where points can be."""

    ISSUANCE = "issuance"  # the only account that may go below nought: what was ever made
    BUDGET = "budget"
    PERSON = "person"
    POOL = "pool"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


class TransferKind(StrEnum):
    """What a transfer does. Capture, void and reverse refer to the one transfer that they resolve."""

    POST = "post"
    HOLD = "hold"
    CAPTURE = "capture"
    VOID = "void"
    REVERSE = "reverse"


RESOLVING = frozenset({TransferKind.CAPTURE, TransferKind.VOID, TransferKind.REVERSE})
REVERSIBLE = frozenset({TransferKind.POST, TransferKind.CAPTURE})


@dataclass(frozen=True, slots=True)
class Entry:
    """A request to move points from the debited to the credited account (ids of accounts).

    amount: points, a whole number from 1 to 1e9. ref_seq: the transfer that is captured, voided or reversed.
    Raises Invalid (`amount_not_positive_integer`, `same_account`, `bad_reason`, `bad_memo`, `bad_reference`).
    """

    kind: TransferKind
    debit_id: int
    credit_id: int
    amount: int
    reason_code: str
    actor_ref: str
    memo: str = ""
    ref_seq: int | None = None

    def __post_init__(self) -> None:
        check_amount(self.amount)
        if self.debit_id == self.credit_id:
            raise Invalid("same_account", "Points move between two different accounts.")
        if not _CODE.fullmatch(self.reason_code):
            raise Invalid("bad_reason", "The reason is a short code of small letters.", {"reason_code": "Not a code."})
        if len(self.memo) > MEMO_CHARS_MAX or _CONTROLS.search(self.memo):
            raise Invalid("bad_memo", f"The memo is one line of at most {MEMO_CHARS_MAX} characters.")
        if (self.kind in RESOLVING) != (self.ref_seq is not None):
            raise Invalid("bad_reference", "Capture, void and reverse name one earlier entry; nothing else does.")


@dataclass(frozen=True, slots=True)
class Link:
    """An entry at its place in the chain. cause: the idempotency key."""

    seq: int
    cause: str
    entry: Entry
    created_at: datetime
    prev_hash: str


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one account: points posted and points held, either may be negative."""

    posted: int = 0
    held: int = 0

    @property
    def available(self) -> int:
        """The change of what can be spent."""
        return self.posted - self.held


def check_amount(amount: object) -> None:
    """Raise Invalid unless it is a whole number of points from 1 to 1e9; True, 1.0 and "5" are not."""
    if type(amount) is not int or not 1 <= amount <= POINTS_MAX:
        sentence = f"Points are whole numbers from 1 to {POINTS_MAX:,}."
        raise Invalid("amount_not_positive_integer", sentence, {"amount": sentence})


def check_cause(cause: object) -> None:
    """Raise Invalid unless it can be an idempotency key: 1 to 120 visible ASCII characters."""
    if not isinstance(cause, str) or not _CAUSE.fullmatch(cause):
        raise Invalid("bad_cause", f"A cause has 1 to {CAUSE_CHARS_MAX} visible ASCII characters.")


def tidy_memo(words: str) -> str:
    """Any words as a memo that can be stored: one line, no controls, cut to 200 characters."""
    return " ".join(_CONTROLS.sub(" ", words).split())[:MEMO_CHARS_MAX]


def changes(kind: TransferKind, amount: int, *, held: int = 0) -> tuple[Change, Change]:
    """What a transfer does to the debited and to the credited account.

    held: the amount of the hold that a capture or void resolves. A capture of less than the hold frees the rest.
    """
    if kind is TransferKind.HOLD:
        return Change(held=amount), Change()
    if kind is TransferKind.VOID:
        return Change(held=-held), Change()
    if kind is TransferKind.CAPTURE:
        return Change(posted=-amount, held=-held), Change(posted=amount)
    return Change(posted=-amount), Change(posted=amount)


def request_hash(entry: Entry, request: str | None = None) -> str:
    """SHA-256 of what was asked for, without key and time: the same key with another hash is another request.

    request: the entry's `request_text`, where the caller has it already.
    """
    return hashlib.sha256((request or request_text(entry)).encode("ascii")).hexdigest()


def link_hash(link: Link, request: str | None = None) -> str:
    """SHA-256 of the previous hash followed by the canonical JSON of the row: the next link of the chain."""
    return hashlib.sha256((link.prev_hash + link_text(link, request)).encode("ascii")).hexdigest()


def link_text(link: Link, request: str | None = None) -> str:
    """The canonical JSON of a row: keys sorted, ASCII, no blanks, so that it has the same bytes on every machine."""
    return (
        f'{{"cause":{_quoted(link.cause)},"created_at":"{stamp(link.created_at)}",'
        f'"request":{request or request_text(link.entry)},"seq":{link.seq:d}}}'
    )


def request_text(entry: Entry) -> str:
    """The canonical JSON of a request: a fixed list of fields, with the version of that list."""
    # Written out: the general encoder takes three times as long, and verifying makes one of these for each entry.
    ref = "null" if entry.ref_seq is None else f"{entry.ref_seq:d}"
    return (
        f'{{"actor":{_quoted(entry.actor_ref)},"amount":{entry.amount:d},"credit":{entry.credit_id:d},'
        f'"debit":{entry.debit_id:d},"kind":"{entry.kind.value}","memo":{_quoted(entry.memo)},'
        f'"reason":"{entry.reason_code}","ref":{ref},"v":{VERSION}}}'
    )


def stamp(moment: datetime) -> str:
    """An aware moment as UTC text with microseconds: "2026-03-02T12:00:00.000000Z"."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_anchor(text: str) -> tuple[int, str]:
    """(seq, hash) of "SEQ:HASH" as `ledger head` prints it. Raises Invalid `bad_anchor`."""
    found = _ANCHOR.fullmatch(text.strip().lower())
    if found is None:
        raise Invalid("bad_anchor", "An anchor looks like 120:9f2c… with 64 hexadecimal digits.")
    return int(found[1]), found[2]
