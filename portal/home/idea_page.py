"""The public record of one idea: what was said, committed, done, and what happened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, CommitmentState, Delivery
from portal.db import db
from portal.errors import Missing
from portal.home import storytelling
from portal.home.cards import Card, cards_query, load_cards, may_see_numbers
from portal.home.storytelling import Entry, Step, gap_words
from portal.ideas.models import Idea, Story
from portal.ideas.queries import visible_to
from portal.ideas.words import Stage, StoryKind
from portal.metrics.models import Metric
from portal.people.models import Person
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaScore
from portal.swarm.queries import numbers_of
from portal.swarm.wording import Numbers, sentence
from portal.triage.models import Decision, DecisionKind
from portal.web.dates import day_words, local_day


@dataclass(frozen=True)
class SwarmFacts:
    """The words beside the cell."""

    line: str
    detail: str | None = None
    missing: str | None = None
    sites: tuple[Any, ...] = ()
    followers: int | None = None
    numbers: Numbers | None = None


@dataclass(frozen=True)
class IdeaPage:
    """Everything the idea page shows, but comments and the chart."""

    idea: Idea
    card: Card
    swarm: SwarmFacts
    steps: list[Step]
    entries: list[Entry]
    decision: Any
    moments: Mapping[StoryKind, Story]
    promise: Any
    commitment: Commitment | None


def load(viewer: Viewer, number: int, *, now: datetime) -> IdeaPage:
    """One idea as the viewer may read it; raises Missing."""
    card = card_for(viewer, number)
    idea = db.session.get(Idea, number)
    assert idea is not None
    today = local_day(now, viewer.timezone)
    entries = _story(idea, viewer.timezone, today)
    commitment, promise = _promise(idea.id, today)
    moments = {row.kind: row for row in _moments(idea.id)}
    return IdeaPage(
        idea=idea,
        card=card,
        swarm=swarm_facts(viewer, card, idea),
        steps=_arc(idea, moments, promise, today, viewer.timezone),
        entries=entries,
        decision=_decline(idea.id, viewer.timezone, today) if idea.stage is Stage.DECLINED else None,
        moments=moments,
        promise=promise,
        commitment=commitment,
    )


def card_for(viewer: Viewer, number: int, *, back: str = "/ideas") -> Card:
    """The card of one idea; raises Missing."""
    if not 0 < number < 2**31:
        raise Missing("idea")  # more than the column holds
    cards = load_cards(viewer, cards_query(viewer).where(visible_to(viewer), Idea.id == number), back=back)
    if not cards:
        raise Missing("idea")
    return cards[0]


def swarm_facts(viewer: Viewer, card: Card, idea: Idea) -> SwarmFacts:
    """Where the idea stands, in one sentence; before deciding only that one should decide."""
    if not may_see_numbers(idea, viewer, card.vote):  # type: ignore[arg-type]
        return SwarmFacts("Have you met this?", "Counts stay hidden until you weigh in.")
    score = db.session.get(IdeaScore, idea.id)
    if score is None:
        return SwarmFacts("Nobody has weighed in yet.", "Your colleagues see it on their board.")
    if idea.stage is not Stage.OPEN:
        teams = f"{_count(score.n_team, 'team')} on {_count(score.n_site, 'site')}"
        return SwarmFacts(f"{score.n_support} of you hit this", f"In {teams}. {_stops(score.n_stop)}".strip())
    numbers = numbers_of(idea, score)
    return SwarmFacts(f"{score.n_support} of you hit this so far", sentence(numbers), numbers=numbers)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"


def _stops(count: int) -> str:
    return "" if not count else "1 stop signal." if count == 1 else f"{count} stop signals."


def _story(idea: Idea, zone: str, today: date) -> list[Entry]:
    actor = aliased(Person)
    query = select(Story, actor.name).outerjoin(actor, actor.id == Story.actor_id).where(Story.idea_id == idea.id)
    rows = db.session.execute(query.order_by(Story.at.desc(), Story.id.desc())).all()
    return [_entry(step, name, zone, today) for step, name in rows]


def _entry(step: Story, name: str | None, zone: str, today: date) -> Entry:
    facts: Mapping[str, Any] = json.loads(step.facts)
    return storytelling.entry(step.kind, at=step.at, actor=name, words=step.words, facts=facts, today=today, zone=zone)


def _moments(idea_id: int) -> list[Story]:
    """The newest step of each kind."""
    wanted = (StoryKind.PROMOTED, StoryKind.COMMITTED, StoryKind.DECLINED, StoryKind.DELIVERED, StoryKind.CONFIRMED)
    query = select(Story).where(Story.idea_id == idea_id, Story.kind.in_(wanted)).order_by(Story.id)
    return list(db.session.scalars(query))


def _arc(idea: Idea, moments: Mapping[StoryKind, Story], promise: Any, today: date, zone: str) -> list[Step]:
    """You said, we committed, we did, what happened; two steps where we said no."""

    def when(moment: datetime) -> tuple[str, str]:
        return day_words(moment, today=today, zone=zone), moment.isoformat()

    promoted, committed = moments.get(StoryKind.PROMOTED), moments.get(StoryKind.COMMITTED)
    delivered, confirmed = moments.get(StoryKind.DELIVERED), moments.get(StoryKind.CONFIRMED)
    said_text = "Carried to the executives." if promoted else "Your colleagues weigh in."
    if idea.stage is Stage.DECLINED and (no := moments.get(StoryKind.DECLINED)):
        said = Step("You said", "talk", "done", *when(idea.said_at), said_text, gap_words(idea.said_at, no.at))
        return [said, Step("We said no", "no", "no", *when(no.at), no.words)]
    promised = idea.stage in (Stage.PROMISED, Stage.DELIVERED, Stage.DONE)
    done = idea.stage in (Stage.DELIVERED, Stage.DONE)
    steps = [Step("You said", "talk", "done", *when(idea.said_at), said_text,
                  gap_words(idea.said_at, committed.at) if promised and committed else "")]  # fmt: skip
    if promised and committed:
        text = f"{promise.owner}: by {promise.due}." if promise else ""
        gap = gap_words(committed.at, delivered.at) if done and delivered else ""
        steps.append(
            Step("We committed", "flag", "done", *when(committed.at), text, gap, promise.late if promise else "")
        )
    else:
        state = "current" if promoted and idea.stage is Stage.PROMOTED else "future"
        steps.append(Step("We committed", "flag", state, text="An executive answers next." if promoted else ""))
    if done and delivered:
        steps.append(
            Step(
                "We did",
                "wrench",
                "done",
                *when(delivered.at),
                "" if confirmed else "Waiting for a second pair of eyes.",
            )
        )
    else:
        steps.append(Step("We did", "wrench", "current" if promised else "future"))
    ended = idea.stage is Stage.DONE
    steps.append(
        Step("What happened", "chart", "end" if ended else "future", text="See the numbers below." if ended else "")
    )
    return steps


@dataclass(frozen=True)
class Promise:
    """The promise in the rail."""

    sentence: str
    href: str
    owner: str
    due: str
    late: str
    facts: list[tuple[str, str]]


def _promise(idea_id: int, today: date) -> tuple[Commitment | None, Promise | None]:
    owner, sponsor = aliased(Person), aliased(Person)
    query = (
        select(Commitment, owner.name, sponsor.name, Metric.name)
        .join(owner, owner.id == Commitment.owner_id)
        .join(sponsor, sponsor.id == Commitment.sponsor_id)
        .outerjoin(Metric, Metric.id == Commitment.metric_id)
        .where(Commitment.idea_id == idea_id, Commitment.state != CommitmentState.HANDED_BACK)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None, None
    commitment, owner_name, sponsor_name, metric = row
    due = day_words(commitment.due_on, today=today)
    facts = [("Owner", owner_name), ("Sponsor", sponsor_name), ("Promised", due)]
    facts += [("Watching", metric or "Not measurable, we ask you")]
    late = _late(commitment, today)
    return commitment, Promise(commitment.sentence, f"/commitments/{commitment.id}", owner_name, due, late, facts)


def _late(commitment: Commitment, today: date) -> str:
    running = commitment.state in (CommitmentState.OFFERED, CommitmentState.ACCEPTED)
    end = today
    if not running:
        delivered = db.session.scalar(
            select(Delivery.at).where(Delivery.commitment_id == commitment.id).order_by(Delivery.id.desc()).limit(1)
        )
        end = delivered.date() if delivered else today
    days = (end - commitment.due_on).days
    return f"{days} day{'s' if days != 1 else ''} late" if days > 0 else ""


@dataclass(frozen=True)
class Decline:
    """A no, in full."""

    reason: str
    words: str
    who: str
    when: str
    change_mind: str
    ask_again: bool = False
    ask_again_line: str = ""


def _decline(idea_id: int, zone: str, today: date) -> Decline | None:
    query = select(Decision, Person.name).join(Person, Person.id == Decision.by_id)
    standing = Decision.idea_id == idea_id, Decision.kind == DecisionKind.DECLINE, Decision.superseded_at.is_(None)
    row = db.session.execute(query.where(*standing)).one_or_none()
    if row is None:
        return None
    decision, name = row
    assert decision.reason is not None  # a no has a reason: the table holds no other
    when = day_words(decision.at, today=today, zone=zone)
    again = (
        f"We look at it again on {day_words(decision.look_again_on, today=today)}." if decision.look_again_on else ""
    )
    return Decline(decision.reason.label, decision.sentence, name, when, decision.would_change, ask_again_line=again)
