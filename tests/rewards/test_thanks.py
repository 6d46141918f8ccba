"""Thanks: words for everybody, a few points that do not come back, and hidden names that stay hidden."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import DomainError, Missing
from portal.ledger.verify import verify
from portal.notices.models import Notice
from portal.people import service as people
from portal.people.models import Person
from portal.rewards import settings_service
from portal.rewards import thanks_queries as queries
from portal.rewards import thanks_service as thanks
from portal.rewards.settings_queries import settings
from portal.rewards.thanks_models import Thanks, ThanksAllowance
from portal.rewards.thanks_rules import NewThanks
from portal.rewards.thanks_service import ThanksDecision
from portal.worker import run_once
from tests.factories import NOON, Cast
from tests.rewards.giving import open_budget
from tests.rewards.shopping import wallet_of, who

WORDS = "She sat with me until the customer was happy."


def say(cast: Cast, from_id: int, to_id: int, *, points: int = 0, key: str = "k", words: str = WORDS, at=NOON) -> int:  # type: ignore[no-untyped-def]
    with writing():
        return thanks.say(who(from_id), NewThanks(to_id, words, points), key=key, now=at).id


def refused(cast: Cast, from_id: int, to_id: int, **over: object) -> str:
    with pytest.raises(DomainError) as refusal:
        say(cast, from_id, to_id, **over)  # type: ignore[arg-type]
    return refusal.value.code


@pytest.fixture
def budget(context: Flask, cast: Cast) -> None:
    """Points that can be given away, 30 a month."""
    with writing():
        open_budget()
        wanted = replace(settings(), thanks_monthly=30)
        settings_service.change(who(cast.mia), wanted, based_on=settings().version, now=NOON)


def test_points_come_from_the_budget_up_to_the_months_allowance_and_do_not_roll_over(budget: None, cast: Cast) -> None:
    others = [cast.bo, cast.cy, cast.di]
    for number, to in enumerate(others):
        say(cast, cast.asha, to, points=10, key=str(number))

    assert refused(cast, cast.asha, cast.olu, points=5, key="more") == "allowance_spent"
    assert queries.left_to_give(who(cast.asha), now=NOON) == 0
    assert say(cast, cast.asha, cast.olu, key="words")
    assert queries.left_to_give(who(cast.asha), now=NOON + timedelta(days=31)) == 30
    assert wallet_of(cast.bo) == (10, 0)
    assert db.session.scalar(select(func.sum(ThanksAllowance.used))) == 30
    assert verify().ok


def test_points_are_not_sent_back_within_thirty_days_but_words_are(budget: None, cast: Cast) -> None:
    say(cast, cast.asha, cast.bo, points=5)

    assert refused(cast, cast.bo, cast.asha, points=5) == "sent_back"
    assert say(cast, cast.bo, cast.asha, key="words")
    assert say(cast, cast.bo, cast.asha, points=5, key="later", at=NOON + timedelta(days=30))


def test_a_refused_thanks_leaves_nothing_behind(context: Flask, cast: Cast) -> None:
    codes = [
        refused(cast, cast.asha, cast.asha),
        refused(cast, cast.asha, cast.bo, words="  x "),
        refused(cast, cast.asha, cast.bo, words="x" * 301),
        refused(cast, cast.asha, cast.bo, points=11),
        refused(cast, cast.asha, cast.bo, points=-5),
        refused(cast, cast.asha, cast.bo, points=True),
        refused(cast, cast.asha, cast.bo, points=5),
        refused(cast, cast.asha, 999_999),
    ]

    assert codes == ["self_award", "too_short", "too_long", "too_many_points", "too_many_points", "too_many_points",
                     "allowance_spent", "unknown_colleague"]  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Thanks)) == 0
    assert db.session.scalar(select(func.count()).select_from(ThanksAllowance)) == 0


def test_without_a_budget_thanks_are_words(budget: None, cast: Cast) -> None:
    assert refused(cast, cast.asha, cast.bo, points=5, at=NOON + timedelta(days=500)) == "budget_exceeded"
    assert say(cast, cast.asha, cast.bo)
    assert db.session.scalar(select(func.count()).select_from(ThanksAllowance)) == 0


def test_the_same_key_says_it_once(budget: None, cast: Cast) -> None:
    first = say(cast, cast.asha, cast.bo, points=5, key="one")

    assert say(cast, cast.asha, cast.bo, points=5, key="one") == first
    assert refused(cast, cast.asha, cast.bo, points=10, key="one") == "idempotency_mismatch"
    assert wallet_of(cast.bo) == (5, 0)


def test_echoes_are_counted_for_those_who_echo(context: Flask, cast: Cast) -> None:
    number = say(cast, cast.asha, cast.bo)
    for person in (cast.cy, cast.di, cast.cy):
        with writing():
            thanks.echo(who(person), queries.thanks_row(who(person), number), on=True, now=NOON)

    assert queries.said_for(who(cast.olu), number).others is None
    assert queries.said_for(who(cast.cy), number).others == 1
    with writing():
        thanks.echo(who(cast.cy), queries.thanks_row(who(cast.cy), number), on=False, now=NOON)
    assert queries.said_for(who(cast.cy), number).others is None


def test_what_is_said_to_a_hidden_author_is_read_by_them_alone(context: Flask, cast: Cast) -> None:
    with writing():
        thanks.say_to_hidden(who(cast.bo), cast.asha, 17, WORDS, key="h", now=NOON)
        thanks.say_to_hidden(who(cast.bo), None, 18, WORDS, key="none", now=NOON)
        thanks.say_to_hidden(who(cast.asha), cast.asha, 17, WORDS, key="self", now=NOON)
    number = db.session.scalars(select(Thanks.id)).one()

    assert [(one.from_name, one.for_hidden_idea) for one in queries.received(who(cast.asha))[0]] == [
        (db.session.get_one(Person, cast.bo).name, 17)
    ]
    for person in (cast.bo, cast.cy, cast.mia, cast.tess):
        viewer = who(person)
        assert queries.feed_rows(viewer, before=None, limit=50) == []
        assert queries.received(viewer)[0] == []
        for read in (queries.thanks_row, queries.said_for, queries.thanks_to_moderate):
            with pytest.raises(Missing):
                read(viewer, number)


def test_moderation_hides_with_a_reason_and_shows_again(context: Flask, cast: Cast) -> None:
    number = say(cast, cast.asha, cast.bo)
    cy, mia = who(cast.cy), who(cast.mia)
    with writing():
        thanks.report(cy, queries.thanks_row(cy, number), "This names a customer.", now=NOON)

    def decide(decision: ThanksDecision, viewer=mia) -> str:  # type: ignore[no-untyped-def]
        try:
            with writing():
                row = queries.thanks_to_moderate(viewer, number)
                thanks.decide(viewer, row, decision, "It names a customer.", now=NOON)
        except DomainError as refusal:
            return refusal.code
        return "done"

    with pytest.raises(DomainError) as twice, writing():
        thanks.report(cy, queries.thanks_row(cy, number), "Again.", now=NOON)
    assert twice.value.code == "already_reported"
    assert [one.reports[0][0] for one in queries.reported(mia)[0]] == ["This names a customer."]
    assert decide(ThanksDecision.RESTORE) == "not_hidden"
    assert decide(ThanksDecision.HIDE) == "done"
    assert (decide(ThanksDecision.HIDE), decide(ThanksDecision.KEEP)) == ("already_hidden", "not_reported")
    assert queries.feed_rows(cy, before=None, limit=5) == []
    assert decide(ThanksDecision.RESTORE) == "done"
    assert len(queries.feed_rows(cy, before=None, limit=5)) == 1


def test_nobody_decides_about_thanks_that_they_gave_or_got(context: Flask, cast: Cast) -> None:
    number = say(cast, cast.mia, cast.bo)

    with pytest.raises(DomainError) as refusal, writing():
        mia = who(cast.mia)
        thanks.decide(mia, queries.thanks_to_moderate(mia, number), ThanksDecision.HIDE, "Not so.", now=NOON)

    assert refusal.value.code == "own_thanks"


def test_whoever_is_thanked_is_told(budget: None, context: Flask, cast: Cast) -> None:
    say(cast, cast.asha, cast.bo, points=5)

    run_once(context, now=NOON + timedelta(minutes=1))

    title, words = db.session.execute(select(Notice.title, Notice.words).where(Notice.person_id == cast.bo)).one()
    assert (title, words) == ("Asha thanks you", f"{WORDS} (5 points came with it.)")


def test_a_partner_finds_its_own_people_and_the_organisations(context: Flask, cast: Cast) -> None:
    def found(person_id: int, asked: str) -> list[str]:
        return [one.name for one in queries.colleagues(who(person_id), asked)]

    assert found(cast.sam, "kim") == []
    assert found(cast.sam, "ash") == ["Asha"]
    assert (found(cast.asha, "kim"), found(cast.asha, "a"), found(cast.asha, "asha"), found(cast.asha, "%%")) == (
        ["Kim"], [], [], [],
    )  # fmt: skip
    with writing():
        people.deactivate(db.session.get_one(Person, cast.kim), by_id=None, now=NOON)
    assert found(cast.asha, "kim") == []
