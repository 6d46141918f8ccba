"""The public record of one idea: what was said, committed, done, and what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, exists, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, CommitmentState, Delivery
from portal.errors import Missing
from portal.home import facts as board_facts
from portal.home import idea_back, idea_declined, idea_floor, idea_occurrences, storytelling
from portal.home.arc import Promised, Seen, arc, late_words
from portal.home.cards import Card, cards_query, may_see_numbers
from portal.home.cards import card as made_card
from portal.home.facts import Facts
from portal.home.idea_flags import FLAGGED, notes
from portal.home.idea_rule import named_rule
from portal.home.storytelling import Entry, Step
from portal.ideas.drafts import KEPT, about_comment
from portal.ideas.earlier_shown import votes_before
from portal.ideas.models import Comment, Draft, Idea, Story
from portal.ideas.queries import visible_to
from portal.ideas.words import Stage, StoryKind
from portal.keys import KEY_MAX
from portal.metrics.models import Metric
from portal.notices.queries import muted_column
from portal.people.models import Person
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.statements import run
from portal.swarm.models import IdeaScore, PortalStat
from portal.swarm.parameters import of_version
from portal.swarm.queries import looks_at, numbers, place_of
from portal.swarm.wording import PLACES_COUNTED, Numbers, sentence
from portal.triage import clock_queries
from portal.web.dates import day_words, local_day

STORY_SHOWN = 12
WAITS = "The count is shown once it is carried."
OUTSIDE = "A representative put it before the executives. It has not passed the swarm line."
ANSWERED = (Stage.PROMISED, Stage.DELIVERED, Stage.DONE)  # with a promise that stands


@dataclass(frozen=True)
class SwarmFacts:
    """The words beside the cell."""

    line: str
    detail: str | None = None
    missing: str | None = None
    sites: tuple[Any, ...] = ()
    followers: int | None = None
    before: str | None = None  # votes from an earlier system: shown beside, never counted
    numbers: Numbers | None = None
    notes: tuple[str, ...] = ()  # what is remarkable about the support


@dataclass(frozen=True)
class IdeaPage:
    """Everything the idea page shows, but comments and the chart. idea: a row with the columns of `Idea`."""

    idea: Any
    card: Card
    swarm: SwarmFacts
    steps: list[Step]
    entries: list[Entry]
    decision: Any
    moments: Mapping[StoryKind, Any]
    promise: Any
    commitment: Any
    kept_words: str = ""
    story_href: str = ""  # of the whole story, where it is longer than what stands here


def load(viewer: Viewer, number: int, *, now: datetime, facts: Facts | None = None, came: str = "") -> IdeaPage:
    """One idea as the viewer may read it; raises Missing. came: see `Card`."""
    known = facts or board_facts.read(now=now)
    row = _row(viewer, number, now=now)
    card = made_card(row, viewer, known, came=came)
    today = local_day(now, viewer.timezone)
    steps = run(STORY, {"idea": row.id}).all()
    decided = may_see_numbers(row, viewer, card.vote)
    shown = [step for step in steps if decided or not step.kind.after_deciding]
    moments = storytelling.standing(steps)
    commitment, promise = _promise(viewer, row.id, today) if row.stage in ANSWERED else (None, None)
    return IdeaPage(
        idea=row,
        card=card,
        swarm=swarm_facts(viewer, card, row, known),
        steps=arc(row, moments, _promised(promise), Seen(today, viewer.timezone, _answer_due(row, now))),
        entries=[storytelling.entry_of(step, zone=viewer.timezone, today=today) for step in shown[:STORY_SHOWN]],
        story_href=f"/ideas/{number}/story" if len(shown) > STORY_SHOWN else "",
        decision=idea_declined.decline(viewer, row, today=today) if row.stage is Stage.DECLINED else None,
        moments=moments,
        promise=promise,
        commitment=commitment,
        kept_words=row.kept_words or "",
    )


def card_for(
    viewer: Viewer, number: int, *, now: datetime, back: str = "/ideas", facts: Facts | None = None, came: str = ""
) -> Card:
    """The card of one idea; raises Missing."""
    known = facts or board_facts.read(now=now)
    return made_card(_row(viewer, number, now=now), viewer, known, back=back, came=came)


def standing_of(viewer: Viewer, number: int, *, now: datetime) -> tuple[Card, SwarmFacts, Any]:
    """The card of one idea, where it stands in words, and its row; raises Missing."""
    known, row = board_facts.read(now=now), _row(viewer, number, now=now)
    card = made_card(row, viewer, known)
    return card, swarm_facts(viewer, card, row, known), row


def _row(viewer: Viewer, number: int, *, now: datetime) -> Any:
    parameters = person_of(viewer) | {"number": number, "about": about_comment(number), "since": now - KEPT}
    parameters |= idea_occurrences.parameters(now)
    # Zero and what is more than the column holds are ideas that do not exist.
    found = run(_statement(shape_of(viewer)), parameters) if 0 < number <= KEY_MAX else None
    row = found.one_or_none() if found else None
    if row is None:
        raise Missing("idea")
    return row


@lru_cache(SHAPES_KEPT)
def _statement(shape: Shape) -> Select:
    """The columns of an idea's card and page, the typical idea, and what the viewer has begun to write about it."""
    looker = stand_in(shape)
    typical = select(PortalStat.mu0).where(PortalStat.id == 1).scalar_subquery()
    mine = Draft.person_id == looker.id, Draft.about == bindparam("about"), Draft.kept_at > bindparam("since")
    other = aliased(Idea)
    joined = exists().where(other.merged_into_id == Idea.id)
    draft = select(Draft.text).where(*mine).scalar_subquery()
    talk = select(Comment.id).where(Comment.idea_id == Idea.id).limit(1).scalar_subquery()  # also one taken back
    rule = named_rule(looker)
    more = (
        Idea.edited_at, Idea.moved_at, Idea.first_vote_at, Idea.hidden_at, IdeaScore.n_strong,
        IdeaScore.n_pass, Idea.source_ref, *FLAGGED, Idea.merged_into_id, joined.label("has_joined"),
        typical.label("typical"), draft.label("kept_words"), talk.label("first_comment"), rule.label("rule_id"),
        looks_at().label("looked"), muted_column().label("muted"), *idea_occurrences.columns(looker),
        *clock_queries.columns(),
    )  # fmt: skip
    wanted = visible_to(looker), Idea.id == bindparam("number", type_=Integer)
    return clock_queries.joined(cards_query(looker, *more)).where(*wanted)


