"""Killed rules have one source: the verdicts. A kept promise gives one, a verdict that is taken back counts no more."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from portal.commitments import service as commitments
from portal.commitments.models import Commitment
from portal.commitments.rules import CommitmentState
from portal.db import db, writing
from portal.home import facts, proof
from portal.ideas import rule_record_queries as queries
from portal.ideas.models import Idea, Story
from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.rule_record_words import RuleState
from portal.ideas.words import Audience, Kind, StoryKind
from tests.commitments.factories import SENTENCE, make_promise, make_promoted
from tests.factories import NOON, Cast, signed_in
from tests.ideas.making import idea, viewer
from tests.ideas.ruling import decided, joined, named, rule_said

AGAIN = "It is back: nobody told the night shift."


def kept(cast: Cast, **over: object) -> int:
    """A promise about an idea that was carried, delivered and confirmed; returns the idea's number."""
    with writing():
        made = make_promise(cast, idea=make_promoted(cast, **over), state=CommitmentState.CONFIRMED)
        return made.idea_id


def rules() -> list[RuleRecord]:
    return list(db.session.scalars(select(RuleRecord).order_by(RuleRecord.id)))


def test_a_kept_promise_about_a_stupid_rule_kills_it(context: Flask, cast: Cast) -> None:
    number = kept(cast)

    (rule,) = rules()
    shown = queries.rule_of(viewer(cast.bo), number)
    assert shown is not None and shown.state is RuleState.KILLED and shown.owner == "Olu"
    assert shown.verdict is not None and shown.verdict.by == "Vic" and shown.verdict.effective_on == NOON.date()
    assert (shown.verdict.old_wording, shown.verdict.new_wording) == (idea(number).say, SENTENCE)
    (one,) = proof.latest_killed()
    assert (one.number, one.kind, one.after) == (rule.id, "killed", SENTENCE)
    assert ("1", "stupid rules killed or changed this year") in proof.strip(now=NOON)


def test_a_promise_about_an_idea_or_a_hidden_one_kills_nothing(context: Flask, cast: Cast) -> None:
    kept(cast, kind=Kind.IDEA)
    with writing():
        made = make_promise(cast, state=CommitmentState.DELIVERED)
        db.session.get_one(Idea, made.idea_id).hidden_at = NOON
        commitments.confirm(viewer(cast.vic), made, now=NOON)

    assert rules() == [] and proof.latest_killed() == []


def test_the_verdict_that_was_given_stands_when_the_promise_is_kept(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, state=CommitmentState.DELIVERED)
        promise, number = made.id, made.idea_id
    rule = named(cast.mia, number)
    decided(cast.mia, rule, "changed")

    with writing():
        commitments.confirm(viewer(cast.vic), db.session.get_one(Commitment, promise), now=NOON)

    shown = queries.rule_shown(viewer(cast.bo), rule)
    assert (shown.state, shown.verdicts) == (RuleState.CHANGED, 1) and len(rules()) == 1


def test_the_others_who_named_the_rule_hear_that_it_is_gone(context: Flask, cast: Cast) -> None:
    with writing():
        made = make_promise(cast, state=CommitmentState.DELIVERED)
        promise, number = made.id, made.idea_id
    other = rule_said(cast.asha)
    rule = named(cast.mia, number)
    joined(cast.asha, other, rule)

    with writing():
        commitments.confirm(viewer(cast.vic), db.session.get_one(Commitment, promise), now=NOON)

    told = select(Story.idea_id).where(Story.kind == StoryKind.RULE_DECIDED)
    assert db.session.scalars(told).all() == [other]  # the other story says that the promise was kept
    assert queries.rule_shown(viewer(cast.bo), rule).state is RuleState.KILLED


def test_a_rule_that_came_back_is_counted_no_more(context: Flask, cast: Cast) -> None:
    number = kept(cast)
    rule = queries.rule_of(viewer(cast.bo), number)
    assert rule is not None

    decided(cast.mia, rule.number, "kept", after=1, why_again=AGAIN, now=NOON + timedelta(days=9))

    assert proof.latest_killed() == []
    assert not any("killed" in what for _, what in proof.strip(now=NOON))


def test_the_rail_shows_the_latest_that_the_viewer_may_see(app: Flask, cast: Cast) -> None:
    with app.app_context():
        everybody = named(cast.asha, rule_said(cast.asha), title="For everybody")
        theirs = named(cast.sam, rule_said(cast.sam), title="Brightline alone", scope=Audience.EMPLOYER)
        decided(cast.mia, everybody)
        decided(cast.mia, theirs, "changed", now=NOON + timedelta(days=1))
        with writing():
            facts.refresh(now=NOON + timedelta(days=2))

    asha, sam = (signed_in(app, who).get("/ideas").get_data(as_text=True) for who in (cast.asha, cast.sam))

    assert "For everybody" in asha and "Brightline alone" not in asha and f'href="/rules/{everybody}"' in asha
    assert "Brightline alone" in sam and "Rule changed" in sam
    assert "stupid rules killed or changed" in asha  # and only what everybody may know of is counted
    with app.app_context():
        assert facts.read(now=NOON) == facts.collect(now=NOON + timedelta(days=2))
