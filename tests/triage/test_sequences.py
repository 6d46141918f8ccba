"""Whatever executives, owners and authors do in whatever order: it is refused with a named reason, or all holds."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.commitments import service as commitments
from portal.commitments.models import Commitment, HandBack
from portal.commitments.rules import CommitmentState, NewPromise
from portal.db import db
from portal.errors import DomainError
from portal.ideas.models import Idea, Story, StoryUndone
from portal.ideas.words import Stage, StoryKind
from portal.people.viewer import Viewer
from portal.triage import ask, service, undo
from portal.triage.models import Decision, DecisionKind, Question
from portal.triage.moves_rules import UNDO
from portal.triage.rules import DeclineReason, NewDecline
from portal.web.transactions import writing
from tests.commitments.factories import SENTENCE, make_promoted, viewer
from tests.factories import NOON, Cast
from tests.triage.test_service import make_executive

WHY = "Reading fees aloud is a legal duty, and we cannot drop it."
VERBS = ("commit", "decline", "ask", "answer", "accept", "hand_back", "undo", "undo_question")
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.sampled_from(("vic", "mia")), st.sampled_from((0, 1, 4, 11))),
    min_size=1,
    max_size=9,
)
RUNS = 20  # a few seconds; each run is a story of up to nine verbs


class World:
    """One promoted idea and everybody who does something with it."""

    def __init__(self, idea_id: int, people: dict[str, Viewer]) -> None:
        self.idea_id, self.people, self.now = idea_id, people, NOON

    def act(self, verb: str, who: str) -> None:
        """One verb by one person, on the newest of what it is about."""
        viewer, idea = self.people[who], db.session.get_one(Idea, self.idea_id, populate_existing=True)
        today, now = self.now.date(), self.now
        if verb == "commit":
            promise = NewPromise(SENTENCE, today + timedelta(days=30))
            service.commit_to(viewer, idea, self.people["olu"].id, promise, today=today, now=now)
        elif verb == "decline":
            service.decline(viewer, idea, NewDecline(DeclineReason.LAW_OR_SAFETY, WHY), today=today, now=now)
        elif verb == "ask":
            ask.ask(viewer, idea, "How often does it happen?", now=now)
        elif verb == "answer":
            ask.answer(self.people["asha"], self._newest(Question), "Twice a day.", now=now)
        elif verb == "undo":
            undo.undo(viewer, self._newest(Decision).id, now=now)
        elif verb == "undo_question":
            undo.undo_question(viewer, self._newest(Question).id, now=now)
        elif verb == "accept":
            commitments.accept(self.people["olu"], self._newest(Commitment), now=now)
        else:
            commitments.hand_back(self.people["olu"], self._newest(Commitment), "This is not mine to do.", now=now)

    def _newest(self, model: type) -> object:
        query = select(model).where(model.idea_id == self.idea_id).order_by(model.id.desc()).limit(1)  # type: ignore[attr-defined]
        found = db.session.scalars(query.execution_options(populate_existing=True)).first()
        if found is None:
            raise Nothing
        return found


class Nothing(Exception):
    """There is nothing yet that the verb could be about."""


@pytest.fixture
def people(context: Flask, cast: Cast) -> Iterator[dict[str, Viewer]]:
    with writing():
        make_executive(cast, "mia", "Harbour")
    yield {name: viewer(getattr(cast, name)) for name in ("vic", "mia", "olu", "asha")}


def test_random_sequences_of_verbs_are_refused_by_name_or_keep_every_invariant(
    people: dict[str, Viewer], cast: Cast
) -> None:
    @settings(max_examples=RUNS, deadline=None, database=None, derandomize=True,
              suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
    @given(STEPS)
    def run(steps: list[tuple[str, str, int]]) -> None:
        with writing():
            world = World(make_promoted(cast).id, people)
            for verb, who, minutes in steps:
                world.now += timedelta(minutes=minutes)
                before = facts(world.idea_id)
                try:
                    with db.session.begin_nested():
                        world.act(verb, who)
                except DomainError as error:
                    assert error.code and error.message
                    assert facts(world.idea_id) == before, f"{verb} was refused and changed something"
                except Nothing:
                    continue
                holds(world.idea_id, world.now)
            db.session.rollback()

    run()


def facts(idea_id: int) -> tuple[object, ...]:
    """Everything that a refused verb must leave as it was."""
    db.session.expire_all()
    counts = [db.session.scalar(select(func.count()).select_from(model).where(model.idea_id == idea_id))
              for model in (Story, Decision, Question, Commitment)]  # fmt: skip
    undone = [db.session.scalar(select(func.count()).select_from(model).where(model.undone_at.is_not(None)))
              for model in (Decision, Question)]  # fmt: skip
    return (stage_of(idea_id), *counts, *undone)


def stage_of(idea_id: int) -> Stage:
    return db.session.scalars(select(Idea.stage).where(Idea.id == idea_id)).one()


def holds(idea_id: int, now: datetime) -> None:
    """The invariants of an idea with the executives."""
    stage = stage_of(idea_id)
    decisions = db.session.scalars(select(Decision).where(Decision.idea_id == idea_id).order_by(Decision.id)).all()
    standing = [one for one in decisions if one.superseded_at is None]
    promises = db.session.scalars(select(Commitment).where(Commitment.idea_id == idea_id)).all()
    live = [one for one in promises if one.state is not CommitmentState.HANDED_BACK]
    back = set(db.session.scalars(select(HandBack.commitment_id)))
    undone = set(db.session.scalars(select(StoryUndone.story_id)))
    questions = db.session.scalars(select(Question).where(Question.idea_id == idea_id)).all()

    assert stage in (Stage.PROMOTED, Stage.PROMISED, Stage.DECLINED)
    assert len(standing) <= 1 and len(live) <= 1
    assert (stage is Stage.PROMISED) == bool(live)
    if stage is Stage.DECLINED:
        assert [one.kind for one in standing] == [DecisionKind.DECLINE]
    if live:
        assert [one.commitment_id for one in standing] == [live[0].id]
    # What was taken back does not stand, was taken back in time, is marked in the story, and its promise is over.
    for one in decisions:
        assert (one.undone_at is not None) == (one.story_id in undone)
        if one.undone_at is not None:
            assert one.superseded_at == one.undone_at < one.at + UNDO
            assert one.commitment_id is None or one.commitment_id in back
    for one in promises:
        assert (one.state is CommitmentState.HANDED_BACK) == (one.id in back)
    assert len([one for one in questions if one.undone_at is None]) <= 1
    assert all(one.undone_at is None or one.answered_at is None for one in questions)
    told = select(func.count()).where(Story.idea_id == idea_id, Story.kind == StoryKind.UNDONE)
    taken_back = sum(one.undone_at is not None for one in (*decisions, *questions))
    assert db.session.scalar(told.select_from(Story)) == taken_back