def swarm_facts(viewer: Viewer, card: Card, row: Any, facts: Facts) -> SwarmFacts:
    """Where the idea stands, in one sentence; before deciding only that one should decide."""
    if row.stage is Stage.MERGED:
        return SwarmFacts(f"Counted with number {row.merged_into_id}.")
    if not may_see_numbers(row, viewer, card.vote):
        if not card.may_vote:
            later = "The count stays hidden until it is answered." if row.carried else WAITS
            return SwarmFacts("The frontline weighs in on this.", later, notes=_outside(row))
        return SwarmFacts("Have you met this?", "Counts stay hidden until you weigh in.", notes=_outside(row))
    before = votes_before(row)
    if not (row.n_support or row.n_pass or row.n_stop):
        seen = "Your colleagues see it on their board."
        return SwarmFacts("Nobody has weighed in yet.", seen, before=before, notes=_outside(row))
    if row.stage is not Stage.OPEN:
        where = f"In {_count(row.n_team, 'team')} on {_count(row.n_site, 'site')}. {_stops(row.n_stop)}".strip()
        return SwarmFacts(f"{row.n_support} of you hit this", where, before=before, notes=(*_outside(row), *notes(row)))
    mu0 = row.typical or 0.0
    place = place_of(row.id, row, mu0, most=PLACES_COUNTED)
    size = facts.sizes.of(row.audience, row.employer_id, row.site_id)
    counted = numbers(row, place, looks=row.looked, size=size, mu0=mu0, params=of_version(row.params_version))
    return SwarmFacts(
        f"{row.n_support} of you hit this so far", sentence(counted), before=before, numbers=counted, notes=notes(row)
    )


def _outside(row: Any) -> tuple[str, ...]:
    return (OUTSIDE,) if row.carried else ()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"


def _stops(count: int) -> str:
    return "" if not count else "1 stop signal." if count == 1 else f"{count} stop signals."


@dataclass(frozen=True)
class Promise:
    """The promise in the rail."""

    sentence: str
    href: str
    owner: str
    due: str
    late: str
    facts: list[tuple[str, str]]
    measured: bool = False


def _answer_due(row: Any, now: datetime) -> date | None:
    """The day on which an executive's answer is due, as the clock has it."""
    owing = clock_queries.clock_from(row, now=now) if row.stage is Stage.PROMOTED else None
    return owing.due_on if owing else None


def _promised(promise: Promise | None) -> Promised | None:
    return Promised(promise.owner, promise.due, promise.late, promise.measured) if promise else None


def _promise(viewer: Viewer, idea_id: int, today: date) -> tuple[Any, Promise | None]:
    row = run(PROMISE, {"idea": idea_id, "viewer": viewer.id}).one_or_none()
    if row is None:
        return None, None
    due = day_words(row.due_on, today=today)
    facts = [("Owner", row.owner), ("Sponsor", row.sponsor), ("Promised", due)]
    facts += [("Watching", row.metric or "Not measurable, we ask you")]
    return row, Promise(row.sentence, f"/commitments/{row.id}", row.owner, due, _late(row, today), facts,
                         measured=row.metric_id is not None)  # fmt: skip


def _late(row: Any, today: date) -> str:
    running = row.state in (CommitmentState.OFFERED, CommitmentState.ACCEPTED)
    end = today if running or row.delivered_at is None else row.live_from or row.delivered_at.date()
    return late_words((end - row.due_on).days)


def _promise_query() -> Select:
    owner, sponsor = aliased(Person), aliased(Person)
    delivered = select(Delivery.at).where(Delivery.commitment_id == Commitment.id).order_by(Delivery.id.desc())
    return (
        select(
            Commitment.id, Commitment.sentence, Commitment.state, Commitment.due_on, Commitment.metric_id,
            owner.name.label("owner"), sponsor.name.label("sponsor"), Metric.name.label("metric"),
            delivered.limit(1).scalar_subquery().label("delivered_at"), Commitment.live_from, *idea_back.columns(),
            *idea_floor.columns(),
        )
        .join(owner, owner.id == Commitment.owner_id)
        .join(sponsor, sponsor.id == Commitment.sponsor_id)
        .outerjoin(Metric, Metric.id == Commitment.metric_id)
        .where(Commitment.idea_id == bindparam("idea"), Commitment.state != CommitmentState.HANDED_BACK)
    )  # fmt: skip


# Built once: see portal.people.shapes.
STORY = storytelling.story_query().where(Story.idea_id == bindparam("idea"))
PROMISE = _promise_query()
