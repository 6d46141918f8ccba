"""Processes of their own that move points, forked from one that has the portal loaded: each is there in no time."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from portal.db import db, writing
from portal.errors import DomainError
from portal.ledger import service as ledger
from portal.ledger.models import Account
from portal.ledger.postings import AccountKind
from tests.databases import MovableApp
from tests.ledger.purses import USUAL, move

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = {"sqlite": "sqlite:////nowhere/nothing.sqlite3", "postgresql": "postgresql+psycopg://nobody@127.0.0.1:9/none"}
WAIT_SECONDS = 60
CONTEXT = multiprocessing.get_context("forkserver")
Answer = Any  # what a rival got: a number, a mark, or the code of a refusal


def together(work: Callable[[int], Answer], url: str, folder: Path, *, rivals: int, times: int) -> list[Answer]:
    """Run `work(number)` `times` times in each of the processes, all beginning at once; every answer."""
    barrier = CONTEXT.Barrier(rivals)
    running = [
        start(_compete, url, folder, work, range(rival * times, (rival + 1) * times), barrier)
        for rival in range(rivals)
    ]
    answers = [answer for _, line in running for answer in line.recv()]
    for process, _ in running:
        process.join(WAIT_SECONDS)
        assert process.exitcode == 0
    return answers


def start(target: Callable[..., None], *arguments: Any) -> tuple[ForkServerProcess, Connection]:
    """A process that is given the arguments and the end of a line to us; the process and our end."""
    _serve()
    ours, theirs = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=target, args=(*arguments, theirs), daemon=True)
    process.start()
    theirs.close()  # so that ours ends when the process does
    return process, ours


def append(url: str, folder: Path, name: str, times: int, line: Connection) -> None:
    """Post one point at a time and tell the number of each entry once it is committed."""
    with _application(url, folder).app_context():
        for number in range(times):
            with writing():
                issuance = ledger.account(AccountKind.ISSUANCE, "issuance")
                wallet = ledger.account(AccountKind.PERSON, "person:1")
                seq = move(issuance, wallet, 1, cause=f"{name}:{number}").seq
            line.send(seq)


def hold_ten(number: int) -> Answer:
    """Ten points of the wallet set aside; the number of the entry."""
    return ledger.hold(_wallet(), _redeemed(), 10, cause=f"redeem:{number}", **USUAL).seq


def click(_number: int) -> Answer:
    """The same key every time; whether it was a replay, and the number of the entry."""
    moved = move(_wallet(), _redeemed(), 10, cause="click")
    return moved.replayed, moved.seq


def spend(number: int) -> Answer:
    """One point out of the wallet; the number of the entry."""
    return move(_wallet(), _redeemed(), 1, cause=f"spend:{number}").seq


def naive(_number: int) -> Answer:
    """Read, then write: right only where the transaction had the writer before it read."""
    mine = (Account.kind == AccountKind.PERSON, Account.owner_ref == "person:1")
    points = db.session.scalar(select(Account.posted).where(*mine)) or 0
    if points < 1:
        return "insufficient_points"
    db.session.execute(update(Account).where(*mine).values(posted=points - 1))
    return points


def _compete(
    url: str, folder: Path, work: Callable[[int], Answer], numbers: Sequence[int], barrier: Any, line: Connection
) -> None:
    with _application(url, folder).app_context():
        db.session.execute(select(Account.id)).all()  # connected before the race begins
        db.session.rollback()
        barrier.wait(WAIT_SECONDS)
        line.send([_answer(work, number) for number in numbers])
    line.close()


def _answer(work: Callable[[int], Answer], number: int) -> Answer:
    try:
        with writing():
            return work(number)
    except DomainError as error:
        return error.code


def _wallet() -> int:
    return ledger.account(AccountKind.PERSON, "person:1")


def _redeemed() -> int:
    return ledger.account(AccountKind.REDEEMED, "redeemed")


@cache
def movable(dialect: str) -> MovableApp:
    """An application that can be moved to any database of a kind; nothing is connected by making it."""
    return MovableApp(NOWHERE[dialect], Path("/nowhere"))


def _application(url: str, folder: Path) -> Flask:
    return movable(url.partition(":")[0].partition("+")[0]).move(url, folder)


@cache
def _serve() -> None:
    """Start the process that the others are forked from. It finds our files by its environment alone."""
    CONTEXT.set_forkserver_preload(["tests.ledger.preload"])
    with _environment(PYTHONPATH=os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])):
        CONTEXT.Process(target=_nothing).start()


@contextmanager
def _environment(**names: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _nothing() -> None:
    """The first process, which starts the one that forks the others."""
