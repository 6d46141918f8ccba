"""Reading stop signals. A giver's name is never among what is read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import counts_open, idea_for, said_below, visible_to
from portal.ideas.rule_record_queries import owns_rule_of_idea
from portal.ideas.rules import counts_are_open
from portal.ideas.words import Stage
from portal.keys import KEY_MAX
from portal.people.models import Person
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.swarm.models import IdeaTeam, Vote
from portal.swarm.rules import OPEN_STAGES, StopReason, VoteKind
from portal.swarm.stop_models import StopStep
from portal.swarm.stop_rules import HARD, STOPS_SHOWN_FROM, StopState, StopStepKind, state_of
from portal.web.paging import cut, decode_cursor

ANSWERERS = (Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME)
UNSETTLED = (Stage.OPEN, Stage.PROMOTED, Stage.PROMISED)  # what is done or declined needs no answer any more
STOPS_MAX = 200  # of one idea, on its page; the counts are always of all
PAGE = 50


@dataclass(frozen=True)
class StopAnswer:
    """What was answered, by whom, and when."""

    by: str
    words: str
    at: datetime


@dataclass
class StopLine:
    """One stop signal as this viewer may read it. words: empty while they must stay hidden.

    kept_at: when whoever gave it kept it in spite of the last answer.
    """

    number: int
    idea: int
    title: str
    reason: StopReason
    words: str
    mine: bool
    state: StopState
    may_answer: bool
    answers: list[StopAnswer] = field(default_factory=list)
    kept_at: datetime | None = None

    @property
    def may_decide(self) -> bool:
        """The viewer gave it, and can lift it now."""
        return self.mine and self.state in (StopState.ANSWERED, StopState.KEPT)

    @property
    def may_keep(self) -> bool:
        """The viewer gave it, and has not said yet what they think of the answer."""
        return self.mine and self.state is StopState.ANSWERED


@dataclass(frozen=True)
class StopsPage:
    """The stop signals on one idea for one viewer. `categories` and `words` are empty while they must stay hidden.

    stops: one by one, as far as the viewer may see them; their own in any case.
    """

    number: int
    title: str
    may_vote: bool
    closed: bool
    mine: bool
    vote: str | None
    may_see: bool
    categories: list[tuple[StopReason, int]]
    words: list[tuple[StopReason, str]]
    stops: list[StopLine]

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
    """The stop signals on an idea: categories after deciding, words from three objectors or once promoted.

    Programme and the owner of its rule read what is said to be harmful or unlawful at once: they have to act on it.
    """
    idea = idea_for(viewer, number)
    mine = Vote.idea_id == number, Vote.person_id == viewer.id, Vote.revoked_at.is_(None)
    vote = db.session.scalar(select(Vote.kind).where(*mine))
    may_see = vote is not None or idea.author_id == viewer.id or counts_are_open(idea)
    counts = _counts(number) if may_see else Counter()
    words_too = counts.total() >= STOPS_SHOWN_FROM or counts_are_open(idea)
    lines = _lines(viewer, _one_by_one(viewer).where(Vote.idea_id == number, may_be_read_by(viewer)).limit(STOPS_MAX))
    for line in lines:
        hard = line.reason in HARD and may_see_hard(viewer, line.idea)
        line.words = line.words if words_too or line.mine or hard else ""
    standing = [line for line in lines if line.state is not StopState.LIFTED]
    return StopsPage(
        number=number,
        title=idea.title,
        may_vote=viewer.is_frontline and idea.author_id != viewer.id,
        closed=idea.stage.value not in OPEN_STAGES,
        mine=idea.author_id == viewer.id,
        vote=vote.value if vote else None,
        may_see=may_see,
        categories=counts.most_common(),
        words=[(line.reason, line.words) for line in standing if line.words] if may_see and words_too else [],
        stops=lines,
    )


def readable_stop(viewer: Viewer, number: int) -> StopLine | None:
    """One stop signal of which the viewer may know, its words as on the idea's page."""
    for line in stops_page(viewer, found).stops if (found := _idea_of(viewer, number)) else ():
        if line.number == number:
            return line
    return None


