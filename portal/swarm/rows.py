"""Which plain rows of votes and looks count. Pure, and tight enough for millions of rows.

* One vote per (idea, user): the latest `at` stands. Among equal `at` the least favourable kind stands (stop,
  pass, support, strong), then the smaller team and site, so that the order of rows never decides. Rows
  without a user (erased people) are one person each.
* Looks of an (idea, team) add up where it has several rows (a team on two sites). Looks that are missing,
  negative or not finite are nought.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from portal.swarm.rules import VoteKind

Row = Mapping[str, Any]
Key = TypeVar("Key")
Value = TypeVar("Value")

_FAVOUR = {VoteKind.STOP: 0, VoteKind.PASS: 1, VoteKind.SUPPORT: 2, VoteKind.STRONG: 3}
_ROWS_IN_A_DRAWER, _DRAWERS_MAX = 2_000, 1_024
_ballot, _shown = itemgetter("idea", "user", "team", "site", "kind"), itemgetter("idea", "team", "looks")
# Rows in the millions lie all over the memory, where fetching one again costs more than counting it. Each is read
# once, in the order in which they lie, and only references to things that many rows share are put into drawers, each
# small enough to stay at hand while its ideas are counted.
Drawers = list[list[Any]]


class Made(dict[Key, Value], Generic[Key, Value]):
    """A mapping that makes what it is asked for the first time, and keeps it."""

    def __init__(self, make: Callable[[Key], Value]) -> None:
        self.make = make

    def __missing__(self, key: Key) -> Value:
        value = self[key] = self.make(key)
        return value


class Numbered(Made[tuple[Any, ...], int]):
    """Gives equal things the same number, counting from nought; `things` has them by number."""

    def __init__(self) -> None:
        super().__init__(self._number)
        self.things: list[tuple[Any, ...]] = []

    def _number(self, thing: tuple[Any, ...]) -> int:
        self.things.append(thing)
        return len(self.things) - 1


class Ballots(NamedTuple):
    """What an idea received: numbers of the origins of its votes; True where somebody has several of them."""

    origins: list[int]
    repeated: bool


def drawers_for(*lists: Collection[Any]) -> int:
    """How many drawers make the counting of these rows fast: a power of two."""
    wanted = max(map(len, lists)) // _ROWS_IN_A_DRAWER
    return min(_DRAWERS_MAX, 1 << wanted.bit_length())


def ideas_in_drawers(ids: Iterable[Any], number: int) -> Drawers:
    """The ids, each in the drawer where the rows about it lie."""
    drawers: Drawers = [[] for _ in range(number)]
    for idea_id in ids:
        drawers[hash(idea_id) & number - 1].append(idea_id)
    return drawers


def votes_in_drawers(rows: Sequence[Row], number: int, origins: Numbered) -> Drawers:
    """Idea, user and number of the origin of each vote, one after the other."""
    drawers: Drawers = [[] for _ in range(number)]
    users: Made[Any, Any] = Made(lambda user: user)
    for idea_id, user, team, site, kind in map(_ballot, rows):
        drawers[hash(idea_id) & number - 1].extend((idea_id, users[user], origins[team, site, kind]))
    return drawers


def looks_in_drawers(rows: Sequence[Row], number: int, places: Numbered) -> Drawers:
    """Idea, number of team and site, and looks of each exposure, one after the other."""
    drawers: Drawers = [[] for _ in range(number)]
    for row in rows:
        idea_id, team, looks = _shown(row)
        seen = looks if looks is not None and 0.0 < looks < math.inf else 0.0
        drawers[hash(idea_id) & number - 1].extend((idea_id, places[team, row.get("site")], seen))
    return drawers


def ballots(drawer: Sequence[Any], ids: Iterable[Any]) -> Iterator[tuple[Any, Ballots]]:
    """What each of the ideas received, from the drawer in which its votes lie."""
    boxes = _boxes(drawer, ids)
    for idea_id, box in boxes.items():
        users = box[::2]
        yield idea_id, Ballots(box[1::2], len(set(users)) < len(users))


def looks(drawer: Sequence[Any], ids: Iterable[Any]) -> dict[Any, list[Any]]:
    """The numbers of places and the looks there of each of the ideas, in turn."""
    return _boxes(drawer, ids)


def _boxes(drawer: Sequence[Any], ids: Iterable[Any]) -> dict[Any, list[Any]]:
    boxes: dict[Any, list[Any]] = {idea_id: [] for idea_id in ids}
    entries = iter(drawer)
    for idea_id, first, second in zip(entries, entries, entries, strict=True):
        if (box := boxes.get(idea_id)) is not None:
            box.append(first)
            box.append(second)
    return boxes


def standing_votes(rows: Sequence[Row]) -> Sequence[Row]:
    """One vote of each person, from all the votes on one idea. Raises ValueError for an unknown kind."""
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


def looks_by_team(shown: Iterable[tuple[Any, float]]) -> dict[Any, float]:
    """Looks of each team, from team and looks of all the exposures of one idea."""
    looks: dict[Any, float] = {}
    several: dict[Any, list[float]] = {}
    for team, seen in shown:
        if team in looks:
            several.setdefault(team, [looks[team]]).append(seen)
        else:
            looks[team] = float(seen)
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
