"""A rule goes or changes: everybody for whom it holds is told the old and the new wording, once, and says so."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.db import db, writing
from portal.errors import Conflict, Missing, Refused
from portal.ideas import bulletin_queries as queries
from portal.ideas import bulletin_rules as rules
from portal.ideas import bulletin_service as service
from portal.ideas.bulletin_models import Bulletin, BulletinConfirmation
from portal.ideas.bulletin_rules import BulletinStanding
from portal.ideas.rule_record_words import VerdictKind
from portal.ideas.words import Audience, Kind
from portal.outbox.models import Message
from portal.people.models import Person, Place
from tests.factories import NOON, Cast, make_person
from tests.ideas.making import said, viewer
from tests.ideas.ruling import NEW, OLD, decided, named, rule_said, verdict

AGAIN = "The first wording left a gap that calls fell into."


def ruled(cast: Cast, kind: str = "killed", **over: object) -> int:
    """A rule of Olu's with a verdict of the programme's, and noise: one without. Returns the rule's number."""
    named(cast.asha, rule_said(cast.asha, title="Noise"))
    number = named(cast.asha, rule_said(cast.asha), owner_id=cast.olu, **over)
    decided(cast.mia, number, kind)
    return number


def waiting(person_id: int, *, now=NOON) -> list[queries.BulletinView]:  # type: ignore[no-untyped-def]
    return queries.waiting_for(viewer(person_id), now=now)


def confirm(person_id: int, number: int) -> None:
    who = viewer(person_id)
    with writing():
        told, _, holds = queries.bulletin_for(who, number)
        service.confirm(who, told, holds=holds, now=NOON)


@pytest.mark.parametrize("kind", ["killed", "changed"])
def test_everybody_in_scope_is_told_and_there_is_one_row(context: Flask, cast: Cast, kind: str) -> None:
    ruled(cast, kind)

    told = [waiting(person) for person in (cast.bo, cast.sam, cast.vic, cast.olu)]

    assert all(len(one) == 1 for one in told)
    (one,) = told[0]
    assert (one.old_wording, one.new_wording, one.kind, one.standing) == (OLD, NEW, kind, BulletinStanding.WAITS)
    assert waiting(cast.mia) == []  # she has decided it
    assert db.session.scalar(select(func.count(Bulletin.id))) == 1
    assert db.session.scalar(select(func.count(BulletinConfirmation.id))) == 0
    assert db.session.scalar(select(func.count()).where(Message.topic == service.TOLD)) == 1


def test_other_verdicts_tell_nobody(context: Flask, cast: Cast) -> None:
    ruled(cast, "kept")

    assert db.session.scalar(select(func.count(Bulletin.id))) == 0


def test_one_tap_is_enough_and_a_second_changes_nothing(context: Flask, cast: Cast) -> None:
    ruled(cast)
    (one,) = waiting(cast.bo)

    confirm(cast.bo, one.number)
    confirm(cast.bo, one.number)

    assert waiting(cast.bo) == [] and len(waiting(cast.sam)) == 1
    assert db.session.scalar(select(func.count(BulletinConfirmation.id))) == 1
    (shown,), _ = queries.bulletins_page(viewer(cast.bo), now=NOON, waiting=False)
    assert shown.standing is BulletinStanding.CONFIRMED and shown.confirmed_at == NOON


def test_it_is_told_only_where_it_holds(context: Flask, cast: Cast) -> None:
    rule = named(cast.asha, rule_said(cast.asha, audience=Audience.SITE), scope=Audience.SITE,
                 site_ids=(cast.places["Leeds"],))  # fmt: skip
    decided(cast.mia, rule)
    (one,) = waiting(cast.bo)

    assert waiting(cast.sam) == [] and waiting(cast.vic) == []
    with pytest.raises(Missing):
        confirm(cast.sam, one.number)
    with pytest.raises(Refused) as caught:
        confirm(cast.vic, one.number)  # sees it as an executive, and works elsewhere
    assert caught.value.code == "not_for_you"
    with pytest.raises(Missing):
        queries.bulletin_shown(viewer(cast.sam), one.number, now=NOON)


def test_whoever_comes_to_a_site_is_told_what_changed_there_and_whoever_leaves_it_is_not(
    context: Flask, cast: Cast
) -> None:
    rule = named(cast.asha, rule_said(cast.asha, audience=Audience.SITE), scope=Audience.SITE,
                 site_ids=(cast.places["Leeds"],))  # fmt: skip
    decided(cast.mia, rule)
    with writing():
        db.session.get_one(Person, cast.sam).site_id = cast.places["Leeds"]
        db.session.get_one(Person, cast.bo).site_id = cast.places["Durban"]

    assert len(waiting(cast.sam)) == 1 and waiting(cast.bo) == []


