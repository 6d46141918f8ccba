"""Being away, who covers, and who answers on behalf of an executive."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.commitments.rules import NewPromise
from portal.db import db, writing
from portal.errors import DomainError, Missing
from portal.ideas.models import Idea, Story
from portal.ideas.words import StoryKind
from portal.people import absences, delegates, service
from portal.people.absence_rules import AbsenceRefusal, acting, span_refusal
from portal.people.calendar_models import Absence, Delegation
from portal.people.models import AuditEntry, Person, Place
from portal.people.queries import viewer_of
from portal.people.roles import Role
from portal.triage import service as triage
from tests.commitments.factories import SENTENCE, make_promoted, viewer
from tests.factories import NOON, Cast, make_person

TODAY = NOON.date()
DAY = timedelta(days=1)


def lends(cast: Cast, delegate: int, *, from_day: date = TODAY, until_day: date | None = None) -> Delegation:
    with writing():
        return delegates.name(viewer(cast.vic), delegate, from_day=from_day, until_day=until_day, today=TODAY, now=NOON)


def decides(person_id: int) -> bool:
    found = viewer_of(person_id)
    return found is not None and found.is_executive


def leaves(person_id: int) -> None:
    with writing():
        service.deactivate(db.session.get_one(Person, person_id), by_id=None, now=NOON)


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        (TODAY, TODAY, None),
        (TODAY - 5 * DAY, TODAY, None),
        (TODAY, TODAY - DAY, AbsenceRefusal.ENDS_BEFORE),
        (TODAY - 5 * DAY, TODAY - DAY, AbsenceRefusal.OVER),
        (TODAY, TODAY + 401 * DAY, AbsenceRefusal.TOO_LONG),
    ],
)
def test_when_somebody_can_be_away(first: date, last: date, refused: AbsenceRefusal | None) -> None:
    assert span_refusal(first, last, TODAY) is refused


@pytest.mark.parametrize(
    ("away", "who"),
    [({}, 1), ({1: 2}, 2), ({1: 2, 2: 3}, 3), ({1: None}, None), ({1: 2, 2: None}, None), ({1: 2, 2: 1}, None)],
)
def test_a_cover_who_is_away_passes_it_on_and_never_in_a_circle(away: dict[int, int | None], who: int | None) -> None:
    assert acting(1, away) == who


def test_an_absence_is_covered_on_its_days_and_no_others(context: Flask, cast: Cast) -> None:
    with writing():
        noted = absences.note(viewer(cast.lea), TODAY, TODAY + 2 * DAY, cast.mia, today=TODAY, now=NOON)
    days = [absences.cover_of(cast.lea, TODAY + number * DAY) for number in range(-1, 4)]
    assert days == [cast.lea, cast.mia, cast.mia, cast.mia, cast.lea]

    with writing():
        absences.take_back(viewer(cast.lea), noted.id, now=NOON)
    assert absences.cover_of(cast.lea, TODAY) == cast.lea and not absences.upcoming(cast.lea, today=TODAY)
    with pytest.raises(Missing), writing():
        absences.take_back(viewer(cast.lea), noted.id, now=NOON)


@pytest.mark.parametrize(
    ("cover", "refused"),
    [("lea", AbsenceRefusal.COVERS_FOR_ONESELF), ("asha", AbsenceRefusal.UNKNOWN_COVER),
     ("vic", AbsenceRefusal.COVER_IS_AWAY), ("mia", AbsenceRefusal.OVERLAPS)],
)  # fmt: skip
def test_who_cannot_cover_is_refused_with_a_reason(
    context: Flask, cast: Cast, cover: str, refused: AbsenceRefusal
) -> None:
    with writing():
        absences.note(viewer(cast.vic), TODAY, TODAY, None, today=TODAY, now=NOON)
        if cover == "mia":
            absences.note(viewer(cast.lea), TODAY, TODAY, None, today=TODAY, now=NOON)

    with pytest.raises(DomainError) as error, writing():
        absences.note(viewer(cast.lea), TODAY, TODAY + DAY, getattr(cast, cover), today=TODAY, now=NOON)

    assert error.value.code == refused.value


def test_a_delegate_decides_on_behalf_and_everybody_reads_for_whom(context: Flask, cast: Cast) -> None:
    lends(cast, cast.olu)
    with writing():
        number = make_promoted(cast).id
        promise = NewPromise(SENTENCE, TODAY + 30 * DAY)
        triage.commit_to(viewer(cast.olu), db.session.get_one(Idea, number), cast.olu, promise, today=TODAY, now=NOON)

    step = db.session.scalars(select(Story).where(Story.kind == StoryKind.COMMITTED)).one()
    assert step.actor_id == cast.olu and '"for": "Vic"' in step.facts
    lent, held = delegates.standing(cast.vic)[0], delegates.standing(cast.olu)[1]
    assert (lent[0].name, held[0].name) == ("Olu", "Vic")
    assert {"delegate.named", "delegate.started"} <= set(db.session.scalars(select(AuditEntry.action)))


@pytest.mark.parametrize("how", ["revoked", "over", "lender_left", "delegate_left", "role_taken"])
def test_what_was_lent_ends(context: Flask, cast: Cast, how: str) -> None:
    lent = lends(cast, cast.olu, until_day=TODAY + DAY)
    assert decides(cast.olu)
    if how == "revoked":
        with writing():
            delegates.revoke(viewer(cast.vic), lent.id, now=NOON)
    elif how == "role_taken":
        with writing():
            held = service.grant(db.session.get_one(Person, cast.vic), Role.EXECUTIVE,
                                 db.session.get_one(Place, cast.places["Harbour"]), by_id=None, now=NOON)  # fmt: skip
            service.revoke(held, by_id=None, now=NOON)
    elif how != "over":
        leaves(cast.vic if how == "lender_left" else cast.olu)
    if how in ("revoked", "role_taken", "lender_left"):
        assert not decides(cast.olu), "it ends with its cause, not with the next run"
    with writing():
        delegates.start_and_end(today=TODAY + (2 * DAY if how == "over" else timedelta()), now=NOON)

    assert not decides(cast.olu)
    assert db.session.get_one(Delegation, lent.id).ended_at is not None
    with pytest.raises(DomainError, match="delegation_over"), writing():
        delegates.revoke(viewer(cast.vic) if how in ("revoked", "over", "role_taken", "delegate_left")
                         else viewer(cast.olu), lent.id, now=NOON)  # fmt: skip


def test_it_begins_on_its_day_and_not_before(context: Flask, cast: Cast) -> None:
    lends(cast, cast.olu, from_day=TODAY + DAY)
    assert not decides(cast.olu)

    for _ in range(2):
        with writing():
            delegates.start_and_end(today=TODAY + DAY, now=NOON + DAY)

    assert decides(cast.olu) and not decides(cast.mia)


def test_who_cannot_be_a_delegate_is_refused_with_a_reason(context: Flask, cast: Cast) -> None:
    lends(cast, cast.olu)
    refused = {
        AbsenceRefusal.DELEGATED_ALREADY: (cast.vic, cast.olu),
        AbsenceRefusal.DELEGATE_IS_ONESELF: (cast.vic, cast.vic),
        AbsenceRefusal.UNKNOWN_DELEGATE: (cast.vic, cast.asha),
        AbsenceRefusal.NOTHING_TO_GIVE: (cast.olu, cast.mia),
    }  # fmt: skip
    for reason, (who, delegate) in refused.items():
        with pytest.raises(DomainError) as error, writing():
            delegates.name(viewer(who), delegate, from_day=TODAY, until_day=None, today=TODAY, now=NOON)
        assert error.value.code == reason.value
    with pytest.raises(Missing), writing():
        delegates.revoke(viewer(cast.mia), delegates.standing(cast.vic)[0][0].id, now=NOON)


def test_an_executives_cover_answers_for_them_while_they_are_away(context: Flask, cast: Cast) -> None:
    with writing():
        noted = absences.note(viewer(cast.vic), TODAY, TODAY + DAY, cast.olu, today=TODAY, now=NOON)
    assert decides(cast.olu)
    with writing():
        absences.take_back(viewer(cast.vic), noted.id, now=NOON)
    assert not decides(cast.olu) and db.session.get_one(Absence, noted.id).withdrawn_at == NOON


def test_a_right_that_becomes_ones_own_stays_when_the_delegation_ends(context: Flask, cast: Cast) -> None:
    lent = lends(cast, cast.olu)
    with writing():
        service.grant(db.session.get_one(Person, cast.olu), Role.EXECUTIVE,
                      db.session.get_one(Place, cast.places["Harbour"]), by_id=cast.tess, now=NOON)  # fmt: skip
        delegates.revoke(viewer(cast.olu), lent.id, now=NOON)

    assert decides(cast.olu)
    assert delegates.acting_for(cast.olu, "/1/") is None


def test_who_works_in_a_team_covers_for_no_executive(context: Flask, cast: Cast) -> None:
    with writing():
        team = db.session.get_one(Place, cast.places["Leeds/Billing"])
        leader = make_person("zoe", team, now=NOON)
        service.grant(leader, Role.TEAM_LEADER, team, by_id=None, now=NOON)
        number = leader.id
    with pytest.raises(DomainError, match="unknown_cover"), writing():
        absences.note(viewer(cast.vic), TODAY, TODAY, number, today=TODAY, now=NOON)
    with writing():
        absences.note(viewer(cast.lea), TODAY, TODAY, number, today=TODAY, now=NOON)
    assert absences.cover_of(cast.lea, TODAY) == number
