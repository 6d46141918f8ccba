"""Reading the swarm's rows."""

from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, Numeric, ScalarSelect, Select, bindparam, cast, func, or_, select

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.swarm.audience import audience_size
from portal.swarm.line import quorum_gap, swarm_line
from portal.swarm.models import IdeaScore, IdeaTeam
from portal.swarm.score import DECIMALS, DEFAULTS, Params, list_key, listed
from portal.swarm.scores import kept, kept_typical
from portal.swarm.wording import Numbers

STANDING = (Idea.stage.not_in((Stage.WITHDRAWN, Stage.MERGED)), Idea.hidden_at.is_(None))
HALF = 10**-DECIMALS / 2
ALL = 2**31 - 1  # more than there can be


def numbers_of(idea: Idea, score: Any) -> Numbers:
    """The stored numbers of an idea as the swarm's sentence wants them, its exact place among all ideas included."""
    means, params = kept() or (None, DEFAULTS)
    mu0 = means.mu0 if means else 0.0
    looks = db.session.scalar(select(looks_at()).where(Idea.id == idea.id)) or 0.0
    place, size = place_of(idea.id, score, mu0), audience_size(idea)
    return numbers(score, place, looks=looks, size=size, mu0=mu0, params=params)


def looks_at() -> ScalarSelect[float]:
    """A column beside `Idea`: how many people have looked at it, expected. The sum in its score weighs the teams."""
    looks = func.coalesce(func.sum(IdeaTeam.m), 0.0)
    return select(looks).where(IdeaTeam.idea_id == Idea.id).correlate(Idea).scalar_subquery()


def numbers(
    score: Any, place: int | None, *, looks: float, size: tuple[int, int], mu0: float, params: Params
) -> Numbers:
    """The same for a page that knows the size of the audience already.

    score: an `IdeaScore`, or a row with its columns. place: None beyond counting. looks: as `looks_at` says.
    """
    teams, sites = size
    gap = quorum_gap(score.evidence, score.n_team, score.n_site, teams=teams, sites=sites, mu0=mu0, params=params)
    return Numbers(
        place=place, looks=looks,
        supporters=score.n_support, strong=score.n_strong, stops=score.n_stop,
        teams=score.n_team, sites=score.n_site, evidence=score.evidence, line=swarm_line(teams, params), gap=gap,
    )  # fmt: skip


def place_on_list(score: IdeaScore) -> int:
    """The place on the official list of standing ideas: score down, looks down, number up. Counts all before it."""
    means = kept_typical()
    return place_of(score.idea_id, score, means.mu0 if means else 0.0) or 0


def place_of(number: int, score: Any, mu0: float, *, most: int | None = None) -> int | None:
    """The place of an idea; with `most` only among the first so many, else None: the cost ends there too.

    mu0: the typical idea, where those without a score row stand.
    """
    here = {"number": number, "score": score.score, "looks": listed(score.m)}
    limit = {"most": ALL if most is None else most}
    connection = db.session.connection()
    ahead = connection.execute(AHEAD, here | limit).scalar_one()
    typical_idea = listed(mu0)
    if ahead < limit["most"] and typical_idea >= score.score - HALF:
        same = typical_idea <= score.score + HALF
        before = number if same and here["looks"] < HALF else 0 if same else ALL
        ahead += connection.execute(UNSCORED_AHEAD, {"before": before} | limit).scalar_one()
    return ahead + 1 if ahead < limit["most"] else None


def _ahead() -> Select[int]:
    """How many scored ideas stand before one, at most `most`: read from the two ends of one index."""
    score, mine = bindparam("score", type_=Float), bindparam("looks", type_=Float)
    looks = listed_looks()
    # Neither differs by less than the ninth decimal, so that half of one tells equal from different.
    same_worth, same_looks = IdeaScore.score < score + HALF, func.abs(looks - mine) < HALF
    ahead = or_(
        IdeaScore.score > score + HALF,
        same_worth & (looks > mine + HALF),
        same_worth & same_looks & (Idea.id < bindparam("number", type_=Integer)),
    )
    found = select(Idea.id).select_from(IdeaScore).join(Idea, Idea.id == IdeaScore.idea_id)
    found = found.where(IdeaScore.open.in_((True, False)), IdeaScore.score > score - HALF, ahead, *STANDING)
    return select(func.count()).select_from(found.limit(bindparam("most", type_=Integer)).subquery())


def _unscored_ahead() -> Select[int]:
    """How many standing ideas have no score row and a number below `before`; there are few, and not for long."""
    found = select(Idea.id).outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id)
    found = found.where(IdeaScore.idea_id.is_(None), Idea.id < bindparam("before", type_=Integer), *STANDING)
    return select(func.count()).select_from(found.limit(bindparam("most", type_=Integer)).subquery())


def official_list() -> list[int]:
    """Every standing idea's number, best first; ideas without a vote stand where the typical idea does."""
    worth, looks = listed_score().label("worth"), func.coalesce(IdeaScore.m, 0.0).label("looks")
    query = select(Idea.id, worth, looks).outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id).where(*STANDING)
    rows = db.session.execute(query).all()
    return [row.id for row in sorted(rows, key=lambda row: list_key(row.worth, row.looks, row.id))]


def listed_score() -> ColumnElement[float]:
    """The score by which an idea stands on the list; without a vote that of the typical idea."""
    means = kept_typical()
    return func.coalesce(IdeaScore.score, listed(means.mu0 if means else 0.0))


def listed_looks() -> ColumnElement[float]:
    """The looks that decide between equal scores, rounded as `score.listed` does."""
    return cast(func.round(cast(func.coalesce(IdeaScore.m, 0.0), Numeric(asdecimal=False)), DECIMALS), Float)


AHEAD, UNSCORED_AHEAD = _ahead(), _unscored_ahead()
