"""Reading the swarm's rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, or_, select

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for
from portal.ideas.words import Stage
from portal.people.viewer import Viewer
from portal.swarm.line import quorum_gap, swarm_line
from portal.swarm.models import IdeaScore, Vote
from portal.swarm.promoting import audience_size
from portal.swarm.rules import OPEN_STAGES, VoteKind
from portal.swarm.scores import kept_typical
from portal.swarm.wording import Numbers

STOPS_SHOWN_FROM = 3  # objectors, before anybody's words are shown


def numbers_of(idea: Idea, score: IdeaScore) -> Numbers:
    """The stored numbers of an idea as the swarm's sentence wants them."""
    teams, sites = audience_size(idea)
    means = kept_typical()
    mu0 = means.mu0 if means else 0.0
    gap = quorum_gap(score.evidence, score.n_team, score.n_site, teams=teams, sites=sites, mu0=mu0)
    return Numbers(
        place=place_on_list(score), looks=score.n_support + score.n_pass, supporters=score.n_support, strong=score.n_strong,
        stops=score.n_stop, teams=score.n_team, sites=score.n_site, evidence=score.evidence,
        line=swarm_line(teams), gap=gap,
    )  # fmt: skip


def place_on_list(score: IdeaScore) -> int:
    """The place on the official list of standing ideas: score down, looks down, number up."""
    ahead = or_(
        IdeaScore.score > score.score,
        (IdeaScore.score == score.score) & (IdeaScore.m > score.m),
        (IdeaScore.score == score.score) & (IdeaScore.m == score.m) & (IdeaScore.idea_id < score.idea_id),
    )
    standing = Idea.stage != Stage.WITHDRAWN, Idea.hidden_at.is_(None)
    query = select(func.count()).select_from(IdeaScore).join(Idea, Idea.id == IdeaScore.idea_id)
    return 1 + (db.session.scalar(query.where(*standing, ahead)) or 0)


def official_list() -> list[int]:
    """Every standing idea's number, best first; ideas without a vote stand where the typical idea does."""
    means = kept_typical()
    score = func.coalesce(IdeaScore.score, means.mu0 if means else 0.0)
    query = select(Idea.id).outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
    query = query.where(Idea.stage != Stage.WITHDRAWN, Idea.hidden_at.is_(None))
    return list(db.session.scalars(query.order_by(score.desc(), func.coalesce(IdeaScore.m, 0.0).desc(), Idea.id)))


@dataclass(frozen=True)
class StopsPage:
    """The stop signals on one idea for one viewer. `categories` and `words` are empty while they must stay hidden."""

    number: int
    title: str
    may_vote: bool
    closed: bool
    mine: bool
    vote: str | None
    may_see: bool
    categories: list[tuple[str, int]]
    words: list[tuple[str, str]]

    def card(self, *, error: str | None = None, reason: str = "", words: str = "") -> dict[str, Any]:
        """What the stop form needs, with what was refused."""
        facts = {
            "number": self.number,
            "may_vote": self.may_vote,
            "closed": self.closed,
            "mine": self.mine,
            "vote": self.vote,
        }
        return facts | {
            "stop_error": error,
            "stop_reason": reason,
            "stop_words": words,
            "back": f"/ideas/{self.number}/stops",
        }


def stops_page(viewer: Viewer, number: int) -> StopsPage:
    """The stop signals on an idea: categories after deciding, words from three objectors or once promoted."""
    idea = idea_for(viewer, number)
    mine = Vote.idea_id == number, Vote.person_id == viewer.id, Vote.revoked_at.is_(None)
    vote = db.session.scalar(select(Vote.kind).where(*mine))
    may_see = vote is not None or idea.author_id == viewer.id or idea.stage is not Stage.OPEN
    rows = _stops(number) if may_see else []
    counts = Counter(row.reason for row in rows)
    words_too = len(rows) >= STOPS_SHOWN_FROM or idea.stage is not Stage.OPEN
    return StopsPage(
        number=number,
        title=idea.title,
        may_vote=viewer.is_frontline and idea.author_id != viewer.id,
        closed=idea.stage.value not in OPEN_STAGES,
        mine=idea.author_id == viewer.id,
        vote=vote.value if vote else None,
        may_see=may_see,
        categories=[(reason.words, count) for reason, count in counts.most_common()],
        words=[(row.reason.words, row.sentence) for row in rows if row.sentence] if words_too else [],
    )


def _stops(number: int) -> Sequence[Row[Any]]:
    standing = Vote.idea_id == number, Vote.kind == VoteKind.STOP, Vote.revoked_at.is_(None)
    return db.session.execute(select(Vote.reason, Vote.sentence).where(*standing).order_by(Vote.id)).all()
