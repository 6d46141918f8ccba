"""Which plain rows of votes and looks count. Pure, and tight enough for millions of rows.

* One vote per (idea, user): the latest `at` stands. Among equal `at` the least favourable kind stands (stop,
  pass, support, strong), then the smaller team and site, so that the order of rows never decides. Rows
  without a user (erased people) are one person each.
* Looks of an (idea, team) add up where it has several rows (a team on two sites). Looks that are missing,
  negative or not finite are nought.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from portal.swarm.rules import VoteKind

Row = Mapping[str, Any]

_FAVOUR = {VoteKind.STOP: 0, VoteKind.PASS: 1, VoteKind.SUPPORT: 2, VoteKind.STRONG: 3}
_idea, _user = itemgetter("idea"), itemgetter("user")


def by_idea(rows: Iterable[Row]) -> dict[Any, list[Row]]:
    """The rows of each idea. Sorting reads memory in fewer places than a box per idea would."""
    rows = list(rows)
    try:
        rows.sort(key=_idea)
    except TypeError:  # ids of several types have no order among each other
        numbers = {idea_id: n for n, idea_id in enumerate(dict.fromkeys(map(_idea, rows)))}
        rows.sort(key=lambda row: numbers[row["idea"]])
    return {idea_id: list(group) for idea_id, group in groupby(rows, _idea)}


def standing_votes(rows: Sequence[Row]) -> Sequence[Row]:
    """One vote of each person, from all the votes on one idea. Raises ValueError for an unknown kind."""
    if len(set(map(_user, rows))) == len(rows):
        return rows
    standing: dict[Any, Row] = {}
    erased = []
    for row in rows:
        user = row["user"]
        if user is None:
            erased.append(row)
            continue
        earlier = standing.setdefault(user, row)
        if earlier is not row:
            standing[user] = max(earlier, row, key=_recency)
    return [*standing.values(), *erased]


def looks_by_team(rows: Iterable[Row]) -> dict[Any, float]:
    """Looks of each team, from all the exposures of one idea."""
    looks: dict[Any, float] = {}
    several: dict[Any, list[float]] = {}
    for row in rows:
        team, seen = row["team"], row["looks"]
        seen = float(seen) if seen is not None and 0.0 < seen < math.inf else 0.0
        if team in looks:
            several.setdefault(team, [looks[team]]).append(seen)
        else:
            looks[team] = seen
    for team, parts in several.items():
        looks[team] = math.fsum(parts)
    return looks


def unknown_kind(kind: Any) -> ValueError:
    """The error for a row whose kind of vote does not exist."""
    return ValueError(f"a vote is support, strong, pass or stop, not {kind!r}")


def _recency(vote: Row) -> tuple[float, int, str]:
    # max() prefers what sorts last: the least favourable kind, then the smaller names.
    favour = _FAVOUR.get(vote["kind"])
    if favour is None:
        raise unknown_kind(vote["kind"])
    backwards = "".join(chr(0x10FFFF - ord(letter)) for letter in repr((vote["team"], vote["site"])))
    return (_moment(vote.get("at")), -favour, backwards)


def _moment(at: Any) -> float:
    """Seconds: of a datetime (naive = UTC) since 1970, of a number itself; nothing is before everything."""
    if isinstance(at, datetime):
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    return -math.inf if at is None else float(at)
