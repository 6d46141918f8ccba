"""A promise for one site: made or taken over, moved, done, and looked at by a second person.

It is held to the rules of every promise, and never moves the idea: the swarm keeps it for all other sites. Every
verb claims the row by a conditional UPDATE on what it was decided on, then adds a step, then one to the story.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from portal.commitments import rules as promises
from portal.commitments.rules import (
    Actor,
    CommitmentState,
    Course,
    NamedDate,
    NewDelivery,
    NewPromise,
    PromiseFacts,
    Verb,
    day_in,
)
from portal.commitments.scope import organisation_zone
from portal.commitments.words import PromiseRefusal
from portal.db import db, insert_if_new
from portal.errors import Refusal
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.service import is_author
from portal.ideas.words import StoryKind
from portal.people.models import Person, Place
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.triage import local_fix_rules as rules
from portal.triage.lane_scope import site_by_id
from portal.triage.local_fix_models import FixStepKind, LocalFix, LocalFixStep
from portal.triage.local_fix_rules import FixFacts, LocalFixRefusal
from portal.triage.policy import MAY


def promise(viewer: Viewer, idea: Idea, site_id: int, new: NewPromise, *, now: datetime) -> LocalFix:
    """Promise to fix it at one's own site until a day. The idea stays with the swarm.

    Raises the refusals of `local_fix_rules.promise_refusal`; Conflict `already_here` if somebody was faster.
    """
    demand(MAY, "fix.promise", viewer)
    _demand(rules.promise_refusal(_facts(viewer, idea, site_id), new, _today(now)))
    return _make(viewer, idea.id, site_id, new, FixStepKind.PROMISED, None, now=now)


def adopt(viewer: Viewer, fix: LocalFix, site_id: int, due_on: date, *, now: datetime) -> LocalFix:
    """Promise at one's own site, with a day of one's own, what another site has done.

    Raises the refusals of `local_fix_rules.adopt_refusal`; Conflict `already_here` if somebody was faster.
    """
    demand(MAY, "fix.promise", viewer)
    new = NewPromise(fix.sentence, due_on)
    idea = db.session.get_one(Idea, fix.idea_id)
    _demand(rules.adopt_refusal(_facts(viewer, idea, site_id), fix.state, new, _today(now)))
    first = fix.adopted_from_id or fix.id
    return _make(viewer, fix.idea_id, site_id, new, FixStepKind.ADOPTED, first, now=now)


def move_date(viewer: Viewer, fix: LocalFix, due_on: date, reason: str, *, now: datetime) -> None:
    """Its owner names another day, with the reason; the old one stays on the record."""
    demand(MAY, "fix.work", viewer)
    facts = facts_of(fix)
    _demand(
        rules.verb_refusal(Verb.MOVE_DATE, facts, Actor(viewer.id))
        or promises.new_date_refusal(facts, due_on, reason, _today(now))
    )
    before = fix.due_on
    _claim(fix, now=now, due_on=due_on)
    _step(fix, FixStepKind.MOVED, viewer.id, now=now, words=reason.strip(), due_on=due_on, due_before=before)


def deliver(viewer: Viewer, fix: LocalFix, live_from: date, evidence: str, *, now: datetime) -> None:
    """Its owner says that it is fixed: since which day, and what shows it."""
    demand(MAY, "fix.work", viewer)
    facts, done = facts_of(fix), NewDelivery(live_from, (fix.site_id,), evidence)
    _demand(
        rules.verb_refusal(Verb.DELIVER, facts, Actor(viewer.id)) or promises.delivery_refusal(facts, done, _today(now))
    )
    _claim(fix, now=now, state=CommitmentState.DELIVERED, live_from=live_from)
    _step(fix, FixStepKind.DONE, viewer.id, now=now, words=evidence.strip(), live_from=live_from)


def confirm(viewer: Viewer, fix: LocalFix, *, now: datetime) -> None:
    """A second person confirms that it is fixed: the promise is kept, and offered to every other site."""
    _look(viewer, fix, Verb.CONFIRM)
    late = promises.is_late(Course(CommitmentState.CONFIRMED, dates_of(fix.id), fix.live_from))
    _claim(fix, now=now, state=CommitmentState.CONFIRMED, kept_late=late)
    _step(fix, FixStepKind.CONFIRMED, viewer.id, now=now, live_from=fix.live_from)


def send_back(viewer: Viewer, fix: LocalFix, reason: str, *, now: datetime) -> None:
    """A second person says that it is not fixed yet, and why; the promise is open again."""
    _look(viewer, fix, Verb.SEND_BACK)
    _demand(promises.reason_refusal(reason))
    _claim(fix, now=now, state=CommitmentState.ACCEPTED, live_from=None)
    _step(fix, FixStepKind.SENT_BACK, viewer.id, now=now, words=reason.strip())


def hand_over(from_id: int, to_id: int, *, by_id: int, now: datetime) -> int:
    """Give everything that somebody still has to fix to somebody else, because they leave; returns how much it was."""
    name = db.session.get_one(Person, to_id).name
    running = LocalFix.owner_id == from_id, LocalFix.state != CommitmentState.CONFIRMED
    found = db.session.scalars(select(LocalFix).where(*running).order_by(LocalFix.id)).all()
    for fix in found:
        _claim(fix, now=now, owner_id=to_id)
        _step(fix, FixStepKind.HANDED_OVER, by_id, now=now, owner=name)
    return len(found)


def may_confirm(viewer: Viewer, fix: LocalFix) -> bool:
    """True where the viewer answers for the site; never for its owner, which the rules say."""
    where = site_by_id(fix.site_id)
    return where is not None and MAY["fix.confirm"](viewer, where)


def facts_of(fix: LocalFix) -> PromiseFacts:
    """The fix as the rules of promises see it: whoever made it owns it, and nobody stands behind it."""
    return PromiseFacts(fix.state, fix.owner_id, fix.owner_id, fix.made_at.date(), fix.due_on)


def dates_of(fix_id: int) -> list[NamedDate]:
    """Every day that was ever promised, in order."""
    named = select(LocalFixStep.due_on, LocalFixStep.at).where(
        LocalFixStep.fix_id == fix_id, LocalFixStep.due_on.is_not(None)
    )
    zone = organisation_zone()
    rows = db.session.execute(named.order_by(LocalFixStep.id))
    return [NamedDate(row.due_on, day_in(zone, row.at)) for row in rows if row.due_on is not None]


def _today(now: datetime) -> date:
    return day_in(organisation_zone(), now)


def _demand(refused: Refusal | None) -> None:
    if refused is not None:
        raise refused.as_error()


def _facts(viewer: Viewer, idea: Idea, site_id: int) -> FixFacts:
    where = site_by_id(site_id)
    here = select(LocalFix.id).where(LocalFix.idea_id == idea.id, LocalFix.site_id == site_id)
    return FixFacts(
        stage=idea.stage.value, leads=where is not None and MAY["fix.promise"](viewer, where),
        hidden=idea.hidden_at is not None, own=is_author(viewer, idea), here=db.session.scalar(here) is not None,
    )  # fmt: skip


def _make(
    viewer: Viewer, idea_id: int, site_id: int, new: NewPromise, kind: FixStepKind, first: int | None, *, now: datetime
) -> LocalFix:
    values = {"idea_id": idea_id, "site_id": site_id, "owner_id": viewer.id, "sentence": new.sentence.strip(),
              "due_on": new.due_on, "state": CommitmentState.ACCEPTED, "adopted_from_id": first, "made_at": now,
              "updated_at": now}  # fmt: skip
    made_id = insert_if_new(LocalFix, values, key=("idea_id", "site_id"))
    if made_id is None:
        raise LocalFixRefusal.ALREADY_HERE.as_error()
    made = db.session.get_one(LocalFix, made_id)
    _step(made, kind, viewer.id, now=now, words=made.sentence, due_on=made.due_on)
    return made


def _look(viewer: Viewer, fix: LocalFix, verb: Verb) -> None:
    demand(MAY, "fix.confirm", viewer)
    _demand(rules.verb_refusal(verb, facts_of(fix), Actor(viewer.id, answers=may_confirm(viewer, fix))))


def _claim(fix: LocalFix, *, now: datetime, **values: Any) -> None:
    """Change the fix if it still is what was decided on. Raises Conflict `changed_meanwhile`."""
    seen = (
        LocalFix.id == fix.id,
        LocalFix.state == fix.state,
        LocalFix.due_on == fix.due_on,
        LocalFix.owner_id == fix.owner_id,
    )
    statement = update(LocalFix).where(*seen).values(updated_at=now, **values)
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise PromiseRefusal.CHANGED_MEANWHILE.as_error()


def _step(
    fix: LocalFix, kind: FixStepKind, by_id: int, *, now: datetime, words: str = "", due_on: date | None = None,
    live_from: date | None = None, **facts: Any,
) -> None:  # fmt: skip
    db.session.add(LocalFixStep(
        fix_id=fix.id, kind=kind, at=now, by_id=by_id, due_on=due_on, live_from=live_from, words=words
    ))  # fmt: skip
    site = db.session.scalar(select(Place.name).where(Place.id == fix.site_id))
    told = {"fix": fix.id, "what": kind.value, "site": site, "due_on": due_on, "live_from": live_from} | facts
    story.record(
        fix.idea_id, StoryKind.FIXED_HERE, now=now, actor_id=by_id, words=words,
        facts={name: value for name, value in told.items() if value is not None},
    )  # fmt: skip
    db.session.flush()
