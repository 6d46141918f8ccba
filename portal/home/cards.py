"""Ideas as the board shows them: everything on a card in one query, and nothing on it that must stay hidden."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, case, select
from sqlalchemy.orm import aliased

from portal.home.facts import Facts
from portal.ideas.models import Follow, Idea
from portal.ideas.queries import visible_to
from portal.ideas.rules import counts_are_open
from portal.ideas.words import Barrier, Names, Stage
from portal.people.models import Person, Place, initials
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.statements import placed, places, run
from portal.swarm.line import swarm_line
from portal.swarm.models import IdeaScore, PortalStat, Vote
from portal.swarm.parameters import of_version
from portal.swarm.rules import OPEN_STAGES
from portal.swarm.score import listed
from portal.swarm.stop_queries import unanswered_count

EXCERPT_CHARS = 220
ROOM = 8  # cards: statements are made for so many, twice as many and so on
LOOKS = {
    Stage.PROMOTED: ("honey", "rise"), Stage.PROMISED: ("blue", "flag"), Stage.DELIVERED: ("blue", "wrench"),
    Stage.DONE: ("green", "check"), Stage.DECLINED: ("", "no"), Stage.WITHDRAWN: ("", "no"),
    Stage.MERGED: ("", "merge"),
}  # fmt: skip
CHIPS = {stage: (stage.label, *look) for stage, look in LOOKS.items()}


@dataclass(frozen=True)
class Card:
    """An idea on the board for one viewer. `people` and `fill_percent` are None while the viewer has not decided.

    came: how the viewer came to it, as the form of a vote tells it again.
    """

    number: int
    title: str
    kind: str
    kind_label: str
    barrier: Barrier
    barrier_label: str
    site_id: int | None
    site_label: str
    said_at: datetime
    excerpt: str
    byline: str
    initials: str
    names: str
    decided: bool
    mine: bool
    vote: str | None
    may_vote: bool
    closed: bool
    people: int | None
    fill_percent: int | None
    chip: tuple[str, str, str] | None
    why: tuple[str, str] | None
    comment_count: int
    following: bool
    stage: Stage
    sort: tuple[Any, ...]
    back: str = "/ideas"
    came: str = ""
    stop_error: str | None = None
    stop_reason: str | None = None
    stop_words: str = ""


COLUMNS = (
    Idea.id, Idea.kind, Idea.say, Idea.title, Idea.barrier, Idea.stage, Idea.names, Idea.author_id, Idea.audience,
    Idea.employer_id, Idea.site_id, Idea.origin_label, Idea.comment_count,
    Idea.said_at, Idea.carried,
)  # fmt: skip

VERSION = select(PortalStat.params_version).where(PortalStat.id == 1).scalar_subquery().label("params_version")
UNANSWERED = case((IdeaScore.n_stop > 0, unanswered_count()), else_=0).label("unanswered")  # asked of few


def cards_query(looker: Viewer, *more: Any) -> Select:
    """Ideas with the author (only where the name is shown), place, score, and the viewer's own marks.

    looker: a viewer, or one who stands in. more: further columns.
    """
    author, home, site = aliased(Person), aliased(Place), aliased(Place)
    shown = and_(author.id == Idea.author_id, Idea.names == Names.SHOWN)
    mine = and_(Vote.idea_id == Idea.id, Vote.person_id == looker.id, Vote.revoked_at.is_(None))
    follow = and_(Follow.idea_id == Idea.id, Follow.person_id == looker.id)
    return (
        select(
            *COLUMNS, author.name.label("author"), home.name.label("author_place"), site.name.label("site"),
            Vote.kind.label("vote"), Follow.id.label("follow"), IdeaScore.n_support, IdeaScore.n_site,
            IdeaScore.n_stop, IdeaScore.n_team, IdeaScore.m, IdeaScore.score, IdeaScore.evidence, UNANSWERED, VERSION,
            *more,
        )
        .outerjoin(author, shown)
        .outerjoin(home, home.id == author.place_id)
        .outerjoin(site, site.id == Idea.site_id)
        .outerjoin(Vote, mine)
        .outerjoin(Follow, follow)
        .outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
    )  # fmt: skip


def cards_of(
    viewer: Viewer, numbers: Sequence[int], facts: Facts, *, back: str = "/ideas", came: Mapping[int, str] | None = None
) -> list[Card]:
    """The cards of these ideas in this order, in one query. Raises nothing: what is gone is left out."""
    if not numbers:
        return []
    room = -(-len(numbers) // ROOM) * ROOM
    parameters = person_of(viewer) | placed("number", numbers, room)
    rows = run(_statement(shape_of(viewer), room), parameters)
    ways = came or {}
    found = {row.id: card(row, viewer, facts, back=back, came=ways.get(row.id, "")) for row in rows}
    return [found[number] for number in numbers if number in found]


@lru_cache(SHAPES_KEPT)
def _statement(shape: Shape, room: int) -> Select:
    # The numbers may be some seconds old: what may be seen is asked here.
    looker = stand_in(shape)
    numbers = Idea.id.in_(places("number", room))
    return cards_query(looker).where(numbers, visible_to(looker), Idea.hidden_at.is_(None))


def card(row: Any, viewer: Viewer, facts: Facts, *, back: str = "/ideas", came: str = "") -> Card:
    """One row of `cards_query` as a card, with the numbers only if this viewer may see them."""
    mine = row.author_id == viewer.id
    seen = may_see_numbers(row, viewer, row.vote)
    fill = _fill(row, facts) if seen else None
    return Card(
        number=row.id, title=row.title, kind=row.kind.value, kind_label=row.kind.label,
        barrier=row.barrier, site_id=row.site_id, said_at=row.said_at,
        barrier_label=row.barrier.label, site_label=row.site or "", excerpt=_excerpt(row.say, row.title),
        byline=byline(row), initials=initials(row.author or ""), names=row.names.value, decided=row.vote is not None,
        mine=mine, vote=row.vote.value if row.vote else None, may_vote=viewer.is_frontline and not mine,
        closed=row.stage not in OPEN_STAGES, people=(row.n_support or 0) if seen else None, fill_percent=fill,
        chip=CHIPS.get(row.stage), why=_why(row, viewer, fill), comment_count=row.comment_count,
        following=row.follow is not None, stage=row.stage, sort=(row.score, listed(row.m or 0.0), row.id), back=back,
        came=came,
    )  # fmt: skip


def may_see_numbers(idea: Any, viewer: Viewer, vote: Any) -> bool:
    """After deciding, or once the swarm has carried it; the author has decided by saying it. One that has joined
    another has none."""
    if idea.stage is Stage.MERGED:
        return False
    return vote is not None or idea.author_id == viewer.id or counts_are_open(idea)


def byline(row: Any) -> str:
    """Who said it, as far as that is to be known."""
    if row.names is Names.SHOWN and row.author:
        return f"{row.author}, {row.author_place}"
    return row.origin_label[:1].upper() + row.origin_label[1:]


def _fill(row: Any, facts: Facts) -> int:
    if counts_are_open(row):
        return 100
    teams, _sites = facts.sizes.of(row.audience, row.employer_id, row.site_id)
    line = swarm_line(teams, of_version(row.params_version)) or 1.0
    return max(0, min(99, round(100 * max(0.0, row.evidence or 0.0) / line)))


def _excerpt(say: str, title: str) -> str:
    """What the title does not say already."""
    words = " ".join(say.split())
    rest = words[len(title) :].lstrip(" .…") if words.startswith(title.rstrip("…")) else words
    if len(rest) <= EXCERPT_CHARS:
        return rest
    return rest[:EXCERPT_CHARS].rsplit(" ", 1)[0] + "…"


def _why(row: Any, viewer: Viewer, fill: int | None) -> tuple[str, str] | None:
    """Why it stands here: about the viewer before deciding, about the idea afterwards."""
    if row.stage is not Stage.OPEN:
        return None
    if fill is not None:
        sites = f"at {row.n_site} site{'s' if row.n_site != 1 else ''}" if row.n_site else "nowhere yet"
        rest = f"{sites}. {fill} % of the way to the executives."
        if row.unanswered:
            return "It has a stop signal without an answer.", f"{rest[:1].upper()}{rest[1:]}"
        return ("Gathering pace" if fill >= 50 else "On its way", rest)
    if (row.m or 0) < 3:
        return "Few people have seen this.", "Your view counts for more here."
    if viewer.site_id and row.site_id == viewer.site_id:
        return "From your site.", "Have you met this too?"
    return "From another site.", "Does it happen where you work?"