def idea_of(viewer: Viewer, number: int) -> int:
    """The idea that a stop signal of which the viewer may know is about; raises Missing."""
    found = _idea_of(viewer, number)
    if found is None:
        raise Missing("stop signal")
    return found


def _idea_of(viewer: Viewer, number: int) -> int | None:
    query = _one_by_one(viewer).where(Vote.id == number, may_be_read_by(viewer))
    row = db.session.execute(query).one_or_none() if 0 < number <= KEY_MAX else None
    return row.idea_id if row else None


def own_stops(viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None) -> tuple[list[StopLine], str | None]:
    """The viewer's stop signals that stand, and those lifted after an answer; the newest first."""
    mine = Vote.person_id == viewer.id, or_(Vote.revoked_at.is_(None), _has_answer())
    return _paged(viewer, _one_by_one(viewer).where(*mine), limit, cursor)


def waiting_stops(viewer: Viewer, *, limit: int = PAGE, cursor: str | None = None) -> tuple[list[StopLine], str | None]:
    """What the viewer may answer and nobody has answered yet (or not so that it was lifted), the newest first."""
    kind = _last_step()
    open_ = Vote.revoked_at.is_(None), Vote.person_id != viewer.id, or_(kind.is_(None), kind == StopStepKind.KEPT)
    wanted = *open_, may_be_read_by(viewer), answerable_to(viewer), Idea.stage.in_(UNSETTLED)
    lines, following = _paged(viewer, _one_by_one(viewer).where(*wanted), limit, cursor)
    for line in lines:
        line.words = line.words if may_see_words(viewer, line) else ""
    return lines, following


def open_hard_stops(idea_id: int) -> Sequence[Row]:
    """(number, reason, sentence) of what is said to be harmful or unlawful about an idea, and nobody has answered."""
    query = select(Vote.id, Vote.reason, Vote.sentence).where(*_standing(idea_id), Vote.reason.in_(HARD))
    return db.session.execute(query.where(~_has_answer()).order_by(Vote.id)).all()


def unanswered_count() -> ScalarSelect[int]:
    """A column beside `Idea`: how many stop signals on it stand without an answer. Show it only to who has decided."""
    stop = aliased(Vote, name="objection")
    answered = select(StopStep.id).where(StopStep.vote_id == stop.id).exists()
    # Written out, not bound: SQLite takes a partial index only where it sees the condition.
    standing = stop.kind == literal_column("'stop'"), stop.revoked_at.is_(None)
    query = select(func.count()).select_from(stop).where(stop.idea_id == Idea.id, *standing, ~answered)
    return query.correlate(Idea).scalar_subquery()


def stop_teams() -> ScalarSelect[int]:
    """A column beside `Idea`: from how many teams stop signals come; with it `line.contested` is asked."""
    here = IdeaTeam.idea_id == Idea.id, IdeaTeam.d > 0
    return select(func.count()).select_from(IdeaTeam).where(*here).correlate(Idea).scalar_subquery()


