"""An idea passes the quorum: its stage, the audit row with every input, the story and the award, all at once."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, func, insert, select

from portal.append_only import FIRST_HASH
from portal.db import db, table_of, take_turns
from portal.ideas import service as ideas
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.words import Names, StoryKind
from portal.rewards import service as rewards
from portal.rewards.rules import Event, Payee, Share
from portal.statements import run
from portal.swarm import scores, vote_rows
from portal.swarm.audience import Size, audience_size, smallest
from portal.swarm.co_authors import co_authors
from portal.swarm.line import quorum_gap, swarm_line
from portal.swarm.models import IdeaTeam, Promotion, PromotionTeam, Vote
from portal.swarm.score import Terms, delta, evidence
from portal.swarm.vote_rows import Scored

HASHED = ("idea_id", "at", "s", "d", "m", "mu0", "delta", "evidence", "line", "teams", "sites", "n_team", "n_site",
          "params_version", "vote_id_max")  # fmt: skip
LAST_REVOKED = select(func.max(Vote.revoked_at)).where(Vote.idea_id == bindparam("idea"))
LAST_VOTE = select(func.max(Vote.id)).where(Vote.idea_id == bindparam("idea"))
NEWEST_HASH = select(Promotion.hash).order_by(Promotion.id.desc()).limit(1)
CELL = "team_id", "site_id", "u", "d", "m"
# Copies no row where a representative carries what nobody has seen yet.
KEEP_CELLS = insert(table_of(PromotionTeam)).from_select(
    ("promotion_id", *CELL),
    select(bindparam("promotion", type_=Integer), *(getattr(IdeaTeam, name) for name in CELL)).where(
        IdeaTeam.idea_id == bindparam("idea")
    ),
)
PROMOTED_AT = select(Promotion.at).where(Promotion.idea_id == bindparam("idea"))


def promote_if_carried(idea_id: int, audience: Any, scored: Scored, *, now: datetime, sizes: str = "") -> bool:
    """Promote an open idea if its evidence, teams and sites suffice; True if it was.

    audience: see `audience_size`. sizes: as they were kept some minutes ago, to spare the counting.
    """
    if scored.evidence <= 0 or not _passes(scored, smallest(sizes, audience)):
        return False  # spares the counting
    teams, sites = audience_size(audience)
    if not _passes(scored, (teams, sites)):
        return False
    now = _after_changes(idea_id, now)
    idea = db.session.get_one(Idea, idea_id, populate_existing=True)
    ideas.mark_promoted(idea_id, now=now)
    scores.close(idea_id)
    _record(idea_id, scored, teams, sites, now)
    facts = {"supporters_teams": scored.n_team, "sites": scored.n_site, "evidence": round(scored.evidence, 1)}
    story.record(idea_id, StoryKind.PROMOTED, now=now, facts=facts)
    _award(idea, now)
    return True


def carry(idea_id: int, *, now: datetime) -> Promotion:
    """Put an open idea before the executives outside the quorum: a representative has carried it (`frontline`).

    Its row keeps what the swarm said by then and says `carried`; no line was passed, so nobody is paid for that, and
    its numbers stay hidden from those who have not decided. Raises Missing, and Conflict where it is not open.
    """
    locked = vote_rows.lock(idea_id, 0, None, None, now=now)
    row, means = locked.row, locked.means or scores.typical(now=now)
    terms = Terms(row.s, row.d, row.m)
    scored = Scored(
        terms, means, locked.params, evidence(*terms, means.mu0, locked.params), row.n_team, row.n_site
    )  # fmt: skip
    now = _after_changes(idea_id, now)
    ideas.mark_promoted(idea_id, now=now, carried=True)
    scores.close(idea_id)
    return _record(idea_id, scored, *audience_size(row), now, carried=True)


def _passes(scored: Scored, audience: Size) -> bool:
    teams, sites = audience
    gap = quorum_gap(
        scored.evidence, scored.n_team, scored.n_site, teams=teams, sites=sites, mu0=scored.means.mu0,
        params=scored.params,
    )  # fmt: skip
    return gap.closed


def after_promotion(idea_id: int, now: datetime) -> datetime:
    """`now`, but later than the idea's promotion.

    A vote that waited for its turn carries a moment from before the wait; dated like that it would look as if it
    had been changed before the promotion, which would then no longer follow from the votes that stood.
    """
    promoted = run(PROMOTED_AT, {"idea": idea_id}).scalar()
    return now if promoted is None or now > promoted else promoted + timedelta(microseconds=1)


def _after_changes(idea_id: int, now: datetime) -> datetime:
    """`now`, but not before any vote that no longer stands was taken back: see `after_promotion`."""
    last = run(LAST_REVOKED, {"idea": idea_id}).scalar()
    return now if last is None else max(now, last)


def link_hash(prev_hash: str, values: Mapping[str, Any]) -> str:
    """SHA-256 over the previous link and the inputs in a fixed order; floats by their shortest exact form."""
    inputs = {name: str(values[name]) if name == "at" else values[name] for name in HASHED}
    if values.get("carried"):
        inputs["carried"] = True  # only there: what was hashed before there were representatives stays as it is
    body = json.dumps(inputs, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(f"{prev_hash}\n{body}".encode()).hexdigest()


def linked(promotion: Promotion) -> dict[str, Any]:
    """What goes into the link of a promotion, as `link_hash` takes it."""
    return {name: getattr(promotion, name) for name in (*HASHED, "carried")}


def _record(idea_id: int, scored: Scored, teams: int, sites: int, now: datetime, *, carried: bool = False) -> Promotion:
    take_turns("promotions")  # the chain has one newest link
    newest = run(NEWEST_HASH).scalar() or FIRST_HASH
    s, d, m = scored.terms
    values: dict[str, Any] = {
        "idea_id": idea_id, "at": now, "s": s, "d": d, "m": m, "mu0": scored.means.mu0,
        "delta": delta(scored.means.mu0, scored.params), "evidence": scored.evidence,
        "line": swarm_line(teams, scored.params),
        "teams": teams, "sites": sites, "n_team": scored.n_team, "n_site": scored.n_site,
        "params_version": scored.params.version,
        "vote_id_max": run(LAST_VOTE, {"idea": idea_id}).scalar() or 0,
        "carried": carried,
    }  # fmt: skip
    promotion = Promotion(**values, prev_hash=newest, hash=link_hash(newest, values))
    db.session.add(promotion)
    db.session.flush()
    run(KEEP_CELLS, {"idea": idea_id, "promotion": promotion.id})
    return promotion


def _award(idea: Idea, now: datetime) -> None:
    author = Payee(idea.author_id, Share.AUTHOR, hidden=idea.names is Names.HIDDEN)
    sentence = f"Your colleagues carried number {idea.number} to the executives."
    rewards.award_for_event(
        Event.IDEA_PROMOTED, idea_number=idea.number, sentence=sentence, payees=[author, *co_authors(idea.id)],
        now=now, actor_id=None,
    )  # fmt: skip
