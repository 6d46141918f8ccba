"""What people of a generated firm were thanked for: awards, batches and a ledger whose chain verifies."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.db import upsert
from portal.demo.bulk_rows import Batch
from portal.demo.bulk_years import Years
from portal.ledger.models import Account, ChainHead, Transfer
from portal.ledger.postings import (
    FIRST_HASH,
    ISSUANCE_FLOOR,
    AccountKind,
    Entry,
    Link,
    TransferKind,
    changes,
    link_hash,
    request_hash,
    tidy_memo,
)
from portal.rewards import purse
from portal.rewards import service as rewards
from portal.rewards.models import Award, Budget
from portal.rewards.models import Batch as Payout
from portal.rewards.rules import POLICY_VERSION, Due, Event, batch_is_due, dues, memo_for, week_key

NAME = "Thanks for better rules"
WEEK = timedelta(days=7)
SPARE = 0.4  # of the budget is left in the end
AWARDED = ("id", "person_id", "event", "subject", "idea_number", "sentence", "share", "points", "policy_version",
           "hidden", "pooled_at", "paid_at", "batch_id", "created_at")  # fmt: skip
MOVED = ("seq", "cause", "request_hash", "kind", "debit_id", "credit_id", "amount", "ref_seq", "reason_code", "memo",
         "actor_ref", "created_at", "prev_hash", "hash")  # fmt: skip


@dataclass
class Given:
    """An award as its row will be."""

    id: int
    due: Due
    event: Event
    idea: int
    at: datetime
    actor: str  # who confirmed it, or the portal
    paid_at: datetime | None = None
    batch: int | None = None


class Books:
    """Accounts and transfers in memory, by the same postings as the ledger's."""

    def __init__(self) -> None:
        self.accounts: dict[tuple[AccountKind, str], int] = {}
        self.posted: dict[int, int] = {}
        self.rows: list[tuple[Any, ...]] = []
        self.hash = FIRST_HASH

    def account(self, kind: AccountKind, owner: str) -> int:
        """Its number, opened with the first use."""
        number = self.accounts.setdefault((kind, owner), len(self.accounts) + 1)
        self.posted.setdefault(number, 0)
        return number

    def post(
        self, debit: int, credit: int, points: int, *, cause: str, reason: str, memo: str, actor: str, now: datetime
    ) -> None:
        """Move points at once."""
        entry = Entry(TransferKind.POST, debit, credit, points, reason, actor, memo)
        link = Link(len(self.rows) + 1, cause, entry, now, self.hash)
        own = link_hash(link)
        self.rows.append((link.seq, cause, request_hash(entry), entry.kind, debit, credit, points, None, reason, memo,
                          actor, now, self.hash, own))  # fmt: skip
        self.hash = own
        for number, change in zip((debit, credit), changes(entry.kind, points), strict=True):
            self.posted[number] += change.posted


