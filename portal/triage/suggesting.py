"""Who could own a promise or knows the answer to a question: the owner of the rule, of the barrier, of the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from portal.commitments.models import Commitment
from portal.commitments.owners import owners_below
from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.rule_record_models import RuleIdea, RuleRecord
from portal.ideas.words import Barrier
from portal.people.models import Person
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.triage.prefill import Why, suggested_because

OWNERS_SHOWN = 500
PROMISES_READ = 500  # the newest, to learn who answers for which barrier


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be given a promise. why: what speaks for them, or None; promises: lately about this barrier."""

    id: int
    name: str
    job_title: str
    why: Why | None
    promises: int = 0
    rule: str = ""


def candidates(viewer: Viewer, *, number: int, barrier: Barrier, site_id: int | None) -> list[Candidate]:
    """Whom this executive may give a promise about the idea: who is suggested first, then by name. One statement."""
    newest = select(Commitment.owner_id, Commitment.idea_id).order_by(Commitment.id.desc()).limit(PROMISES_READ)
    lately = newest.subquery("lately")
    of_barrier = select(lately.c.owner_id, func.count().label("promises")).join(Idea, Idea.id == lately.c.idea_id)
    kept = of_barrier.where(Idea.barrier == barrier).group_by(lately.c.owner_id).subquery("kept")
    named = select(RuleRecord.owner_id, RuleRecord.title).join(RuleIdea, RuleIdea.rule_id == RuleRecord.id)
    rule = named.where(RuleIdea.idea_id == number).subquery("rule")
    here = case((Person.site_id == (site_id or 0), 1), else_=0)
    query = owners_below(viewer.scope(Role.EXECUTIVE)).add_columns(
        kept.c.promises, rule.c.title.label("rule"), here.label("here")
    )
    query = query.outerjoin(kept, kept.c.owner_id == Person.id).outerjoin(rule, rule.c.owner_id == Person.id)
    first = rule.c.title.is_(None), func.coalesce(kept.c.promises, 0).desc(), here.desc(), Person.name, Person.id
    rows = db.session.execute(query.order_by(None).order_by(*first).limit(OWNERS_SHOWN))
    return [_candidate(viewer, row) for row in rows]


def first_choice(viewer: Viewer, found: Sequence[Candidate]) -> Candidate | None:
    """Who is filled in: the best candidate with a reason, else the viewer, who can hand it on."""
    best = next((one for one in found if one.why and one.why is not Why.YOURSELF), None)
    return best or next((one for one in found if one.id == viewer.id), None)


def _candidate(viewer: Viewer, row: Any) -> Candidate:
    why = suggested_because(owns_rule=row.rule is not None, promises=row.promises or 0, here=bool(row.here),
                            yourself=row.id == viewer.id)  # fmt: skip
    return Candidate(row.id, row.name, row.job_title, why, row.promises or 0, row.rule or "")