def may_be_read_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Vote` (with its `Idea`) for signals of which the viewer may know: see `stops_page`."""
    own = aliased(Vote, name="decision")
    decided = select(own.id).where(own.idea_id == Idea.id, own.person_id == viewer.id, own.revoked_at.is_(None))
    known = or_(decided.exists(), Idea.author_id == viewer.id, counts_open())
    hard = and_(Vote.reason.in_(HARD), _must_act(viewer))
    return and_(or_(Vote.revoked_at.is_(None), _has_answer()), or_(Vote.person_id == viewer.id, known, hard))


def answerable_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Idea` for those whose stop signals the viewer may answer: said below the node of the role."""
    return or_(false(), *(said_below(path) for path in viewer.scope(*ANSWERERS)))


def may_see_hard(viewer: Viewer, idea_id: int) -> bool:
    """Whether the viewer must act on what is said to be harmful or unlawful about the idea."""
    here = select(Idea.id).where(Idea.id == idea_id, _must_act(viewer))
    return viewer.holds(*ANSWERERS) and db.session.scalar(here) is not None


def _must_act(viewer: Viewer) -> ColumnElement[bool]:
    return or_(owns_rule_of_idea(viewer.id), *(said_below(path) for path in viewer.scope(Role.PROGRAMME)))


def may_see_words(viewer: Viewer, line: StopLine) -> bool:
    """Whether the words of a signal in a list across ideas may be shown; few, so that it is asked one by one."""
    idea = db.session.execute(select(Idea.stage, Idea.carried).where(Idea.id == line.idea)).one()
    if line.mine or counts_are_open(idea) or _counts(line.idea).total() >= STOPS_SHOWN_FROM:
        return True
    return line.reason in HARD and may_see_hard(viewer, line.idea)


def _standing(idea_id: int) -> tuple[ColumnElement[bool], ...]:
    return Vote.idea_id == idea_id, Vote.kind == literal_column("'stop'"), Vote.revoked_at.is_(None)


def _counts(number: int) -> Counter[StopReason]:
    query = select(Vote.reason, func.count()).where(*_standing(number)).group_by(Vote.reason).order_by(Vote.reason)
    return Counter({reason: count for reason, count in db.session.execute(query) if reason is not None})


def _has_answer() -> ColumnElement[bool]:
    return select(StopStep.id).where(StopStep.vote_id == Vote.id).correlate(Vote).exists()


def _last_step() -> ScalarSelect[StopStepKind]:
    query = select(StopStep.kind).where(StopStep.vote_id == Vote.id).order_by(StopStep.number.desc())
    return query.limit(1).correlate(Vote).scalar_subquery()


def _one_by_one(viewer: Viewer) -> Select:
    """Readable ideas' signals with the state of each, and whether the viewer may answer it."""
    columns = (
        Vote.id, Vote.idea_id, Vote.reason, Vote.sentence, Vote.revoked_at, Idea.title,
        (Vote.person_id == viewer.id).label("mine"), _last_step().label("last"),
        answerable_to(viewer).label("answerable"),
    )  # fmt: skip
    query = select(*columns).join(Idea, Idea.id == Vote.idea_id)
    return query.where(visible_to(viewer), Vote.kind == VoteKind.STOP).order_by(Vote.id.desc())


def _paged(viewer: Viewer, query: Select, limit: int, cursor: str | None) -> tuple[list[StopLine], str | None]:
    if after := decode_cursor(cursor, int):
        query = query.where(Vote.id < after[0])
    lines = _lines(viewer, query.limit(limit + 1))
    page, following = cut(lines, limit, lambda line: (line.number,))
    return list(page), following


def _lines(viewer: Viewer, query: Select) -> list[StopLine]:
    lines = {row.id: _line(row) for row in db.session.execute(query)}
    steps = select(StopStep, Person.name).outerjoin(Person, Person.id == StopStep.by_id)
    for step, name in db.session.execute(steps.where(StopStep.vote_id.in_(lines)).order_by(StopStep.id)):
        line = lines[step.vote_id]
        if step.kind is StopStepKind.ANSWERED:
            line.answers.append(StopAnswer(name, step.words, step.at))
        line.kept_at = step.at if step.kind is StopStepKind.KEPT else None
    return list(lines.values())


def _line(row: Row) -> StopLine:
    state = state_of(row.last, standing=row.revoked_at is None)
    waits = state in (StopState.OPEN, StopState.KEPT)
    may_answer = bool(row.answerable) and waits and not row.mine
    return StopLine(row.id, row.idea_id, row.title, row.reason, row.sentence, bool(row.mine), state, may_answer)