class Thanks:
    """Every award of the years with the week in which it was paid."""

    def __init__(self, years: Years, until: datetime) -> None:
        self.years, self.until = years, until
        self.books, self.given, self.payouts = Books(), list[Given](), list[tuple[Any, ...]]()
        self._rng = random.Random(f"{years.size.seed}:thanks")
        self._waiting: list[Given] = []

    def work_out(self) -> None:
        """Issue the budget, then award and pay in order of time."""
        earned = list(self._earned())
        points = sum(one.due.points for one in earned)
        self.points = max(10_000, round(points / (1 - SPARE) / 10_000) * 10_000)
        books, approver = self.books, f"person:{self.years.world.programme[0]}"
        issuance, budget = books.account(AccountKind.ISSUANCE, "issuance"), self._budget()
        books.post(issuance, budget, self.points, cause="issue:budget:1", reason="issue", actor=approver,
                   memo=tidy_memo(f"Budget {NAME}"), now=self.years.began)  # fmt: skip
        payday = self.years.began + WEEK
        for one in earned:
            while one.at >= payday:
                self._pay_batch(payday)
                payday += WEEK
            self._award(one)
        while payday <= self.until:
            self._pay_batch(payday)
            payday += WEEK

    def batches(self) -> Iterator[Batch]:
        """The rows of all of it."""
        began, approver = self.years.began, self.years.world.programme[0]
        budget = (1, NAME, began, self.until + timedelta(days=120), approver, began)
        yield Budget, ("id", "name", "starts_at", "ends_at", "approved_by_id", "created_at"), [budget], 1
        yield Payout, ("id", "key", "paid_at", "people", "points"), self.payouts, len(self.payouts)
        yield Award, AWARDED, map(_award_row, self.given), len(self.given)
        accounts = [
            (number, kind, owner, ISSUANCE_FLOOR if kind is AccountKind.ISSUANCE else 0, self.books.posted[number], 0)
            for (kind, owner), number in self.books.accounts.items()
        ]
        yield Account, ("id", "kind", "owner_ref", "floor", "posted", "held"), accounts, len(accounts)
        yield Transfer, MOVED, self.books.rows, len(self.books.rows)

    def close_books(self) -> None:
        """Name the newest link."""
        newest = {"id": 1, "seq": len(self.books.rows), "hash": self.books.hash}
        upsert(ChainHead, newest, key=("id",), update=("seq", "hash"))

    def _budget(self) -> int:
        return self.books.account(AccountKind.BUDGET, "budget:1")

    def _earned(self) -> Iterator[Given]:
        number = 0
        for at, event, idea, payees, actor in sorted(self.years.answers.rows.outcomes, key=lambda one: one[0]):
            for due in dues(event, payees, actor_id=actor):
                number += 1
                moment = self.years.moment(at)
                assert moment is not None
                by = rewards.PORTAL if actor is None else f"person:{actor}"
                yield Given(number, due, event, idea, moment, by)

    def _award(self, one: Given) -> None:
        self.given.append(one)
        books, person = self.books, f"person:{one.due.person_id}"
        if one.due.hidden:
            pool = books.account(AccountKind.POOL, "pool:hidden")
            books.post(self._budget(), pool, one.due.points, cause=f"pool:{self._key()}", reason=purse.POOL_REASON,
                       memo=purse.POOL_MEMO, actor=rewards.PORTAL, now=one.at)  # fmt: skip
            self._waiting.append(one)
            return
        one.paid_at = one.at
        wallet = books.account(AccountKind.PERSON, person)
        books.post(self._budget(), wallet, one.due.points, cause=f"award:{one.id}", reason=one.event.value,
                   memo=memo_for(one.event, one.idea), actor=one.actor, now=one.at)  # fmt: skip

    def _pay_batch(self, now: datetime) -> None:
        waiting = self._waiting
        people = len({one.due.person_id for one in waiting})
        if not batch_is_due(people, waiting[0].at if waiting else None, now=now):
            return
        number, key, sums = len(self.payouts) + 1, week_key(now), dict[int, int]()
        for one in waiting:
            one.paid_at, one.batch = now, number
            sums[one.due.person_id] = sums.get(one.due.person_id, 0) + one.due.points
        self.payouts.append((number, key, now, len(sums), sum(sums.values())))
        pool = self.books.account(AccountKind.POOL, "pool:hidden")
        for person, points in self._rng.sample(list(sums.items()), len(sums)):
            wallet = self.books.account(AccountKind.PERSON, f"person:{person}")
            self.books.post(pool, wallet, points, cause=f"batch:{key}:{self._key()}", reason=rewards.BATCH_REASON,
                            memo=rewards.BATCH_MEMO, actor=rewards.PORTAL, now=now)  # fmt: skip
        self._waiting = []

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self._rng.getrandbits(128), version=4)


def _award_row(one: Given) -> tuple[Any, ...]:
    due, kept = one.due, one.event is Event.PROMISE_KEPT
    sentence = (
        f"The promise about number {one.idea} was kept."
        if kept
        else f"Your colleagues carried number {one.idea} to the executives."
    )
    return (
        one.id, due.person_id, one.event.value, f"idea:{one.idea}", one.idea, sentence, due.share, due.points,
        POLICY_VERSION, due.hidden, one.at if due.hidden else None, one.paid_at, one.batch, one.at,
    )  # fmt: skip
