"""How fast points move, and how long it takes to verify them: `python -m bench.transfers [--json FILE]`.

Durable transfers a second stand beside commits of one bare row on the same database, taken in turns, so that another
disk or a busy machine changes both alike. Then a ledger of 100,000 transfers is verified.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import text, update

from bench.databases import KINDS, SECRET, flask
from bench.writer import SCRATCH, bare_row
from config import ROOT, Config
from portal import clock
from portal.app import create_app
from portal.db import db, is_postgres, writing
from portal.ledger import service as ledger
from portal.ledger.models import Account, ChainHead
from portal.ledger.postings import (
    FIRST_HASH,
    AccountKind,
    Entry,
    Link,
    TransferKind,
    link_hash,
    request_hash,
    request_text,
)
from portal.ledger.verify import verify

BEGUN = datetime(2026, 3, 2, 12, tzinfo=UTC)
COLUMNS = ("seq", "cause", "request_hash", "kind", "debit_id", "credit_id", "amount", "reason_code", "memo",
           "actor_ref", "created_at", "prev_hash", "hash")  # fmt: skip
WALLETS = 50
ENTRIES, ROUNDS, SECONDS = 100_000, 5, 2.0
VERIFY_SECONDS_MAX = 5.0


def main(words: list[str]) -> int:
    """Measure both databases; 2 where verifying takes longer than it may."""
    asked = _asked(words)
    found = {kind: _measure(kind, asked) for kind in asked.databases.split(",")}
    if asked.json:
        Path(asked.json).parent.mkdir(parents=True, exist_ok=True)
        Path(asked.json).write_text(json.dumps(found, indent=1))
    for kind, facts in found.items():
        print(f"{kind}: {facts['transfers_a_second']:.0f} transfers a second, "
              f"{facts['bare_a_second']:.0f} bare commits, "
              f"ratio {facts['ratio']:.2f}; verifying {facts['entries']:,} entries takes "
              f"{facts['verify_seconds']:.2f} s, {facts['verify_cpu_seconds']:.2f} s of them our own")  # fmt: skip
    return 2 if any(facts["verify_cpu_seconds"] > VERIFY_SECONDS_MAX for facts in found.values()) else 0


def fill(entries: int) -> None:
    """A long, correct ledger in an empty one, written as fast as the database takes it."""
    with writing():
        made = ledger.account(AccountKind.ISSUANCE, "issuance")
        wallets = [ledger.account(AccountKind.PERSON, f"person:{number}") for number in range(WALLETS)]
    rows, newest = _links(entries, made, wallets)
    with writing():
        _insert(rows)
        db.session.execute(update(Account).where(Account.id == made).values(posted=-entries))
        db.session.execute(update(Account).where(Account.id != made).values(posted=entries // WALLETS))
        ledger.lock_chain()
        db.session.execute(update(ChainHead).values(seq=entries, hash=newest))


def _links(entries: int, made: int, wallets: list[int]) -> tuple[list[tuple[Any, ...]], str]:
    newest, rows = FIRST_HASH, []
    for seq in range(1, entries + 1):
        entry = Entry(TransferKind.POST, made, wallets[seq % WALLETS], 1, "test", "portal", "Number 248 passed")
        link, asked = Link(seq, f"fill:{seq}", entry, BEGUN + timedelta(seconds=seq), newest), request_text(entry)
        own = link_hash(link, asked)
        rows.append((seq, link.cause, request_hash(entry, asked), entry.kind.value, made, entry.credit_id, 1, "test",
                     entry.memo, "portal", link.created_at, newest, own))  # fmt: skip
        newest = own
    return rows, newest


def _insert(rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(COLUMNS)
    connection = db.session.connection()
    driver: Any = connection.connection.driver_connection
    if is_postgres():
        # The trigger of the chain looks at every row, which is what takes the time here; each is right anyway.
        connection.exec_driver_sql("ALTER TABLE ledger_transfers DISABLE TRIGGER ledger_transfers_chain")
        with driver.cursor() as cursor, cursor.copy(f"COPY ledger_transfers ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.exec_driver_sql("ALTER TABLE ledger_transfers ENABLE TRIGGER ledger_transfers_chain")
        return
    at = COLUMNS.index("created_at")
    stored = ((*row[:at], row[at].strftime("%Y-%m-%d %H:%M:%S.%f"), *row[at + 1 :]) for row in rows)
    driver.executemany(f"INSERT INTO ledger_transfers ({names}) VALUES ({', '.join('?' * len(COLUMNS))})", stored)


def _measure(kind: str, asked: argparse.Namespace) -> dict[str, Any]:
    databases = KINDS[kind](Path(asked.folder))
    try:
        url = databases.empty()
        flask(url, "db", "upgrade")
        app = create_app(Config(database_url=url, secret_key=SECRET, instance=Path(asked.folder)))
        with app.app_context():
            fill(asked.entries)
            seconds, cpu = min(_verified(asked.entries) for _ in range(3))
            facts = _transfers(url, asked)
            db.session.remove()
            db.engine.dispose()
    finally:
        databases.stop()
    return {"entries": asked.entries, "verify_seconds": seconds, "verify_cpu_seconds": cpu, **facts}


def _verified(entries: int) -> tuple[float, float]:
    """Seconds by the clock, and seconds of this process: whatever else runs on the machine does not count there."""
    begun, worked = time.perf_counter(), time.process_time()
    report = verify()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    if not report.ok or report.checked != entries:
        raise SystemExit(f"The ledger of the bench does not hold: {report.problems[:1]}")
    return seconds, cpu


def _transfers(url: str, asked: argparse.Namespace) -> dict[str, float]:
    with writing():
        db.session.execute(text(SCRATCH))
    bare, numbers = bare_row(url), count()
    made, wallet = ledger.account(AccountKind.ISSUANCE, "issuance"), ledger.account(AccountKind.PERSON, "person:1")

    def transfer() -> None:
        with writing():
            ledger.post(made, wallet, 1, cause=f"bench:{next(numbers)}", reason_code="bench", actor_ref="portal",
                        now=clock.now())  # fmt: skip

    rounds = [(_rate(bare, asked.seconds), _rate(transfer, asked.seconds)) for _ in range(asked.rounds)]
    ratio = statistics.median(points / rows for rows, points in rounds)
    return {"ratio": ratio, "transfers_a_second": statistics.median(points for _, points in rounds),
            "bare_a_second": statistics.median(rows for rows, _ in rounds)}  # fmt: skip


def _rate(step: Callable[[], object], seconds: float) -> float:
    begun, done = time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        step()
        done += 1
    return done / (time.perf_counter() - begun)


def _asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.transfers", description="How fast points move, and are verified.")
    parser.add_argument("--databases", default="sqlite,postgres", help="sqlite, postgres, or both with a comma")
    parser.add_argument("--folder", default=str(ROOT / ".bench"), help="on a real disk")
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each kind in each round")
    parser.add_argument("--json", help="write the figures here")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
