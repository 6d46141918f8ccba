"""Durable writes by several processes at once: a bare row, a vote by distinct people, a new idea."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from bench.databases import Refused
from bench.load import Round, told
from bench.who import Cast
from bench.writer import SCRATCH
from config import ROOT

WRITERS = (4, 8)
PER_SECOND_MAX = 2500  # votes of one writer: so many pairs are laid out for it
KINDS = {"bare": "bare commit", "vote": "vote, verb", "idea": "new idea, verb"}


def measure(url: str, folder: Path, cast: Cast, *, seconds: int, rounds: int) -> list[dict[str, Any]]:
    """Bare commits, votes and ideas in turn, by 4 and by 8 processes."""
    with create_engine(url).begin() as connection:
        connection.execute(text(SCRATCH))
    found = []
    with ExitStack() as stack:
        writers = [stack.enter_context(_writer(url, folder)) for _ in range(max(WRITERS))]
        for what in KINDS:  # the first of each compiles its statements
            _round(writers, what, cast, 1)
        for count in WRITERS:
            came: dict[str, list[Round]] = {what: [] for what in KINDS}
            for _turn in range(rounds):
                for what in KINDS:
                    came[what].append(_round(writers[:count], what, cast, seconds))
            found += [told(KINDS[what], each, writers=count) for what, each in came.items()]
    return found


@contextmanager
def _writer(url: str, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "bench.writer", url, str(folder)]
    log = (folder / "writer.log").open("a")
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        _heard(process)
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _heard(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    heard = process.stdout.readline()
    if not heard:
        raise Refused("a writing process ended; its words are in the bench's folder, writer.log.")
    return heard


def _round(writers: Sequence["subprocess.Popen[str]"], what: str, cast: Cast, seconds: int) -> Round:
    for writer, work in zip(writers, _work(what, cast, len(writers), seconds), strict=True):
        assert writer.stdin is not None
        writer.stdin.write(json.dumps({"what": what, "seconds": seconds, "work": work}) + "\n")
        writer.stdin.flush()
    answers = [json.loads(_heard(writer)) for writer in writers]
    took = sorted(one for answer in answers for one in answer["took"])
    rate = sum(len(answer["took"]) / answer["seconds"] for answer in answers)
    cpu_ms = 1000 * sum(answer["cpu"] for answer in answers) / len(took)
    return Round(rate, _at(took, 0.50), _at(took, 0.99), cpu_ms)


def _work(what: str, cast: Cast, count: int, seconds: int) -> Sequence[Sequence[tuple[int, ...]]]:
    """What each writer is to do; nobody votes on an idea twice, and never two writers for the same person."""
    if what == "idea":
        return [[(voter.id,) for voter in cast.voters[turn::count][:50]] for turn in range(count)]
    if what == "bare":
        return [[] for _ in range(count)]
    most = seconds * PER_SECOND_MAX // count
    pairs = list(islice(cast.undecided, most * count))
    if len(pairs) < most:
        raise Refused("there are too few people and open ideas for so many votes: take fewer rounds or seconds.")
    votes = [(voter.id, voter.team_id, voter.site_id, idea) for voter, idea in pairs]
    return [votes[turn::count] for turn in range(count)]


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
