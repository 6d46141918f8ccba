"""Looks: noted from what was on screen, folded away after 180 days, and switched off by the organisation."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from portal.db import db, take_turns
from portal.ideas.words import Stage
from portal.outbox import service as outbox
from portal.people import service as people
from portal.people.models import Person
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.swarm import looks_rows as rows
from portal.swarm.looks import KEPT, looked
from portal.swarm.looks_models import Look, LookArchive, LookSetting
from portal.swarm.looks_queries import are_kept
from portal.swarm.looks_rows import Moved, Team
from portal.swarm.policy import MAY

FORGET = "swarm.forget_looks"
SHOWN_MAX = 32_767
Pair = tuple[int, int]  # idea, person


class Impression(NamedTuple):
    """An idea was on somebody's screen, in place `slot` (1 to 8) of a page; `page` tells pages apart."""

    idea_id: int
    person_id: int
    team_id: int
    site_id: int
    slot: int
    page: int


# -- noting --------------------------------------------------------------------------------------------------


def record(impressions: Iterable[Impression], *, now: datetime) -> None:
    """Note what was on screen, for ideas that their viewer has not decided; the same page counts once.

    What each look adds goes to the cell of the viewer's team and to the idea's sums. Nothing where looks are off.
    """
    seen = sorted(impressions)
    if not seen or not are_kept():
        return
    idea_ids, person_ids = sorted({one.idea_id for one in seen}), {one.person_id for one in seen}
    ideas = {number: row for number, row in rows.lock(idea_ids, now=now).items() if _on_the_board(row)}
    known, decided = rows.looks_at(idea_ids, person_ids), rows.decided(idea_ids, person_ids)
    looks: dict[Pair, dict[str, Any]] = {}
    moved: dict[Team, Moved] = {}
    for one in seen:
        pair = one.idea_id, one.person_id
        if one.idea_id in ideas and ideas[one.idea_id].author_id != one.person_id and pair not in decided:
            look = looks.get(pair) or _begun(one, known.get(pair))
            looks[pair] = _note(look, one, moved, now)
    new = [look for pair, look in looks.items() if pair not in known]
    rows.write(new, [look for pair, look in looks.items() if pair in known])
    rows.shift(ideas, moved, now=now)


def _on_the_board(idea: Row) -> bool:
    return idea.stage is Stage.OPEN and idea.hidden_at is None


def _begun(one: Impression, known: Row | None) -> dict[str, Any]:
    if known is not None:
        return dict(known._mapping)
    return {
        "idea_id": one.idea_id, "person_id": one.person_id, "team_id": one.team_id, "site_id": one.site_id,
        "p_seen": 0.0, "shown": 0, "last_page": None,
    }  # fmt: skip


def _note(look: dict[str, Any], one: Impression, moved: dict[Team, Moved], now: datetime) -> dict[str, Any]:
    """The look after this impression; what it adds is added to `moved`."""
    if look["last_page"] == one.page:
        return look
    p_seen = looked(look["p_seen"], one.slot)
    _add(moved, look, p_seen - look["p_seen"])
    shown = min(look["shown"] + 1, SHOWN_MAX)
    return look | {"p_seen": p_seen, "shown": shown, "last_at": now, "last_page": one.page}


def _add(moved: dict[Team, Moved], look: Any, more: float) -> None:
    """Where somebody changes teams, their look stays where it began."""
    team = look["idea_id"], look["team_id"]
    moved[team] = Moved(look["site_id"], moved[team].m + more if team in moved else more)


# -- folding away --------------------------------------------------------------------------------------------


def fold(*, now: datetime, most: int) -> int:
    """Fold away at most `most` looks that are 180 days old or belong to somebody who has left; returns how many.

    What counts of them is kept per team, so that no score changes; what does not count any more is gone.
    """
    due = _due(now, most)
    ideas = rows.lock({idea_id for idea_id, _ in due}, now=now) if due else {}
    pairs = sorted(pair for pair in due if pair[0] in ideas)
    if not pairs:
        return 0
    idea_ids, person_ids = set(ideas), {person_id for _, person_id in pairs}
    # Once more, with the lock: somebody may have looked again or decided meanwhile.
    known, decided = rows.looks_at(idea_ids, person_ids), rows.decided(idea_ids, person_ids)
    left = _left(person_ids)
    over = [pair for pair in pairs if pair in known and (known[pair].last_at < now - KEPT or pair[1] in left)]
    moved: dict[Team, Moved] = {}
    for pair in over:
        if pair not in decided:
            _add(moved, known[pair]._mapping, known[pair].p_seen)
    rows.archive(moved)
    rows.delete_looks(over)
    return len(over)


def _due(now: datetime, most: int) -> list[Pair]:
    looks = select(Look.idea_id, Look.person_id)
    gone = looks.join(Person, Person.id == Look.person_id).where(Person.deactivated_at.is_not(None))
    either = (db.session.execute(query.limit(most)) for query in (looks.where(Look.last_at < now - KEPT), gone))
    return sorted({(row.idea_id, row.person_id) for rows_ in either for row in rows_})[:most]


def _left(person_ids: Collection[int]) -> set[int]:
    query = select(Person.id).where(Person.id.in_(person_ids), Person.deactivated_at.is_not(None))
    return set(db.session.scalars(query))


# -- the switch ----------------------------------------------------------------------------------------------


def switch(viewer: Viewer, *, kept: bool, now: datetime) -> bool:
    """Keep looks, or from now on none, in which case those kept so far are deleted; False if it is so already.

    Only decisions count as looks then. Raises Refused.
    """
    demand(MAY, "looks.switch", viewer)
    take_turns("look settings")
    if kept == are_kept():
        return False
    row = LookSetting(kept=kept, at=now, by_id=viewer.id)
    db.session.add(row)
    db.session.flush()
    people.audit("looks.switched", f"look_setting:{row.id}", {"kept": kept}, actor_id=viewer.id, now=now)
    if not kept:
        outbox.emit(FORGET, {}, now=now, unique_key=f"{FORGET}:{row.id}")
    return True


def forget(*, now: datetime, most: int) -> int:
    """Where looks are off: delete everything kept of at most `most` ideas, and take it out of their sums.

    Returns how many ideas there were.
    """
    if are_kept():
        return 0
    of_all = (select(table.idea_id).distinct().limit(most) for table in (Look, LookArchive))
    numbers = sorted({number for query in of_all for number in db.session.scalars(query)})[:most]
    if not numbers:
        return 0
    ideas = rows.lock(numbers, now=now)
    moved: dict[Team, Moved] = {}
    for row in list(rows.counting(numbers)):
        _add(moved, row._mapping, -row.m)
    rows.shift(ideas, moved, now=now)
    rows.delete_all(numbers)
    return len(numbers)