def test_newcomers_are_told_what_changed_in_the_last_sixty_days(context: Flask, cast: Cast) -> None:
    ruled(cast)
    with writing():
        team = db.session.get_one(Place, cast.places["Leeds/Billing"])
        early = make_person("early", team, now=NOON + rules.NEWCOMERS).id
        late = make_person("late", team, now=NOON + rules.NEWCOMERS + timedelta(days=1)).id

    assert len(waiting(early, now=NOON + timedelta(days=70))) == 1
    assert waiting(late, now=NOON + timedelta(days=70)) == []
    assert len(waiting(cast.bo, now=NOON + timedelta(days=364))) == 1  # back after most of a year
    assert waiting(cast.bo, now=NOON + timedelta(days=366)) == []


def test_a_later_verdict_takes_the_place_of_what_was_told(context: Flask, cast: Cast) -> None:
    rule = ruled(cast)
    (first,) = waiting(cast.bo)
    confirm(cast.bo, first.number)

    decided(cast.mia, rule, "changed", after=1, why_again=AGAIN, old_wording=NEW, new_wording="Cancel by chat too.")

    for person in (cast.bo, cast.sam):
        (now,) = waiting(person)
        assert (now.old_wording, now.new_wording, now.corrects) == (NEW, "Cancel by chat too.", True)
    with pytest.raises(Conflict) as caught:
        confirm(cast.sam, first.number)
    assert caught.value.code == "bulletin_superseded"
    assert queries.bulletin_shown(viewer(cast.sam), first.number, now=NOON).superseded


def test_what_comes_back_is_told_as_well(context: Flask, cast: Cast) -> None:
    rule = ruled(cast)

    decided(cast.mia, rule, "kept", after=1, why_again=AGAIN)

    (one,) = waiting(cast.bo)
    assert (one.kind, one.old_wording, one.new_wording) == (VerdictKind.KEPT, NEW, OLD)


@pytest.mark.parametrize(
    ("kind", "told_before", "told"),
    [("killed", False, True), ("changed", True, True), ("kept", False, False), ("kept", True, True),
     ("never_was", False, False), ("local_habit", True, True)],
)  # fmt: skip
def test_a_bulletin_is_made_where_something_changed_for_people(kind: str, told_before: bool, told: bool) -> None:
    assert rules.is_told(VerdictKind(kind), told_before=told_before) is told


@pytest.mark.parametrize(
    ("kind", "told_before", "wordings"),
    [
        ("killed", "x", (OLD, NEW)),
        ("kept", NEW, (NEW, "Says")),
        ("kept", "", ("The rule is gone.", "Says")),
        ("never_was", NEW, (NEW, "This never was a rule.")),
        ("local_habit", NEW, (NEW, "This is no rule, only a habit of one site.")),
    ],
)
def test_the_wordings_say_what_held_and_what_holds(kind: str, told_before: str, wordings: tuple[str, str]) -> None:
    assert rules.wordings(verdict(kind), says="Says", told_before=told_before) == wordings


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 0, 0), (0, 9, 0), (9, 9, 100), (1, 1000, 1), (999, 1000, 99), (1, 3, 33)],
)
def test_a_share_is_never_rounded_to_everybody(part: int, whole: int, percent: int) -> None:
    assert rules.percent(part, whole) == percent


def test_the_owner_sees_shares_of_sites_small_ones_together(context: Flask, cast: Cast) -> None:
    rule = ruled(cast)
    with writing():
        team = db.session.get_one(Place, cast.places["Leeds/Billing"])
        for n in range(4):
            make_person(f"more{n}", team)
        make_person("gone", team).deactivated_at = NOON
    (one,) = waiting(cast.bo)
    for person in (cast.bo, cast.cy, cast.sam, cast.olu):
        confirm(person, one.number)

    told, record, _ = queries.bulletin_for(viewer(cast.olu), one.number)
    found = queries.shares(told, record)

    sites = {group.label: (group.people, group.parts[0]) for group in found.groups}
    # Leeds: nine voters, Asha, Lea and four more. Belfast has six, Durban seven, Manila four, and three are nowhere.
    assert sites == {"Leeds": (15, 2), "Other sites": (20, 2)}
    assert found.total is not None and (found.total.people, found.total.parts) == (35, (4,))
    assert sorted(queries.people_behind(told, record, 0, most=50)) == sorted(set(_active()) - {cast.mia})
    assert rule == record.id


def _active() -> list[int]:
    return list(db.session.scalars(select(Person.id).where(Person.deactivated_at.is_(None))))


def test_a_kept_promise_about_a_rule_tells_of_it_too(context: Flask, cast: Cast) -> None:
    from portal.commitments.rules import CommitmentState
    from tests.commitments.factories import make_promise

    said(cast.asha, kind=Kind.IDEA)
    with writing():
        make_promise(cast, state=CommitmentState.CONFIRMED)

    (one,) = waiting(cast.bo)
    assert one.kind is VerdictKind.KILLED and one.by == "Vic"
