"""Ideas as the board shows them: everything on a card in one query, and nothing on it that must stay hidden."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ideas.models import Follow, Idea
from portal.ideas.words import Audience, Barrier, Names, Stage
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from portal.swarm.line import swarm_line
from portal.swarm.models import IdeaScore, Vote
from portal.swarm.rules import OPEN_STAGES, VoteKind
from portal.swarm.score import listed

EXCERPT_CHARS = 220
CHIPS = {
    Stage.PROMOTED: ("With executives", "honey", "rise"),
    Stage.PROMISED: ("Promised", "blue", "flag"),
    Stage.DELIVERED: ("Done, being checked", "blue", "wrench"),
    Stage.DONE: ("Done", "green", "check"),
    Stage.DECLINED: ("Not doing", "", "no"),
    Stage.WITHDRAWN: ("Withdrawn", "", "no"),
}


@dataclass(frozen=True)
class Card:
    """An idea on the board for one viewer. `people` and `fill_percent` are None while the viewer has not decided."""

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
    stop_error: str | None = None
    stop_reason: str | None = None
    stop_words: str = ""


def cards_query(viewer: Viewer) -> Select:
    """Ideas with the author (only where the name is shown), place, score, and the viewer's own marks."""
    author, home, site = aliased(Person), aliased(Place), aliased(Place)
    shown = and_(author.id == Idea.author_id, Idea.names == Names.SHOWN)
    mine = and_(Vote.idea_id == Idea.id, Vote.person_id == viewer.id, Vote.revoked_at.is_(None))
    follow = and_(Follow.idea_id == Idea.id, Follow.person_id == viewer.id)
    return (
        select(
            Idea, author.name.label("author"), home.name.label("author_place"), site.name.label("site"),
            Vote.kind.label("vote"), Follow.id.label("follow"), IdeaScore.n_support, IdeaScore.n_team,
            IdeaScore.n_site, IdeaScore.n_stop, IdeaScore.m, IdeaScore.score, IdeaScore.evidence,
            _teams().label("teams"),
        )
        .outerjoin(author, shown)
        .outerjoin(home, home.id == author.place_id)
        .outerjoin(site, site.id == Idea.site_id)
        .outerjoin(Vote, mine)
        .outerjoin(Follow, follow)
        .outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
    )  # fmt: skip


def load_cards(viewer: Viewer, query: Select, *, back: str = "/ideas") -> list[Card]:
    """The cards of a query made by `cards_query`, in its order."""
    return [card(row, viewer, back=back) for row in db.session.execute(query)]


def card(row: Row, viewer: Viewer, *, back: str = "/ideas") -> Card:
    """One row as a card, with the numbers only if this viewer may see them."""
    idea: Idea = row[0]
    mine = idea.author_id == viewer.id
    seen = may_see_numbers(idea, viewer, row.vote)
    closed = idea.stage.value not in OPEN_STAGES
    return Card(
        number=idea.number, title=idea.title, kind=idea.kind.value, kind_label=idea.kind.label,
        barrier=idea.barrier, barrier_label=idea.barrier.label, site_id=idea.site_id, site_label=row.site or "",
        said_at=idea.said_at, excerpt=_excerpt(idea), byline=byline(row), initials=_initials(row.author),
        names=idea.names.value, decided=row.vote is not None, mine=mine,
        vote=row.vote.value if row.vote else None, may_vote=viewer.is_frontline and not mine, closed=closed,
        people=(row.n_support or 0) if seen else None, fill_percent=_fill(row) if seen else None,
        chip=CHIPS.get(idea.stage), why=_why(row, viewer, seen), comment_count=idea.comment_count,
        following=row.follow is not None, stage=idea.stage, sort=(row.score, listed(row.m or 0.0), idea.id), back=back,
    )  # fmt: skip


def may_see_numbers(idea: Idea, viewer: Viewer, vote: VoteKind | None) -> bool:
    """After deciding, or once promoted; the author has decided by saying it."""
    return vote is not None or idea.author_id == viewer.id or idea.stage is not Stage.OPEN


def byline(row: Row) -> str:
    """Who said it, as far as that is to be known."""
    idea: Idea = row[0]
    if idea.names is Names.SHOWN and row.author:
        return f"{row.author}, {row.author_place}"
    return idea.origin_label[:1].upper() + idea.origin_label[1:]


def _teams() -> Any:
    """How many teams may read the idea, as `audience_size` counts them: the swarm line depends on it."""
    somebody = select(Person.id).where(Person.team_id == Place.id, Person.deactivated_at.is_(None)).exists()
    inside = or_(
        Idea.audience == Audience.ORGANISATION,
        and_(Idea.audience == Audience.EMPLOYER, Place.employer_id == Idea.employer_id),
        and_(Idea.audience == Audience.SITE, Place.site_id == Idea.site_id),
    )
    counted = select(func.count(Place.id)).where(Place.kind == PlaceKind.TEAM, somebody, inside)
    return counted.correlate(Idea).scalar_subquery()


def _fill(row: Row) -> int:
    if row[0].stage is not Stage.OPEN:
        return 100
    line = swarm_line(row.teams) or 1.0
    return max(0, min(99, round(100 * max(0.0, row.evidence or 0.0) / line)))


def _excerpt(idea: Idea) -> str:
    """What the title does not say already."""
    words = " ".join(idea.say.split())
    rest = words[len(idea.title) :].lstrip(" .…") if words.startswith(idea.title.rstrip("…")) else words
    if len(rest) <= EXCERPT_CHARS:
        return rest
    return rest[:EXCERPT_CHARS].rsplit(" ", 1)[0] + "…"


def _why(row: Row, viewer: Viewer, seen: bool) -> tuple[str, str] | None:
    """Why it stands here: about the viewer before deciding, about the idea afterwards."""
    idea: Idea = row[0]
    if idea.stage is not Stage.OPEN:
        return None
    if seen:
        sites = f"at {row.n_site} site{'s' if row.n_site != 1 else ''}" if row.n_site else "nowhere yet"
        share = _fill(row)
        return ("Gathering pace" if share >= 50 else "On its way", f"{sites}. {share} % of the way to the executives.")
    if (row.m or 0) < 3:
        return "Few people have seen this.", "Your view counts for more here."
    if viewer.site_id and idea.site_id == viewer.site_id:
        return "From your site.", "Have you met this too?"
    return "From another site.", "Does it happen where you work?"


def _initials(name: str | None) -> str:
    words = (name or "").split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def with_refused_stop(card_: Card, error: str, reason: str | None, words: str) -> Card:
    """The card with a refused stop signal opened again, holding what was typed."""
    return replace(card_, stop_error=error, stop_reason=reason, stop_words=words)
