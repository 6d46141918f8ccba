"""Reading the swarm's rows."""

from sqlalchemy import func, or_, select

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.swarm.line import quorum_gap, swarm_line
from portal.swarm.models import IdeaScore
from portal.swarm.promoting import audience_size
from portal.swarm.scores import kept_typical
from portal.swarm.wording import Numbers


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
