"""Votes and new ideas as they come in over HTTP: from pages with their forms, and from programs with keys."""

import json
import random
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.databases import Refused
from bench.load import Round, send, told
from bench.servers import running
from bench.who import Cast, Signed, call, form, words

CONNECTIONS = (4, 8)
PER_SECOND_MAX = 1500  # of all connections together: so many requests are laid out


def measure(kind: str, url: str, folder: Path, cast: Cast, *, seconds: int, rounds: int) -> list[dict[str, Any]]:
    """Votes and ideas by 4 and by 8 connections, and the memory of the web process afterwards."""
    found = []
    dice, writers = random.Random(3), cycle(cast.voters)
    with running(kind, url, folder) as server:
        for what, make in _kinds(cast, writers, dice).items():
            send(server, list(islice(make, 50)), folder, seconds=1, connections=4, once=True)
            for connections in CONNECTIONS:
                came: list[Round] = []
                for _turn in range(rounds):
                    lines = list(islice(make, seconds * PER_SECOND_MAX))
                    if len(lines) < seconds * PER_SECOND_MAX // 2:
                        raise Refused("there are too few people and open ideas for so many votes: take fewer rounds.")
                    came.append(send(server, lines, folder, seconds=seconds, connections=connections, once=True))
                found.append(told(what, came, server=kind, connections=connections))
        found.append({"what": "memory", "server": kind, "mb": round(server.memory_mb(), 1)})
    return found


def _kinds(cast: Cast, writers: Iterator[Signed], dice: random.Random) -> dict[str, Iterator[str]]:
    kinds: dict[str, Callable[[], str]] = {
        "vote, form": lambda: _vote_by_form(*next(cast.undecided)),
        "vote, interface": lambda: _vote_by_call(*next(cast.undecided)),
        "new idea, form": lambda: form("/ideas", next(writers), say=words(dice), names="hidden"),
        "new idea, interface": lambda: call("POST", "/ideas", next(writers), json.dumps({"say": words(dice)})),
    }
    return {what: _until_none_left(make) for what, make in kinds.items()}


def _vote_by_form(voter: Signed, idea: int) -> str:
    return form(f"/ideas/{idea}/votes", voter, kind="support", next="/ideas")


def _vote_by_call(voter: Signed, idea: int) -> str:
    return call("PUT", f"/ideas/{idea}/vote", voter, '{"kind": "support"}')


def _until_none_left(make: Callable[[], str]) -> Iterator[str]:
    while True:
        try:
            yield make()
        except StopIteration:
            return
